/** A trace made faster, shorter, thinner or less regular, before it is replayed. Rows keep what they say of each other. */
import type { Seconds } from "../base/units.js";
import { Substreams } from "../random/rng.js";
import { selectRows, sortByArrival } from "./trace-order.js";
import type { TraceRow } from "./trace-row.js";

export interface TraceScaling {
  /** Arrival times are divided by it; think times and the patience of clients are not. Default 1. */
  readonly rateScale?: number;
  /** Keep the rows that arrive in [from, to); the first instant of the window becomes 0. Default: all. */
  readonly timeWindow?: readonly [Seconds, Seconds];
  /** Keep the first rows of those left by `timeWindow` and `sample`. Default: all. */
  readonly maxRequests?: number;
  /** Keep this share of the sessions, drawn at random; a row without a session is one. Default 1. */
  readonly sample?: number;
  /** Arrivals are later by a time drawn from [0, traceJitter), the same for all of a session. For traces with ticks. Default 0. */
  readonly traceJitter?: Seconds;
}

/** What became of the rows of a trace. */
export interface TraceCounts {
  /** Rows before scaling. */
  readonly numRead: number;
  /** Rows after scaling. */
  readonly numKept: number;
  /** The others, by the key that left them out. */
  readonly skipped: readonly { readonly key: keyof TraceScaling; readonly count: number }[];
}

export interface ScaledTrace extends TraceCounts {
  readonly rows: readonly TraceRow[];
}

/**
 * Scales a trace: first its jitter, then the sample, the window, the number of rows, and last the rate, so that a window and a jitter are in the
 * trace's own seconds. Returns rows in order of arrival. What is drawn for a session does not depend on the other keys.
 *
 * @param seed of the sample and the jitter
 */
export function scaleTrace(
  trace: readonly TraceRow[],
  { rateScale = 1, timeWindow, maxRequests = Infinity, sample = 1, traceJitter = 0 }: TraceScaling,
  seed: number,
): ScaledTrace {
  const skipped: { key: keyof TraceScaling; count: number }[] = [];
  let rows = trace;
  const keep = (key: keyof TraceScaling, isKept: (row: number) => boolean) => {
    const numBefore = rows.length;
    rows = selectRows(rows, isKept);
    if (rows.length < numBefore) skipped.push({ key, count: numBefore - rows.length });
  };

  const firstRows = sample < 1 || traceJitter > 0 ? firstRowsOfSessions(trace) : undefined;
  if (traceJitter > 0) {
    const streams = new Substreams(seed, "trace-jitter");
    rows = rows.map((row, i) =>
      movedTo(row, row.arrivalTime + streams.at(firstRows![i]!).float() * traceJitter),
    );
  }
  if (sample < 1) {
    const streams = new Substreams(seed, "trace-sample");
    keep("sample", (i) => streams.at(firstRows![i]!).float() < sample);
  }
  if (timeWindow !== undefined) {
    const [from, to] = timeWindow;
    const all = rows;
    keep("timeWindow", (i) => all[i]!.arrivalTime >= from && all[i]!.arrivalTime < to);
    if (from > 0) rows = rows.map((row) => movedTo(row, row.arrivalTime - from));
  }
  rows = sortByArrival(rows);
  if (rows.length > maxRequests) keep("maxRequests", (i) => i < maxRequests);
  if (rateScale !== 1) rows = rows.map((row) => movedTo(row, row.arrivalTime / rateScale));
  return { rows, numRead: trace.length, numKept: rows.length, skipped };
}

/** Per row the first row of its session: those with the same number, else those that follow one another. */
function firstRowsOfSessions(rows: readonly TraceRow[]): Int32Array {
  const firstOfSession = new Map<number, number>();
  const firsts = new Int32Array(rows.length);
  rows.forEach(({ session, after }, i) => {
    let first = after === undefined ? i : firsts[after.row]!;
    if (session !== undefined) {
      first = firstOfSession.get(session) ?? first;
      firstOfSession.set(session, first);
    }
    firsts[i] = first;
  });
  return firsts;
}

function movedTo(row: TraceRow, arrivalTime: Seconds): TraceRow {
  const { abortTime } = row;
  if (abortTime === undefined) return { ...row, arrivalTime };
  return { ...row, arrivalTime, abortTime: arrivalTime + (abortTime - row.arrivalTime) };
}
