/** The system over time in constant memory: samples on an even grid that coarsens as the run grows. */
import type { Seconds } from "../base/units.js";
import type { Totals } from "./totals.js";

/**
 * The system over time: its state at instants on an even grid, and what happened in the interval that ends there (from the
 * instant before, inclusive, to this one, exclusive). The last interval holds the end of the run.
 */
export interface TimeSeries {
  readonly time: Float64Array;
  readonly numRunning: Int32Array;
  readonly numWaiting: Int32Array;
  /** Requests in the executing batch that are in prefill, and in decode. */
  readonly numPrefilling: Int32Array;
  readonly numDecoding: Int32Array;
  /** Share of the usable KV blocks that requests hold, 0 to 1. */
  readonly kvCacheUsage: Float64Array;
  /** Prompt tokens computed per second (recomputation after a preemption included), and tokens generated per second. */
  readonly inputTokensPerSec: Float64Array;
  readonly outputTokensPerSec: Float64Array;
  /** Mean TTFT of the first tokens, and mean TPOT of the completions, of the interval; NaN where there were none. */
  readonly ttft: Float64Array;
  readonly tpot: Float64Array;
}

/** What a sample sees of the system. */
export interface SystemState {
  readonly numRunning: number;
  readonly numWaiting: number;
  /** Requests in the executing batch that are in prefill, and in decode. */
  readonly numPrefilling: number;
  readonly numDecoding: number;
  /** KV blocks that requests hold. */
  readonly numUsedBlocks: number;
}

/** The state of a system that holds no request. */
export const IDLE: SystemState = {
  numRunning: 0,
  numWaiting: 0,
  numPrefilling: 0,
  numDecoding: 0,
  numUsedBlocks: 0,
};

const CAPACITY = 512;
const INITIAL_INTERVAL: Seconds = 2 ** -10;

/** Numbers in one sample: five of the state, then six totals as they stand. */
const STRIDE = 11;

/**
 * Takes a sample at every multiple of the interval. When they are too many, every other one goes and the interval doubles. A
 * sample holds totals since the start, not sums over its interval, so that dropping one loses nothing; and the
 * interval is a power of two, so that the instants are exact.
 */
export class TimeSeriesRecorder {
  readonly #capacity: number;
  readonly #samples: Float64Array;
  #interval: Seconds;
  #length = 0;
  #nextTime: Seconds;

  /** `capacity` is even. */
  constructor(capacity = CAPACITY, interval = INITIAL_INTERVAL) {
    this.#capacity = capacity;
    this.#samples = new Float64Array(capacity * STRIDE);
    this.#interval = interval;
    this.#nextTime = interval;
  }

  /** The earliest instant that has no sample yet. */
  get nextTime(): Seconds {
    return this.#nextTime;
  }

  /** Samples all grid instants up to and including `now`; nothing has changed since the last call. */
  record(now: Seconds, state: SystemState, totals: Readonly<Totals>): void {
    while (Math.floor(now / this.#interval) > this.#capacity) this.#coarsen();
    const length = Math.floor(now / this.#interval);
    while (this.#length < length) writeSample(this.#samples, this.#length++, state, totals);
    this.#nextTime = (length + 1) * this.#interval;
  }

  /** Keeps the instants that are multiples of the doubled interval. */
  #coarsen(): void {
    this.#length = Math.floor(this.#length / 2);
    for (let row = 0; row < this.#length; row++) {
      const kept = (2 * row + 1) * STRIDE;
      this.#samples.copyWithin(row * STRIDE, kept, kept + STRIDE);
    }
    this.#interval *= 2;
  }

  /** The samples so far, and one more at the next instant of the grid for what has happened since the last. */
  toTimeSeries(state: SystemState, totals: Readonly<Totals>, numUsableBlocks: number): TimeSeries {
    const length = this.#length + 1;
    const samples = new Float64Array(length * STRIDE);
    samples.set(this.#samples.subarray(0, this.#length * STRIDE));
    writeSample(samples, this.#length, state, totals);

    const column = (field: number) => {
      const values = new Float64Array(length);
      for (let row = 0; row < length; row++) values[row] = samples[row * STRIDE + field]!;
      return values;
    };
    const growth = (field: number) => {
      const values = column(field);
      for (let row = length - 1; row > 0; row--) values[row]! -= values[row - 1]!;
      return values;
    };
    const mean = (sum: Float64Array, count: Float64Array) =>
      sum.map((value, row) => (count[row] === 0 ? NaN : value / count[row]!));

    return {
      time: column(0).map((_, row) => (row + 1) * this.#interval),
      numRunning: Int32Array.from(column(0)),
      numWaiting: Int32Array.from(column(1)),
      numPrefilling: Int32Array.from(column(2)),
      numDecoding: Int32Array.from(column(3)),
      kvCacheUsage: column(4).map((numUsed) => numUsed / numUsableBlocks),
      inputTokensPerSec: growth(5).map((numTokens) => numTokens / this.#interval),
      outputTokensPerSec: growth(6).map((numTokens) => numTokens / this.#interval),
      ttft: mean(growth(8), growth(7)),
      tpot: mean(growth(10), growth(9)),
    };
  }
}

function writeSample(
  samples: Float64Array,
  row: number,
  state: SystemState,
  totals: Readonly<Totals>,
): void {
  const at = row * STRIDE;
  samples[at] = state.numRunning;
  samples[at + 1] = state.numWaiting;
  samples[at + 2] = state.numPrefilling;
  samples[at + 3] = state.numDecoding;
  samples[at + 4] = state.numUsedBlocks;
  samples[at + 5] = totals.numPrefillTokens;
  samples[at + 6] = totals.numOutputTokens;
  samples[at + 7] = totals.numFirstTokens;
  samples[at + 8] = totals.ttftSum;
  samples[at + 9] = totals.numTpots;
  samples[at + 10] = totals.tpotSum;
}
