/** The plug-in interface of scheduling policies: who waits where, and who gives way. */
import type { Seconds } from "../base/units.js";
import type { OracleView, RequestView } from "../request/request.js";

/** The version of this interface. A plug-in that says which one it was made for is refused by any other. */
export const policyApiVersion = 1;

/**
 * A scheduling policy is a plain object. Without `compareWaiting` requests are served in order of arrival; without
 * `selectVictim` the most recently admitted request gives way. A policy looks and does not touch: requests and lists are the
 * simulator's own. One that remembers something is made anew for each run, by a {@link PolicyPlugin}.
 *
 * @example
 * ```ts
 * const leastAttainedService: SchedulingPolicy = {
 *   name: "least-attained-service",
 *   compareWaiting: (a, b) => a.numOutputTokens - b.numOutputTokens,
 * };
 * ```
 */
export interface SchedulingPolicy<View extends RequestView = RequestView> {
  readonly name: string;
  /** The `policyApiVersion` it was made for; give it in packages. Default: whatever this version is. */
  readonly apiVersion?: number;
  /**
   * Negative when `a` is to be admitted before `b`; ties go to the earlier arrival. Must be a consistent order and, unless
   * `orderChangesWithTime` is set, must not change while a request waits.
   */
  readonly compareWaiting?: (a: View, b: View, now: Seconds) => number;
  /**
   * The waiting queue is put in order anew for every step, since `now` matters, or what the policy has come to know; with
   * `onAdmission` also after each admission. Default false.
   */
  readonly orderChangesWithTime?: boolean;
  /**
   * Index in `running` of the request that is preempted because `running[cursor]` needs blocks and none are free. May
   * be `cursor` itself. `running` is in order of admission.
   */
  readonly selectVictim?: (running: readonly View[], cursor: number, now: Seconds) => number;
  /** A request has joined the queue for the first time. Those that can never be served do not. */
  readonly onArrival?: (request: View) => void;
  /** A request has left the queue and runs, for the first time or after a preemption. */
  readonly onAdmission?: (request: View, now: Seconds) => void;
  /** A request has ended: it has its last token, or its client is gone. Its counts are final. */
  readonly onRequestEnd?: (request: View) => void;
  /** It asks for the future: see {@link OraclePolicy}. Default false. */
  readonly needsOutputLength?: boolean;
  /**
   * A promise: nobody waits for ever, whoever else comes. `checkPolicy` of `inference-lab/testing` holds it to that; the simulator
   * does nothing about it. Default false.
   */
  readonly isStarvationFree?: boolean;
}

/**
 * A policy that knows how long each output will be, as no server does: a bound for what others can reach. Results say that it
 * is one.
 *
 * @example
 * ```ts
 * const oracle: OraclePolicy = {
 *   name: "oracle-shortest-output",
 *   needsOutputLength: true,
 *   compareWaiting: (a, b) => a.stopLength - b.stopLength,
 * };
 * ```
 */
export interface OraclePolicy extends SchedulingPolicy<OracleView> {
  readonly needsOutputLength: true;
}

/** A policy with a memory: `create` is called once per run, so that a config can be run again. */
export interface PolicyPlugin {
  readonly name: string;
  /** As in {@link SchedulingPolicy}. */
  readonly apiVersion?: number;
  /** What it creates is an {@link OraclePolicy}. Default false. */
  readonly needsOutputLength?: boolean;
  /** A fresh policy, for one run. `seed` is the workload's, for policies that draw lots. */
  create(seed: number): SchedulingPolicy | OraclePolicy;
}

/** Whatever may stand for a policy, apart from the names of built-in ones. */
export type AnyPolicy = SchedulingPolicy | OraclePolicy | PolicyPlugin;
