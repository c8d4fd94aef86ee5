/**
 * A histogram of durations in constant memory. Buckets are cut on the bits of the float, its exponent and the top seven bits
 * of its mantissa, so that no logarithm is taken and every engine fills the same bucket.
 */
import { assert } from "../base/assert.js";

/** 128 buckets per power of two: half a bucket is at most 2^-8 of any value in it. */
const MANTISSA_BITS = 7;
const DROPPED_BITS = 20 - MANTISSA_BITS;
const MIN_EXPONENT = -64;
const MAX_EXPONENT = 64;
/** The upper bits of 2^MIN_EXPONENT, which opens bucket 1; bucket 0 holds zero and what is below. */
const BASE = ((1023 + MIN_EXPONENT) << MANTISSA_BITS) - 1;
const NUM_BUCKETS = 1 + ((MAX_EXPONENT - MIN_EXPONENT) << MANTISSA_BITS);

/** A float and its two halves share memory; written and read within one call, so it carries nothing over. */
const float = new Float64Array(1);
const halves = new Uint32Array(float.buffer);
float[0] = 1;
const UPPER = halves[1] === 0 ? 0 : 1;

/**
 * Counts values ≥ 0 with integer weights. `count`, `min` and `max` are exact, percentiles within 2^-8 (0.4 %) for values in
 * [2^-64, 2^64); smaller ones count as zero, and larger ones share the last bucket.
 */
export class Histogram {
  readonly #counts = new Float64Array(NUM_BUCKETS);
  #count = 0;
  #min = Infinity;
  #max = -Infinity;

  /** Sum of the weights; exact below 2^53. */
  get count(): number {
    return this.#count;
  }

  /** NaN when empty. */
  get min(): number {
    return this.#count === 0 ? NaN : this.#min;
  }

  /** NaN when empty. */
  get max(): number {
    return this.#count === 0 ? NaN : this.#max;
  }

  /** Adds `weight` values (an integer ≥ 0) that all equal `value`. */
  add(value: number, weight: number): void {
    assert(value >= 0, "a duration is a number that is not negative");
    if (weight === 0) return;
    this.#counts[bucketOf(value)]! += weight;
    this.#count += weight;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /**
   * Adds the first `length` gaps between neighbours of a growing series, each with `weight`. Those in a row nearly always share a bucket:
   * counting them there together takes 2 ns less for each.
   */
  addGaps(times: Float64Array, length: number, weight: number): void {
    if (weight === 0) return;
    let from = 0;
    let time = times[0]!;
    while (from < length) {
      const first = times[from + 1]! - time;
      assert(first >= 0, "a duration is a number that is not negative");
      const bucket = bucketOf(first);
      const lower = LOWER_BOUNDS[bucket]!;
      const upper = bucket === NUM_BUCKETS - 1 ? Infinity : LOWER_BOUNDS[bucket + 1]!;
      let min = first;
      let max = first;
      let to = from + 1;
      time = times[to]!;
      for (; to < length; to++) {
        const next = times[to + 1]!;
        const gap = next - time;
        if (!(gap >= lower && gap < upper)) break;
        if (gap < min) min = gap;
        if (gap > max) max = gap;
        time = next;
      }
      if (min < this.#min) this.#min = min;
      if (max > this.#max) this.#max = max;
      this.#counts[bucket]! += (to - from) * weight;
      this.#count += (to - from) * weight;
      from = to;
    }
  }

  /** Adds all values of another histogram, which stays as it is. */
  merge(other: Histogram): void {
    for (let bucket = 0; bucket < NUM_BUCKETS; bucket++) {
      this.#counts[bucket]! += other.#counts[bucket]!;
    }
    this.#count += other.#count;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
  }

  /**
   * The value below which a share `q` (0 to 1) of the sample lies; NaN when empty. Interpolates between the two values around
   * rank q·(count − 1), as R-7 does, each taken as the middle of its bucket within [min, max]; the first and the last
   * value are known exactly.
   */
  percentile(q: number): number {
    if (this.#count === 0) return NaN;
    const rank = q * (this.#count - 1);
    const lower = Math.floor(rank);
    const value = this.#valueAt(lower);
    return value + (this.#valueAt(Math.ceil(rank)) - value) * (rank - lower);
  }

  /** About the value that has `rank` values before it in sorted order. */
  #valueAt(rank: number): number {
    if (rank === 0) return this.#min;
    if (rank === this.#count - 1) return this.#max;
    let bucket = bucketOf(this.#min); // those before it are empty
    let numUpTo = this.#counts[bucket]!;
    while (numUpTo <= rank) numUpTo += this.#counts[++bucket]!;
    const middle = bucket === 0 ? 0 : (LOWER_BOUNDS[bucket]! + LOWER_BOUNDS[bucket + 1]!) / 2;
    return Math.min(Math.max(middle, this.#min), this.#max);
  }
}

function bucketOf(value: number): number {
  float[0] = value + 0; // −0 becomes 0
  const bucket = (halves[UPPER]! >>> DROPPED_BITS) - BASE;
  if (bucket < 0) return 0;
  return bucket < NUM_BUCKETS ? bucket : NUM_BUCKETS - 1;
}

/** Where buckets begin, bucket 1 at 2^MIN_EXPONENT; the last number is where the last one would end. */
const LOWER_BOUNDS = new Float64Array(NUM_BUCKETS + 1);
for (let bucket = 1; bucket <= NUM_BUCKETS; bucket++) {
  halves[1 - UPPER] = 0;
  halves[UPPER] = (bucket + BASE) << DROPPED_BITS;
  LOWER_BOUNDS[bucket] = float[0]!;
}
