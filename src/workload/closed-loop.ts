/** Traffic of a fixed number of users, each of whom waits for an answer before asking again. */
import type { Seconds } from "../base/units.js";
import type { RequestSpec } from "../request/request-spec.js";
import type { Bodies } from "./bodies.js";
import type { Workload } from "./workload.js";

/**
 * All users send at t = 0. A user's next request comes the moment the last one ends (also by rejection or abort), until
 * `maxRequests` are sent; none comes at or after `durationSecs`.
 */
export class ClosedLoop implements Workload {
  /** Undefined when the duration may end the traffic first. */
  readonly numRequests: number | undefined;
  readonly #bodies: Bodies;
  readonly #maxRequests: number;
  readonly #durationSecs: Seconds;
  // Ring of the instants at which users became free; time only goes forward, so they are in order.
  readonly #readyTimes: Float64Array;
  #first = 0;
  #numReady: number;
  #numSent = 0;

  /** Either limit may be Infinity. */
  constructor(
    numConcurrentUsers: number,
    bodies: Bodies,
    maxRequests: number,
    durationSecs: Seconds,
  ) {
    this.numRequests =
      durationSecs === Infinity && maxRequests < Infinity ? maxRequests : undefined;
    this.#bodies = bodies;
    this.#maxRequests = maxRequests;
    this.#durationSecs = durationSecs;
    this.#numReady = Math.min(numConcurrentUsers, maxRequests);
    this.#readyTimes = new Float64Array(this.#numReady);
  }

  nextArrivalTime(): Seconds {
    if (this.#numReady === 0 || this.#numSent >= this.#maxRequests) return Infinity;
    return this.#readyTimes[this.#first]!;
  }

  next(): RequestSpec {
    const request = this.#bodies.request(this.#numSent, this.#readyTimes[this.#first]!);
    this.#numSent++;
    this.#first = (this.#first + 1) % this.#readyTimes.length;
    this.#numReady--;
    return request;
  }

  onRequestEnd(_index: number, now: Seconds): void {
    if (now >= this.#durationSecs) return;
    this.#readyTimes[(this.#first + this.#numReady) % this.#readyTimes.length] = now;
    this.#numReady++;
  }
}
