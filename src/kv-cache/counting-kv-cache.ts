/**
 * The KV cache as numbers only: how many blocks each request holds, not which. Without prefix caching no decision depends on
 * more, so it gives the results of the paged cache at a fraction of its cost.
 */
import type { Tokens } from "../base/units.js";
import type { Request } from "../request/request.js";
import type { KvCacheSettings } from "./kv-cache-config.js";
import type { AdmissionRule, KvCache } from "./kv-cache.js";
import { type LayerKind, layerKind, maxBlocksFor, maxTokensInFlight } from "./layer-kind.js";

export class CountingKvCache implements KvCache {
  readonly enablePrefixCaching = false;
  readonly numUsableBlocks: number;
  #numFree: number;
  readonly #maxModelLen: Tokens;
  readonly #kinds: readonly LayerKind[];

  constructor(settings: KvCacheSettings) {
    this.numUsableBlocks = settings.numBlocks - 1;
    this.#numFree = this.numUsableBlocks;
    this.#maxModelLen = settings.maxModelLen;
    const inFlight = maxTokensInFlight(settings);
    this.#kinds = settings.groups.map((g) => layerKind(g, settings.maxModelLen, inFlight));
  }

  get numFreeBlocks(): number {
    return this.#numFree;
  }

  findCachedPrefix(): Tokens {
    return 0;
  }

  admit(request: Request, numNewTokens: Tokens, rule: AdmissionRule): boolean {
    const numFree = this.#numFree - rule.numReservedBlocks;
    if (rule.wholeRequestMustFit) {
      const wholeRequest = Math.min(request.numTokens, this.#maxModelLen);
      if (maxBlocksFor(this.#kinds, wholeRequest) > numFree) return false;
    }
    const needed = this.#numBlocks(numNewTokens, 0);
    if (needed > numFree) return false;
    this.#numFree -= needed;
    request.numAllocatedTokens = numNewTokens;
    return true;
  }

  grow(request: Request, numNewTokens: Tokens): boolean {
    const { numAllocatedTokens } = request;
    const numProcessed = request.numComputedTokens - request.numInFlightTokens;
    const held = this.#numBlocks(numAllocatedTokens, request.numSkippedTokens);
    // Blocks that no window reads any more are freed, even if what follows fails.
    request.numSkippedTokens = numProcessed;
    const kept = this.#numBlocks(numAllocatedTokens, numProcessed);
    this.#numFree += held - kept;
    const numTokens = Math.max(request.numComputedTokens + numNewTokens, numAllocatedTokens);
    const needed = this.#numBlocks(numTokens, numProcessed) - kept;
    if (needed > this.#numFree) return false;
    this.#numFree -= needed;
    request.numAllocatedTokens = numTokens;
    return true;
  }

  /** Blocks in all tables for `numTokens` slots, without those below what is still read at `numProcessed` tokens. */
  #numBlocks(numTokens: Tokens, numProcessed: Tokens): number {
    let sum = 0;
    for (const kind of this.#kinds) {
      const { blockSize } = kind;
      const numSlots = Math.ceil(numTokens / blockSize);
      const numSkipped = Math.floor(kind.numSkippedTokens(numProcessed) / blockSize);
      sum += numSlots - Math.min(numSkipped, numSlots);
    }
    return sum;
  }

  register(): void {}

  free(request: Request): void {
    this.#numFree += this.#numBlocks(request.numAllocatedTokens, request.numSkippedTokens);
    request.numAllocatedTokens = 0;
    request.numSkippedTokens = 0;
  }

  freePreempted(request: Request): void {
    this.free(request);
  }

  maxBlocksFor(numTokens: Tokens): number {
    return maxBlocksFor(this.#kinds, numTokens);
  }
}
