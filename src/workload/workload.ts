/** Where requests come from. The engine pulls them one by one, in order of arrival. */
import type { Seconds, Tokens } from "../base/units.js";
import type { RequestSpec } from "../request/request-spec.js";

/** A stream of arrivals that may react to completions (closed loops, sessions). Used by one run. */
export interface Workload {
  /** Arrival time of the next request; Infinity while none is known. Never decreases between takes. */
  nextArrivalTime(): Seconds;
  /** Takes the next request. Called only when `nextArrivalTime()` is finite. Its `arrivalTime` is that time. */
  next(): RequestSpec;
  /**
   * A request has left: finished, rejected or aborted. `index` counts requests in the order they were taken.
   * New arrivals that this causes lie at or after `now`.
   */
  onRequestEnd?(index: number, now: Seconds): void;
  /**
   * Traffic begins by itself, and only part of it waits for endings (sessions that start at given times). Default: what has an
   * `onRequestEnd` is a closed loop, for which it is an error that all its requests are rejected.
   */
  readonly isOpenLoop?: boolean;
  /** How many requests will come in all, where that is known: for progress bars and array sizes. */
  readonly numRequests?: number;
}

/** Draws lengths. Built-in ones are tagged data (`{ type: "fixed", value: 100 }`); this is the plug-in form. */
export interface LengthDistribution {
  readonly name: string;
  /** One length in tokens; rounded and raised to at least 1 by the caller. `random()` is uniform on [0, 1). */
  sample(random: () => number): Tokens;
}
