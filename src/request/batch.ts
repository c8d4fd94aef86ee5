/** The requests of one step, with what happened when the step was formed and when its tokens were delivered. Reused. */
import type { Tokens } from "../base/units.js";
import type { AttentionShape, BatchShape } from "./batch-shape.js";
import type { Request } from "./request.js";

export class Batch {
  /** In order of scheduling: running requests first, then admitted ones. */
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
  /** Requests that got a token when this step was processed, and those of them that ended with it. */
  readonly delivered: Request[] = [];
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

  get isEmpty(): boolean {
    return this.requests.length === 0;
  }

  clear(): void {
    for (const list of [this.requests, this.admitted, this.preempted, this.delivered, this.finished]) {
      list.length = 0;
    }
    for (const list of [this.numTokens, this.numCachedTokens, this.numLookedUpTokens, this.numLostTokens]) {
      list.length = 0;
    }
    this.samples.length = 0;
    const { shape } = this;
    shape.numPrefills = shape.numDecodes = shape.numPrefillTokens = shape.numSamples = 0;
    for (const sums of shape.attention) {
      sums.prefillPairs = sums.prefillKvTokens = sums.decodeKvTokens = 0;
    }
  }

  add(request: Request, numTokens: Tokens): void {
    this.requests.push(request);
    this.numTokens.push(numTokens);
  }

  /** Takes a request out again; returns the tokens it would have computed, 0 if it was not in the batch. */
  remove(request: Request): Tokens {
    const i = this.requests.indexOf(request);
    if (i < 0) return 0;
    this.requests.splice(i, 1);
    return this.numTokens.splice(i, 1)[0]!;
  }

  /** Adds one request's step to the sums that are priced. Called with the computed count from before the step. */
  addToShape(request: Request, numTokens: Tokens): void {
    const { shape } = this;
    const computed = request.numComputedTokens;
    if (numTokens === 1 && computed >= request.numPromptTokens) {
      shape.numDecodes++;
      for (const sums of shape.attention) sums.decodeKvTokens += Math.min(computed + 1, sums.window);
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
