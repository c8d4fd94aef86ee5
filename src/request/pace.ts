/**
 * Requests in steady decode advance in lockstep: every step computes one token of each and delivers one. Instead of touching
 * each of them, a step advances the pace that they share, and a request's counts are what it had plus what the pace has done.
 */
import type { Seconds } from "../base/units.js";

export class Pace {
  /** Steps that were formed. */
  numScheduled = 0;
  /** Steps whose tokens were delivered. */
  numDelivered = 0;
  /** When that happened last. */
  lastTokenTime: Seconds = NaN;
}

/** The pace of requests that are looked at one by one: it never advances. */
export const STANDING: Pace = new Pace();
