/** Traffic of a benchmark's client, which sits on the other side of HTTP. */
import type { Seconds } from "../base/units.js";
import { nextFloat, Substreams } from "../random/rng.js";
import type { RequestSpec } from "../request/request-spec.js";
import type { Bodies } from "./bodies.js";
import type { Workload } from "./workload.js";

/** Seconds that a client adds to the time to first token: the prompt's way in, and the token's way out. */
export const FIRST_TOKEN_TRIP: Seconds = 0.005;

/**
 * Seconds from the last token of an answer to the arrival of the same user's next prompt: out through HTTP, and in again. The next
 * step of the server has begun by then. Both from the measured rows of vLLM that `npm run validate` predicts.
 */
const ROUND_TRIP = { shortest: 0.005, longest: 0.01 };

/** A closed loop, as `vllm bench serve --max-concurrency` makes it: all users begin at once, and need a round trip before they ask again. */
export class BenchmarkClient implements Workload {
  readonly numRequests: number;
  readonly #bodies: Bodies;
  readonly #roundTrips: Substreams;
  /** Arrivals that are known, ascending. */
  readonly #arrivals: Seconds[];
  #numSent = 0;

  constructor(numUsers: number, numRequests: number, bodies: Bodies, seed: number) {
    this.numRequests = numRequests;
    this.#bodies = bodies;
    this.#roundTrips = new Substreams(seed, "round-trips");
    this.#arrivals = Array.from({ length: numUsers }, () => 0);
  }

  nextArrivalTime(): Seconds {
    if (this.#numSent >= this.numRequests) return Infinity;
    return this.#arrivals[0] ?? Infinity;
  }

  next(): RequestSpec {
    return this.#bodies.request(this.#numSent++, this.#arrivals.shift()!);
  }

  onRequestEnd(index: number, now: Seconds): void {
    const { shortest, longest } = ROUND_TRIP;
    const time = now + shortest + (longest - shortest) * nextFloat(this.#roundTrips.at(index));
    let i = this.#arrivals.length;
    while (i > 0 && this.#arrivals[i - 1]! > time) i--;
    this.#arrivals.splice(i, 0, time);
  }
}
