/** What happens in a run, one event at a time, for who wants to watch. A run that nobody watches makes none. */
import type { Bytes, Flops, Seconds, Tokens } from "../base/units.js";
import { InferenceLabError } from "../base/errors.js";
import type { StepCost } from "../cost/cost-model.js";
import type { SystemState } from "../metrics/time-series.js";
import type { Batch, BatchEntry } from "../request/batch.js";
import type { RequestView } from "../request/request.js";

interface EventBase {
  readonly time: Seconds;
}

interface RequestEvent extends EventBase {
  /** The live request: it shows its state at the time of looking. */
  readonly request: RequestView;
}

/** A request has reached the server. */
export interface ArrivalEvent extends RequestEvent {
  readonly type: "arrival";
}

/** A request that can never be served was refused on arrival. */
export interface RejectionEvent extends RequestEvent {
  readonly type: "rejection";
  readonly reason: string;
}

/** A request left the waiting queue. */
export interface AdmissionEvent extends RequestEvent {
  readonly type: "admission";
  /** Tokens found in the prefix cache. */
  readonly numCachedTokens: Tokens;
  /** It had been preempted before. */
  readonly isResumed: boolean;
}

/** A running request lost its KV blocks and waits again. */
export interface PreemptionEvent extends RequestEvent {
  readonly type: "preemption";
  /** Computed tokens that have to be computed again, unless the prefix cache still has them. */
  readonly numLostTokens: Tokens;
}

/** A forward pass starts at `time` and takes `duration`. */
export interface StepEvent extends EventBase {
  readonly type: "step";
  readonly duration: Seconds;
  readonly numPrefills: number;
  readonly numDecodes: number;
  readonly numPrefillTokens: Tokens;
  readonly numRunning: number;
  readonly numWaiting: number;
  /** Share of the usable KV blocks that requests hold. */
  readonly kvCacheUsage: number;
  readonly flops: Flops;
  readonly bytes: Bytes;
  /** The requests of the batch and the tokens each computes. Valid until the next event; throws after that. */
  batch(): readonly BatchEntry[];
}

/** A request's first output token was delivered. */
export interface FirstTokenEvent extends RequestEvent {
  readonly type: "first-token";
}

/** A request's last output token was delivered. */
export interface CompletionEvent extends RequestEvent {
  readonly type: "completion";
}

/** The client of a request disconnected. */
export interface AbortEvent extends RequestEvent {
  readonly type: "abort";
}

/** Anything that happens in a run; told apart by `type`. */
export type SimulationEvent =
  | ArrivalEvent
  | RejectionEvent
  | AdmissionEvent
  | PreemptionEvent
  | StepEvent
  | FirstTokenEvent
  | CompletionEvent
  | AbortEvent;

/** A step that has ended, in counts. */
export interface StepCounts {
  readonly seconds: Seconds;
  readonly numPrefills: number;
  readonly numPrefillTokens: Tokens;
  /** Each of them computes one token. */
  readonly numDecodes: number;
  /** Requests that entered the running set, for the first time or again. */
  readonly numAdmissions: number;
  readonly numPreemptions: number;
  readonly numCompletions: number;
}

/** Describes a step that starts now. `entries` lists its batch, undefined once that is no longer what it was. */
export function stepEvent(
  time: Seconds,
  batch: Batch,
  cost: StepCost,
  state: SystemState,
  numUsableBlocks: number,
  entries: () => readonly BatchEntry[] | undefined,
): StepEvent {
  const { numPrefills, numDecodes, numPrefillTokens } = batch.shape;
  return {
    type: "step",
    time,
    duration: cost.seconds,
    numPrefills,
    numDecodes,
    numPrefillTokens,
    numRunning: state.numRunning,
    numWaiting: state.numWaiting,
    kvCacheUsage: state.numUsedBlocks / numUsableBlocks,
    flops: cost.flops,
    bytes: cost.bytes,
    batch() {
      const list = entries();
      if (list !== undefined) return list;
      throw new InferenceLabError(
        "event.batch() is valid until the next event only: copy what you need",
      );
    },
  };
}
