import type * as Lab from "../src/scheduler/index.js";

/** A sizing case as recorded; its fields are those of the format. */
export interface CapacityCase {
  readonly model: string;
  readonly kv_dtype: string;
  readonly out: object;
}

/** The first difference, undefined where there is none. */
export function compareCapacity(
  recorded: CapacityCase,
  lab: typeof Lab,
): { readonly field: string; readonly recorded: unknown; readonly ours: unknown } | undefined;

/** What we make of a case, in the words of the recording. */
export function capacityOf(recorded: CapacityCase, lab: typeof Lab): object;
