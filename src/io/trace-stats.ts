/** What a trace is like: rate, burstiness, lengths, and how much of its prompts came before. */
import type { Seconds, Tokens } from "../base/units.js";
import { firstRowsOfSessions } from "../workload/scale-trace.js";
import { recorded, type RecordedTrace, type TraceRow } from "../workload/trace-row.js";
import { prefixStats, type PrefixStats } from "./prefix-stats.js";

/** Quantiles are interpolated linearly between ranks, as numpy's `percentile` does. */
export interface LengthStats {
  readonly mean: Tokens;
  readonly p50: Tokens;
  readonly p90: Tokens;
  readonly p99: Tokens;
  readonly max: Tokens;
}

/** What describes the traffic of a trace. */
export interface TraceStats {
  readonly count: number;
  readonly input: LengthStats;
  readonly output: LengthStats;
  /** Pearson's correlation of input and output lengths; NaN when either is constant. */
  readonly correlation: number;
  /** From the first arrival to the last; NaN where arrival times are not known. */
  readonly duration: Seconds;
  /** Gaps per second: (count - 1) / duration. NaN for one instant. */
  readonly rate: number;
  /** Coefficient of variation of the gaps between arrivals: 1 for a Poisson process. NaN for one instant. */
  readonly cvInterarrival: number;
  /** Variance by mean of the arrivals in windows of 1, 10 and 60 s (population variance): 1 for a Poisson process. See `arrivalsIn`. NaN for one instant. */
  readonly dispersion: { readonly s1: number; readonly s10: number; readonly s60: number };
  /** The fullest window of 60 s by the mean one. NaN with fewer than two whole windows. */
  readonly peakOverMean60s: number;
  /** Share of gaps that are 0: arrivals in ticks, or in bursts. NaN for one instant. */
  readonly zeroGapShare: number;
  /** Requests that wait for another one to end; the arrivals above are those of the recording. */
  readonly numFollowUps: number;
  /** Sessions with more than one request. */
  readonly numSessions: number;
  /** Undefined when no row has a prefix. */
  readonly prefix: PrefixStats | undefined;
}

/**
 * The figures of a trace. Those of arrivals are NaN where the trace does not say when requests arrive.
 *
 * @param trace at least one row, in order of arrival
 */
export function traceStats(trace: readonly TraceRow[] | RecordedTrace): TraceStats {
  const { rows, isTimed = true } = recorded(trace);
  const inputs = Float64Array.from(rows, (row) => row.numPromptTokens);
  const outputs = Float64Array.from(rows, (row) => row.numOutputTokens);
  const times = Float64Array.from(rows, (row) => row.arrivalTime);
  const gaps = times.slice(1).map((time, i) => time - times[i]!);
  const duration = isTimed ? times.at(-1)! - times[0]! : NaN;
  return {
    count: rows.length,
    input: lengthStats(inputs),
    output: lengthStats(outputs),
    correlation: correlation(inputs, outputs),
    duration,
    rate: duration > 0 ? gaps.length / duration : NaN,
    cvInterarrival: Math.sqrt(variance(gaps)) / mean(gaps),
    dispersion: {
      s1: dispersion(times, 1),
      s10: dispersion(times, 10),
      s60: dispersion(times, 60),
    },
    peakOverMean60s: duration >= 120 ? peakOverMean(arrivalsIn(times, 60)) : NaN,
    zeroGapShare: duration > 0 ? gaps.filter((gap) => gap === 0).length / gaps.length : NaN,
    numFollowUps: rows.filter((row) => row.after !== undefined).length,
    numSessions: countSessions(rows),
    prefix: prefixStats(rows),
  };
}

function lengthStats(lengths: Float64Array): LengthStats {
  const sorted = lengths.toSorted();
  const quantile = (q: number) => {
    const rank = (sorted.length - 1) * q;
    const below = Math.floor(rank);
    const [low, high] = [sorted[below]!, sorted[Math.ceil(rank)]!];
    return low + (high - low) * (rank - below);
  };
  return {
    mean: mean(lengths),
    p50: quantile(0.5),
    p90: quantile(0.9),
    p99: quantile(0.99),
    max: sorted.at(-1)!,
  };
}

/**
 * How many arrive in each window [start + i width, start + (i + 1) width), from the first arrival. The last window, which the end of the
 * trace cuts, is left out; it counts only where there are fewer than two whole ones.
 */
function arrivalsIn(times: Float64Array, width: Seconds): Float64Array {
  const windowOf = (time: Seconds) => Math.floor((time - times[0]!) / width);
  const numBegun = windowOf(times.at(-1)!) + 1;
  const counts = new Float64Array(numBegun);
  for (const time of times) counts[windowOf(time)]!++;
  return numBegun > 2 ? counts.slice(0, -1) : counts;
}

function dispersion(times: Float64Array, width: Seconds): number {
  if (times[0] === times.at(-1)) return NaN;
  const counts = arrivalsIn(times, width);
  return variance(counts) / mean(counts);
}

function peakOverMean(counts: Float64Array): number {
  return counts.reduce((peak, count) => Math.max(peak, count)) / mean(counts);
}

function countSessions(rows: readonly TraceRow[]): number {
  const sizes = new Map<number, number>();
  for (const first of firstRowsOfSessions(rows)) sizes.set(first, (sizes.get(first) ?? 0) + 1);
  return [...sizes.values()].filter((size) => size > 1).length;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the whole, not of a sample. */
function variance(values: Float64Array): number {
  return covariance(values, values);
}

function covariance(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  return a.reduce((sum, value, i) => sum + (value - meanA) * (b[i]! - meanB), 0) / a.length;
}

function correlation(a: Float64Array, b: Float64Array): number {
  return covariance(a, b) / Math.sqrt(variance(a) * variance(b));
}
