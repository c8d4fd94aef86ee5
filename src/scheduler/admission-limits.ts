/** Limits on admission that vLLM does not have. They are silent unless a config asks for them. */
import type { Tokens } from "../base/units.js";
import type { KvCache } from "../kv-cache/kv-cache.js";
import type { Batch } from "../request/batch.js";
import type { Request } from "../request/request.js";
import type { SchedulerSettings } from "./scheduler-config.js";

export class AdmissionLimits {
  readonly #maxNumPartialPrefills: number;
  readonly #isPreemptionFree: boolean;
  readonly #maxModelLen: Tokens;
  readonly #kvCache: KvCache;
  /** Blocks that the running requests may come to hold; kept only in preemption-free mode. */
  #numPledgedBlocks = 0;

  constructor(settings: SchedulerSettings, kvCache: KvCache) {
    this.#maxNumPartialPrefills = settings.maxNumPartialPrefills ?? Infinity;
    this.#isPreemptionFree = settings.enablePreemptionFree;
    this.#maxModelLen = settings.maxModelLen;
    this.#kvCache = kvCache;
  }

  /**
   * How many more requests may be left with a partly computed prompt after the step being formed. `unsteady` are the running
   * requests that could be such; the batch lists them in the same order.
   */
  numPartialPrefillsLeft(batch: Batch, unsteady: readonly Request[]): number {
    const max = this.#maxNumPartialPrefills;
    return max === Infinity ? max : max - numPartialPrefills(batch, unsteady);
  }

  /** Preemption-free mode: everything that runs, and this request, could grow to its longest at once. */
  hasRoomFor(request: Request): boolean {
    if (!this.#isPreemptionFree) return true;
    return this.#numPledgedBlocks + this.#pledge(request) <= this.#kvCache.numUsableBlocks;
  }

  onEnter(request: Request): void {
    if (this.#isPreemptionFree) this.#numPledgedBlocks += this.#pledge(request);
  }

  onLeave(request: Request): void {
    if (this.#isPreemptionFree) this.#numPledgedBlocks -= this.#pledge(request);
  }

  #pledge({ numPromptTokens, maxTokens }: Request): number {
    // The last token is delivered, never computed.
    return this.#kvCache.maxBlocksFor(Math.min(numPromptTokens + maxTokens, this.#maxModelLen) - 1);
  }
}

/** Running requests that are left with a partly computed prompt. */
function numPartialPrefills({ scheduled }: Batch, unsteady: readonly Request[]): number {
  let numPartial = 0;
  let next = 0;
  for (const request of unsteady) {
    const isInBatch = next < scheduled.length && scheduled.at(next).request === request;
    const numTokens = isInBatch ? scheduled.at(next++).numTokens : 0;
    if (request.numComputedTokens + numTokens < request.numTokens) numPartial++;
  }
  return numPartial;
}
