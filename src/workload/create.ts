/** From settings to a workload: a source of times joined with a source of bodies. */
import { assert } from "../base/assert.js";
import type { Seconds, Tokens } from "../base/units.js";
import {
  createArrivals,
  type ArrivalPattern,
  type ArrivalSettings,
  type ArrivalTimes,
} from "./arrivals.js";
import { SyntheticBodies, type Bodies } from "./bodies.js";
import { ClosedLoop } from "./closed-loop.js";
import { DatasetBodies, type DatasetRow } from "./dataset.js";
import { LabelSampler, type LabelSettings } from "./labels.js";
import type { LengthConfig } from "./lengths.js";
import { OpenLoop } from "./open-loop.js";
import { PrefixKeys } from "./prefix-keys.js";
import { TraceBodies, TraceTimes } from "./replay.js";
import type { RequestSource } from "./request-source.js";
import { scaleTrace, type TraceScaling } from "./scale-trace.js";
import { Conversations, type SessionSettings } from "./session-generator.js";
import { SessionLoop } from "./session-loop.js";
import type { RecordedTrace, TraceRow } from "./trace-row.js";
import { TraceSessions } from "./trace-sessions.js";
import { WeightedSampler, type Weighted } from "./weighted-sampler.js";
import type { LengthDistribution, Workload } from "./workload.js";

/** What a workload is made from: the `workload` part of a config, after validation. */
export interface WorkloadSettings extends ArrivalSettings, LabelSettings, TraceScaling {
  /** Required unless there is a trace, whose times it then replaces. With sessions it says when they start. */
  readonly arrivalPattern?: ArrivalPattern;
  /** Required unless there is a trace; ignored if there is one. */
  readonly inputLenDist?: LengthConfig | LengthDistribution;
  readonly outputLenDist?: LengthConfig | LengthDistribution;
  /** Default 42. */
  readonly seed?: number;
  readonly numRequests?: number;
  /** Requests arrive in [0, durationSecs). */
  readonly durationSecs?: Seconds;
  /** Users of a closed loop, each of whom has one session after the other. */
  readonly numConcurrentUsers?: number;
  readonly maxTokens?: Tokens;
  readonly priorities?: readonly Weighted<number>[];
  readonly trace?: readonly TraceRow[] | RecordedTrace;
  /** Prompts to send; the pattern says when, outputLenDist how long the outputs are. */
  readonly dataset?: readonly DatasetRow[];
  /** Conversations instead of single requests. */
  readonly sessions?: SessionSettings;
}

/** What a workload must know of the server. */
export interface ServerLimits {
  /** Tokens per key of `RequestSpec.blockKeys`. Default: no keys are made, since nobody looks at them. */
  readonly blockSize?: Tokens;
  /** Longest sequence: conversations do not grow beyond it, and it bounds outputs that nothing else does. Default: no limit. */
  readonly maxSeqLen?: Tokens;
}

export interface OpenedWorkload {
  readonly workload: Workload;
  /** Where its requests come from; undefined where they are made up one by one. */
  readonly source: RequestSource | undefined;
  /** Whether requests may have `blockKeys`. */
  readonly sharesPrefixes: boolean;
}

/**
 * A fresh workload, for one run. With a trace and no arrival pattern, at most the rows of the trace are sent, at their
 * times. With a trace and a pattern its rows are repeated as often as numRequests or durationSecs ask for; with neither
 * of these each row is sent once. Where rows follow one another, the times are those of sessions: of their first rows. Scaling leaves
 * something of a trace.
 */
export function openWorkload(
  settings: WorkloadSettings,
  server: ServerLimits = {},
): OpenedWorkload {
  const { seed = 42, trace, dataset } = settings;
  const priorities =
    settings.priorities && new WeightedSampler(settings.priorities, seed, "priorities");
  const labels = new LabelSampler(settings, seed);
  const keysOf = (rows: ConstructorParameters<typeof PrefixKeys>[0]) =>
    server.blockSize === undefined ? undefined : new PrefixKeys(rows, server.blockSize);
  if (dataset !== undefined) {
    const { outputLenDist, maxTokens } = settings;
    assert(outputLenDist !== undefined, "a dataset comes with a distribution of output lengths");
    const { maxSeqLen = Infinity } = server;
    const outputs = { outputLenDist, maxTokens, maxSeqLen, priorities, labels, seed };
    const bodies = new DatasetBodies(dataset, keysOf(dataset), outputs);
    const source = { type: "dataset", numRead: dataset.length } as const;
    const workload = repeat(settings, dataset.length, bodies, seed);
    return { workload, source, sharesPrefixes: dataset.some(hasPrefix) };
  }
  if (trace === undefined) return synthetic(settings, server, priorities, labels, seed);
  const { rows, ...counts } = scaleTrace(trace, settings, seed);
  assert(rows.length > 0, "there is something left of a trace");
  const bodies = new TraceBodies(rows, settings.maxTokens, priorities, labels, keysOf(rows));
  const workload = rows.some((row) => row.after !== undefined)
    ? replaySessions(settings, rows, bodies, seed)
    : replay(settings, rows, bodies, seed);
  return { workload, source: { type: "trace", ...counts }, sharesPrefixes: rows.some(hasPrefix) };
}

const hasPrefix = (row: DatasetRow | TraceRow): boolean => row.prefix !== undefined;

/** The workload alone. */
export function createWorkload(settings: WorkloadSettings, server?: ServerLimits): Workload {
  return openWorkload(settings, server).workload;
}

function synthetic(
  settings: WorkloadSettings,
  { maxSeqLen = Infinity, blockSize }: ServerLimits,
  priorities: WeightedSampler<number> | undefined,
  labels: LabelSampler,
  seed: number,
): OpenedWorkload {
  const { inputLenDist, outputLenDist, maxTokens, sessions } = settings;
  const { numRequests: maxRequests = Infinity, durationSecs = Infinity } = settings;
  assert(
    inputLenDist !== undefined && outputLenDist !== undefined,
    "a synthetic workload has length distributions",
  );
  if (sessions === undefined) {
    const bodies = new SyntheticBodies(
      inputLenDist,
      outputLenDist,
      maxTokens,
      priorities,
      labels,
      seed,
    );
    const starts = startsOf(settings, maxRequests, seed);
    const workload = sendAt(starts, bodies, maxRequests, durationSecs);
    return { workload, source: undefined, sharesPrefixes: false };
  }
  const { numSessions = Infinity } = sessions;
  const conversations = new Conversations(
    { ...sessions, inputLenDist, outputLenDist, maxTokens, priorities, labels },
    seed,
    maxSeqLen,
    blockSize,
  );
  const starts = startsOf(settings, Math.min(numSessions, maxRequests), seed);
  const isNumberKnown = numSessions === Infinity && durationSecs === Infinity;
  const workload = new SessionLoop(
    conversations,
    starts,
    { numSessions, maxRequests, durationSecs },
    isNumberKnown ? maxRequests : undefined,
  );
  return { workload, source: { type: "sessions", cut: conversations.cut }, sharesPrefixes: true };
}

/** A trace whose rows have nothing to wait for. */
function replay(
  settings: WorkloadSettings,
  rows: readonly TraceRow[],
  bodies: TraceBodies,
  seed: number,
): Workload {
  const { durationSecs = Infinity, numRequests } = settings;
  if (settings.arrivalPattern === undefined) {
    const inTime =
      durationSecs === Infinity ? rows : rows.filter((row) => row.arrivalTime < durationSecs);
    const maxRequests = Math.min(numRequests ?? Infinity, inTime.length);
    return new OpenLoop(new TraceTimes(inTime), bodies, maxRequests, Infinity);
  }
  return repeat(settings, rows.length, bodies, seed);
}

/** Rows at the times of a pattern: as many as are asked for, else each once. */
function repeat(
  settings: WorkloadSettings,
  numRows: number,
  bodies: Bodies,
  seed: number,
): Workload {
  const { durationSecs = Infinity } = settings;
  const once = durationSecs === Infinity ? numRows : Infinity;
  const { numRequests: maxRequests = once } = settings;
  return sendAt(startsOf(settings, maxRequests, seed), bodies, maxRequests, durationSecs);
}

function sendAt(
  starts: ArrivalTimes | number,
  bodies: Bodies,
  maxRequests: number,
  durationSecs: Seconds,
): Workload {
  return typeof starts === "number"
    ? new ClosedLoop(starts, bodies, maxRequests, durationSecs)
    : new OpenLoop(starts, bodies, maxRequests, durationSecs);
}

function replaySessions(
  settings: WorkloadSettings,
  rows: readonly TraceRow[],
  bodies: TraceBodies,
  seed: number,
): Workload {
  const { durationSecs = Infinity, numRequests } = settings;
  const sessions = new TraceSessions(rows, bodies);
  const isTimed = settings.arrivalPattern === undefined;
  const isOnce = isTimed || (numRequests === undefined && durationSecs === Infinity);
  const numPasses = isOnce ? 1 : Math.ceil((numRequests ?? Infinity) / rows.length);
  const maxRequests = Math.min(numRequests ?? Infinity, numPasses * rows.length);
  const numSessions = numPasses * sessions.firstRows.length;
  const starts = isTimed
    ? new TraceTimes(sessions.firstRows)
    : startsOf(settings, numSessions, seed);
  return new SessionLoop(
    sessions,
    starts,
    { numSessions, maxRequests, durationSecs },
    durationSecs === Infinity ? maxRequests : undefined,
  );
}

/** Arrival times of the pattern, or how many users a closed loop has. `maxStarts` may be Infinity. */
function startsOf(
  settings: WorkloadSettings,
  maxStarts: number,
  seed: number,
): ArrivalTimes | number {
  const { arrivalPattern, numConcurrentUsers, batchSize, durationSecs } = settings;
  assert(arrivalPattern !== undefined, "a workload has an arrival pattern or a trace");
  assert(
    maxStarts < Infinity || durationSecs !== undefined,
    "a workload ends by number or by time",
  );
  if (arrivalPattern === "closed_loop") {
    assert(numConcurrentUsers !== undefined, "a closed loop has users");
    return numConcurrentUsers;
  }
  assert(
    arrivalPattern !== "batched" || batchSize !== undefined || maxStarts < Infinity,
    "a single batch has a size",
  );
  return createArrivals(arrivalPattern, settings, seed);
}
