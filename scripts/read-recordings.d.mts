import type { Recording } from "./replay-scenario.mjs";

/** One JSON value. */
export function readJson(file: string): unknown;

/** One scenario per line that is not blank; a line that is none has a problem instead. */
export function readScenarios(
  file: string,
): { readonly place: string; readonly entry?: Recording; readonly problem?: string }[];
