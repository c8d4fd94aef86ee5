/** The plug-in interface of scheduling policies: who waits where, and who gives way. */
import type { Seconds } from "../base/units.js";
import type { RequestView } from "../request/request.js";

/**
 * A scheduling policy is a plain object. Without `compareWaiting` requests are served in order of arrival; without
 * `selectVictim` the most recently admitted request gives way.
 *
 * @example
 * ```ts
 * const leastAttainedService: SchedulingPolicy = {
 *   name: "least-attained-service",
 *   compareWaiting: (a, b) => a.numOutputTokens - b.numOutputTokens,
 * };
 * ```
 */
export interface SchedulingPolicy {
  readonly name: string;
  /**
   * Negative when `a` is to be admitted before `b`; ties go to the earlier arrival. Must be a consistent order and, unless
   * `orderChangesWithTime` is set, must not change while a request waits.
   */
  compareWaiting?(a: RequestView, b: RequestView, now: Seconds): number;
  /** The waiting queue is put in order anew for every step, since `now` matters. Default false. */
  readonly orderChangesWithTime?: boolean;
  /**
   * Index in `running` of the request that is preempted because `running[cursor]` needs blocks and none are free. May
   * be `cursor` itself. `running` is in order of admission.
   */
  selectVictim?(running: readonly RequestView[], cursor: number, now: Seconds): number;
}
