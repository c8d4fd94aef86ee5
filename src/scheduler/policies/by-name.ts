/** The built-in policies by the names that config files use. */
import type { SchedulingPolicy } from "../policy.js";
import { lif, lof, ltf, sif, sof, stf } from "./by-length.js";
import { fcfs } from "./fcfs.js";
import { priority } from "./priority.js";

/** Makes a built-in policy, by its name in config files; `sjf` is `sof`. */
export const policiesByName: Readonly<Record<string, () => SchedulingPolicy>> = {
  fcfs,
  priority,
  sof,
  sjf: sof,
  sif,
  stf,
  lif,
  lof,
  ltf,
};
