/** A trace made faster, shorter, thinner, less regular or more connected, before it is replayed. Rows keep what they say of each other. */
import type { Seconds } from "../base/units.js";
import { nextFloat, Substreams } from "../random/rng.js";
import { deriveSessions } from "./derive-sessions.js";
import { selectRows, sortByArrival } from "./trace-order.js";
import { recorded, type RecordedTrace, type TraceRow } from "./trace-row.js";

export interface TraceScaling {
  /** Arrival times are divided by it; think times and the patience of clients are not. Default 1. */
  readonly rateScale?: number;
  /** Link each request to the one whose prompt it continues, as `deriveSessions` finds them. Default false. */
  readonly traceSessions?: boolean;
  /** Keep the rows that arrive in [from, to), and count time from there. Default: all, from the first arrival. */
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
  /** Requests of the source. */
  readonly numRead: number;
  /** Rows after scaling. */
  readonly numKept: number;
  /** The others, by what left them out: the reader, or a key. */
  readonly skipped: readonly {
    readonly by: "reader" | keyof TraceScaling;
    readonly count: number;
  }[];
  /** The instant of the trace that became 0. */
  readonly startTime: Seconds;
  /** Rows that follow another one, before scaling. */
  readonly numFollowUps: number;
}

export interface ScaledTrace extends TraceCounts {
  readonly rows: readonly TraceRow[];
}

/**
 * Scales a trace: first its sessions are found, then come jitter, sample, window, number of rows, and last the rate, so that a window and a
 * jitter are in the trace's own seconds. Returns rows in order of arrival. What is drawn for a session does not depend on the other
 * keys.
 *
 * @param seed of the sample and the jitter
 */
export function scaleTrace(
  trace: readonly TraceRow[] | RecordedTrace,
  scaling: TraceScaling,
  seed: number,
): ScaledTrace {
  const { rows: given, numSkipped = 0 } = recorded(trace);
  const { rateScale = 1, timeWindow, maxRequests = Infinity, sample = 1 } = scaling;
  const { traceJitter = 0, traceSessions = false } = scaling;
  const skipped: { by: "reader" | keyof TraceScaling; count: number }[] = [];
  if (numSkipped > 0) skipped.push({ by: "reader", count: numSkipped });
  let rows = traceSessions ? deriveSessions(sortByArrival(given)) : given;
  const numFollowUps = rows.filter((row) => row.after !== undefined).length;
  const startTime = timeWindow === undefined ? firstArrival(rows) : timeWindow[0];
  const keep = (key: keyof TraceScaling, isKept: (row: number) => boolean) => {
    const numBefore = rows.length;
    rows = selectRows(rows, isKept);
    if (rows.length < numBefore) skipped.push({ by: key, count: numBefore - rows.length });
  };

  const firstRows = sample < 1 || traceJitter > 0 ? firstRowsOfSessions(rows) : undefined;
  if (traceJitter > 0) {
    const streams = new Substreams(seed, "trace-jitter");
    rows = rows.map((row, i) =>
      movedTo(row, row.arrivalTime + nextFloat(streams.at(firstRows![i]!)) * traceJitter),
    );
  }
  if (sample < 1) {
    const streams = new Substreams(seed, "trace-sample");
    keep("sample", (i) => nextFloat(streams.at(firstRows![i]!)) < sample);
  }
  if (timeWindow !== undefined) {
    const [from, to] = timeWindow;
    const all = rows;
    keep("timeWindow", (i) => all[i]!.arrivalTime >= from && all[i]!.arrivalTime < to);
  }
  rows = sortByArrival(countedFrom(startTime, rows));
  if (rows.length > maxRequests) keep("maxRequests", (i) => i < maxRequests);
  if (rateScale !== 1) rows = rows.map((row) => movedTo(row, row.arrivalTime / rateScale));
  return {
    rows,
    numRead: given.length + numSkipped,
    numKept: rows.length,
    skipped,
    startTime,
    numFollowUps,
  };
}

/** The rows with times from `start`, which none of them precedes. Recorded times have at most nanoseconds: rounding to them keeps them exact. */
export function countedFrom(start: Seconds, rows: readonly TraceRow[]): readonly TraceRow[] {
  if (start === 0) return rows;
  return rows.map((row) => movedTo(row, Math.round((row.arrivalTime - start) * 1e9) / 1e9));
}

function firstArrival(rows: readonly TraceRow[]): Seconds {
  return rows.reduce((first, { arrivalTime }) => Math.min(first, arrivalTime), Infinity);
}

/** Per row the first row of its session: those with the same number, else those that follow one another. */
export function firstRowsOfSessions(rows: readonly TraceRow[]): Int32Array {
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
