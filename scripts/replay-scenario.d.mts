import type * as Lab from "../src/scheduler/index.js";
import type { SchedulerOptions } from "../src/scheduler/index.js";

/** A scenario as recorded; its fields are those of the format. */
export type Scenario = object;

/** One row per schedule() call; missing keys are empty. */
export interface Row {
  readonly s: number;
  readonly [field: string]: unknown;
}

export interface Difference {
  readonly step: number;
  readonly field: string;
  readonly recorded: unknown;
  readonly ours: unknown;
}

export interface Recording {
  readonly id: number | string;
  readonly category: string;
  readonly scenario: Scenario;
  readonly trace: readonly Row[];
}

/** The first difference at each level, by the plain rule or as simulations run it, undefined where there is none. */
export function compareScenario(
  entry: Recording,
  lab: typeof Lab,
): Record<"L1" | "L2" | "L3", Difference | undefined>;

/** Our own recording, up to `maxRows` rows. */
export function replayScenario(
  scenario: Scenario,
  lab: typeof Lab,
  options?: SchedulerOptions,
  maxRows?: number,
): Row[];
