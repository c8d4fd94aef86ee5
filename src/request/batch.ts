/** The requests of one step, with what happened when the step was formed and when its tokens were delivered. Reused. */
import type { Seconds, Tokens } from "../base/units.js";
import type { AttentionShape, BatchShape } from "./batch-shape.js";
import type { Request, RequestView } from "./request.js";

/** A request of a step, and how many tokens it computes. */
export interface BatchEntry {
  readonly request: RequestView;
  readonly numTokens: Tokens;
}

/** One step: who computes how many tokens, and what came of it. Reused from step to step. */
export class Batch {
  /** Requests that were looked at one by one: running ones in order, then admitted ones. Without a decode set, all. */
  readonly requests: Request[] = [];
  /** Tokens that `requests[i]` computes in this step. */
  readonly numTokens: Tokens[] = [];
  /** Whether `requests[i]` gets an output token from this step. */
  readonly samples: boolean[] = [];
  /** Requests that entered `running` with this step, the resumed included. A subset of `requests`. */
  readonly admitted: Request[] = [];
  /** Tokens of `admitted[i]` that were found in the prefix cache, and those that were looked up. */
  readonly numCachedTokens: Tokens[] = [];
  readonly numLookedUpTokens: Tokens[] = [];
  /** Requests that lost their blocks when this step was formed, and how many computed tokens each lost. */
  readonly preempted: Request[] = [];
  readonly numLostTokens: Tokens[] = [];
  /** State of the scheduler when this step was formed, if the step only gave each member of the decode set a token; else −1. */
  version = -1;

  /** Requests of `requests` that got a token when this step was processed, and the time since their last token. */
  readonly delivered: Request[] = [];
  readonly gaps: Seconds[] = [];
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

  /** Makes it an empty batch again. */
  clear(): void {
    if (this.requests.length > 0) {
      empty(this.requests);
      empty(this.numTokens);
      empty(this.samples);
    }
    if (this.admitted.length > 0) {
      empty(this.admitted);
      empty(this.numCachedTokens);
      empty(this.numLookedUpTokens);
    }
    if (this.preempted.length > 0) {
      empty(this.preempted);
      empty(this.numLostTokens);
    }
    if (this.delivered.length > 0) {
      empty(this.delivered);
      empty(this.gaps);
    }
    if (this.finished.length > 0) empty(this.finished);
    this.version = -1;
    this.numSteady = 0;
    const { shape } = this;
    shape.numPrefills = shape.numDecodes = shape.numPrefillTokens = shape.numSamples = 0;
    const { attention } = shape;
    for (let i = 0; i < attention.length; i++) {
      const sums = attention[i]!;
      sums.prefillPairs = sums.prefillKvTokens = sums.decodeKvTokens = 0;
    }
  }

  /** `request` computes `numTokens` in this step. */
  add(request: Request, numTokens: Tokens): void {
    this.requests.push(request);
    this.numTokens.push(numTokens);
  }

  /** A request that was in this step by way of the decode set is listed by itself from here on. */
  addDecode(request: Request): void {
    if (this.requests.includes(request)) return;
    this.add(request, 1);
    this.samples.push(true);
  }

  /** Takes a request out again; returns the tokens it would have computed, 0 if it was not in the batch. */
  remove(request: Request): Tokens {
    const i = this.requests.indexOf(request);
    if (i < 0) return 0;
    this.requests.splice(i, 1);
    return this.numTokens.splice(i, 1)[0]!;
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

/** Setting `length = 0` would give the list's memory back, and the next push take it anew: about 1 kB a request over all lists. */
function empty(list: unknown[]): void {
  while (list.length > 0) list.pop();
}
