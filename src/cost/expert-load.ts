/** How many experts, and how many of their tokens, the busiest device of a step has. */
import { exp, ln, pow } from "../base/math.js";
import type { ExpertRoutingLaw } from "../spec/parallelism.js";

export interface ExpertLoad {
  /** Experts whose weights the device reads. */
  numExperts: number;
  /** Pairs of a token and one of its experts that the device computes. */
  numRows: number;
}

/** The load of a step, by the number of its tokens. */
export interface ExpertLoadLaw {
  /** Writes the load of a step of so many tokens. */
  of(numTokens: number, out: ExpertLoad): void;
}

/**
 * The coupon collector: of E experts, each used by a token with probability p, those used by one of T tokens are
 * Σ 1 − (1 − p)^T. Tokens that are served together are alike: T of them use as many experts as T^diversity independent ones. So one
 * token uses exactly its own, more tokens never fewer, and very many all there are. Over n devices that hold E / n whole experts each, the busiest one has mean + √(2 · mean · ln n) of the
 * rows, the expected maximum of n nearly normal counts, and no more experts than rows.
 */
export class ExpertLoads implements ExpertLoadLaw {
  /** ln(1 − p) of each expert, or once for all where they are alike. */
  readonly #lnUnused: Float64Array;
  readonly #numExperts: number;
  readonly #numPerToken: number;
  readonly #numGroups: number;
  readonly #largestShare: number;
  readonly #twoLnGroups: number;
  readonly #diversity: number;

  /** `diversity`: from 0, all tokens alike, to 1, independent. */
  constructor(
    numExperts: number,
    numPerToken: number,
    numGroups: number,
    law: ExpertRoutingLaw,
    diversity = 1,
  ) {
    this.#diversity = diversity;
    const shares =
      law.type === "uniform"
        ? Float64Array.of(numPerToken / numExperts)
        : chosenShares(numExperts, numPerToken, law);
    this.#lnUnused = shares.map((share) => ln(Math.max(1 - share, 1e-300)));
    this.#numExperts = numExperts;
    this.#numPerToken = numPerToken;
    this.#numGroups = numGroups;
    this.#largestShare =
      law.type === "uniform" ? 1 / numGroups : largestGroup(shares, numGroups, numPerToken);
    this.#twoLnGroups = 2 * ln(numGroups);
  }

  of(numTokens: number, out: ExpertLoad): void {
    const lnUnused = this.#lnUnused;
    const numDraws = this.#diversity === 1 ? numTokens : pow(numTokens, this.#diversity);
    let used = 0;
    for (let i = 0; i < lnUnused.length; i++) used += 1 - exp(numDraws * lnUnused[i]!);
    used = Math.max(this.#numPerToken, used * (this.#numExperts / lnUnused.length));
    const rows = numTokens * this.#numPerToken;
    if (this.#numGroups === 1) {
      out.numExperts = used;
      out.numRows = rows;
      return;
    }
    const mean = rows * this.#largestShare;
    out.numRows = Math.min(rows, mean + Math.sqrt(this.#twoLnGroups * mean));
    const held = this.#numExperts / this.#numGroups;
    const meanUsed = used / this.#numGroups;
    // Among experts that are used or not, the spread is that of a binomial count.
    const spread = Math.max(meanUsed * (1 - meanUsed / held), 0);
    const busiest = meanUsed + Math.sqrt(this.#twoLnGroups * spread);
    out.numExperts = Math.min(held, busiest, Math.max(out.numRows, 1));
  }
}

/** Probability that a token uses each expert; they add up to `numPerToken`, none above 1. */
function chosenShares(
  n: number,
  numPerToken: number,
  law: Exclude<ExpertRoutingLaw, { type: "uniform" }>,
): Float64Array {
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if (law.type === "zipf") weights[i] = pow(i + 1, -law.exponent);
    else weights[i] = pow((i + 0.5) / n, law.exponent - 1);
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => Math.min(1, (weight / total) * numPerToken));
}

/** Share of all rows that the busiest device has, experts being dealt out in the order of their popularity. */
function largestGroup(shares: Float64Array, numGroups: number, numPerToken: number): number {
  let largest = 0;
  for (let group = 0; group < numGroups; group++) {
    let sum = 0;
    for (let i = group; i < shares.length; i += numGroups) sum += shares[i]!;
    largest = Math.max(largest, sum / numPerToken);
  }
  return largest;
}
