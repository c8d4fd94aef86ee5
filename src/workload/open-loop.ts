/** Traffic that does not wait for answers: a sequence of times, joined with a source of bodies. */
import type { Seconds } from "../base/units.js";
import type { RequestSpec } from "../request/request-spec.js";
import type { ArrivalTimes } from "./arrivals.js";
import type { Bodies } from "./bodies.js";
import type { Workload } from "./workload.js";

/** Sends what arrives in [0, durationSecs), and at most maxRequests of it. */
export class OpenLoop implements Workload {
  /** Undefined when the duration may end the traffic first. */
  readonly numRequests: number | undefined;
  readonly #times: ArrivalTimes;
  readonly #bodies: Bodies;
  readonly #maxRequests: number;
  readonly #durationSecs: Seconds;
  #numSent = 0;
  #nextArrivalTime: Seconds;

  /** Either limit may be Infinity. */
  constructor(times: ArrivalTimes, bodies: Bodies, maxRequests: number, durationSecs: Seconds) {
    this.numRequests =
      durationSecs === Infinity && maxRequests < Infinity ? maxRequests : undefined;
    this.#times = times;
    this.#bodies = bodies;
    this.#maxRequests = maxRequests;
    this.#durationSecs = durationSecs;
    this.#nextArrivalTime = this.#takeTime();
  }

  nextArrivalTime(): Seconds {
    return this.#nextArrivalTime;
  }

  next(): RequestSpec {
    const request = this.#bodies.request(this.#numSent, this.#nextArrivalTime);
    this.#numSent++;
    this.#nextArrivalTime = this.#takeTime();
    return request;
  }

  #takeTime(): Seconds {
    if (this.#numSent >= this.#maxRequests) return Infinity;
    const time = this.#times.next();
    return time < this.#durationSecs ? time : Infinity;
  }
}
