/** The requests of one step, with what happened when the step was formed and when its tokens were delivered. Reused. */
import type { Seconds, Tokens } from "../base/units.js";
import { RecordList } from "./record-list.js";
import type { AttentionShape, BatchShape } from "./batch-shape.js";
import type { Request, RequestView } from "./request.js";

/** A request of a step, and how many tokens it computes. */
export interface BatchEntry {
  readonly request: RequestView;
  readonly numTokens: Tokens;
}

/** A request that is listed by itself. What is said of some only says nothing of the others. */
export class ScheduledRequest implements BatchEntry {
  request!: Request;
  numTokens: Tokens = 0;
  /** It gets an output token from this step. */
  samples = false;
  /** Of one that was admitted: tokens that were found in the prefix cache, of those that were looked up. */
  numCachedTokens: Tokens = 0;
  numLookedUpTokens: Tokens = 0;
  /** Of one that got its token when the step was processed: the time since its last one, NaN for the first. */
  isDelivered = false;
  gap: Seconds = NaN;
}

/** A request that lost its blocks when this step was formed. */
export class PreemptedRequest {
  request!: Request;
  /** What it had computed. */
  numLostTokens: Tokens = 0;
}

/** One step: who computes how many tokens, and what came of it. Reused from step to step. */
export class Batch {
  /**
   * Those that were looked at one by one: running ones in order, then admitted ones. Without a decode set, all. Members of the decode set
   * that left it while the step was in flight follow. The records are written anew when the batch is used again.
   */
  readonly scheduled = new RecordList(() => new ScheduledRequest());
  /** Those of `scheduled` that were admitted: so many, from this one on. */
  firstAdmitted = 0;
  numAdmitted = 0;
  readonly preempted = new RecordList(() => new PreemptedRequest());
  /** Version of the decode set whose members, each of which gets a token, are all that this step computes; else −1. */
  version = -1;

  /** Requests of `scheduled` that got a token when this step was processed. */
  numDelivered = 0;
  /** Members of the decode set that got a token, and the time since the last one of each. */
  numSteady = 0;
  steadyGap: Seconds = NaN;
  /** Requests that ended with this step, in order of admission. */
  readonly finished: Request[] = [];
  readonly shape: BatchShape;

  /** `windows`: the distinct attention windows of the model's layers, Infinity for full attention. */
  constructor(windows: readonly Tokens[]) {
    this.shape = {
      numPrefills: 0,
      numDecodes: 0,
      numPrefillTokens: 0,
      numSamples: 0,
      attention: windows.map((window) => ({
        window,
        prefillPairs: 0,
        prefillKvTokens: 0,
        decodeKvTokens: 0,
      })),
    };
  }

  /** Nothing is computed. */
  get isEmpty(): boolean {
    return this.shape.numPrefills + this.shape.numDecodes === 0;
  }

  /** Those that entered `running` with this step, maybe again. Allocates: not for the loop. */
  get admitted(): ScheduledRequest[] {
    return this.scheduled
      .toArray()
      .slice(this.firstAdmitted, this.firstAdmitted + this.numAdmitted);
  }

  /** Makes it an empty batch again. */
  clear(): void {
    this.scheduled.clear();
    this.preempted.clear();
    // Setting `length = 0` would give the list's memory back, and the next push take it anew.
    while (this.finished.length > 0) this.finished.pop();
    this.version = -1;
    this.firstAdmitted = this.numAdmitted = this.numDelivered = this.numSteady = 0;
    const { shape } = this;
    shape.numPrefills = shape.numDecodes = shape.numPrefillTokens = shape.numSamples = 0;
    const { attention } = shape;
    for (let i = 0; i < attention.length; i++) {
      const sums = attention[i]!;
      sums.prefillPairs = sums.prefillKvTokens = sums.decodeKvTokens = 0;
    }
  }

  /** `request` computes `numTokens` in this step. */
  add(request: Request, numTokens: Tokens): ScheduledRequest {
    const entry = this.scheduled.add();
    entry.request = request;
    entry.numTokens = numTokens;
    entry.isDelivered = false;
    return entry;
  }

  /** A request that was in this step by way of the decode set is listed by itself from here on. */
  addDecode(request: Request): void {
    if (this.indexOf(request) < 0) this.add(request, 1).samples = true;
  }

  /**
   * Where all that are listed have joined the decode set since, with the one token that they decode here, they are not listed any more:
   * the step only gives each member a token. Answers whether that was so. Steps that admitted or preempted are told of by themselves.
   */
  unlistSteady(): boolean {
    if (this.numAdmitted + this.preempted.length > 0) return false;
    for (let i = 0; i < this.scheduled.length; i++) {
      if (!this.scheduled.at(i).request.isSteady) return false;
    }
    this.scheduled.clear();
    return true;
  }

  /** Takes a request out again; returns the tokens it would have computed, 0 if it was not in the batch. */
  remove(request: Request): Tokens {
    const index = this.indexOf(request);
    if (index < 0) return 0;
    const { numTokens } = this.scheduled.at(index);
    this.scheduled.remove(index);
    return numTokens;
  }

  /** Where a request is in `scheduled`; −1 if it is not. */
  indexOf(request: Request): number {
    for (let i = 0; i < this.scheduled.length; i++) {
      if (this.scheduled.at(i).request === request) return i;
    }
    return -1;
  }

  /** Adds so many members of the decode set. What they read is added by who knows it. */
  addSteadyToShape(numRequests: number): void {
    this.shape.numDecodes += numRequests;
    this.shape.numSamples += numRequests;
  }

  /** Adds one request's step to the sums that are priced. Called with the computed count from before the step. */
  addToShape(request: Request, numTokens: Tokens): void {
    const { shape } = this;
    const computed = request.numComputedTokens;
    if (numTokens === 1 && computed >= request.numPromptTokens) {
      shape.numDecodes++;
      for (const sums of shape.attention)
        sums.decodeKvTokens += Math.min(computed + 1, sums.window);
    } else {
      shape.numPrefills++;
      shape.numPrefillTokens += numTokens;
      for (const sums of shape.attention) addPrefill(sums, computed, numTokens);
    }
  }
}

/** Causal attention of n tokens after c computed ones: Σ min(c + i, W) pairs over i = 1 … n. */
function addPrefill(sums: AttentionShape, c: Tokens, n: Tokens): void {
  const { window } = sums;
  const numBelow = Math.min(n, Math.max(0, window - c));
  sums.prefillPairs += numBelow * c + (numBelow * (numBelow + 1)) / 2;
  if (numBelow < n) sums.prefillPairs += (n - numBelow) * window;
  sums.prefillKvTokens += Math.min(c + n, window + n - 1);
}
