/**
 * The KV cache as numbers only: how many blocks each request holds, not which. Without prefix caching no decision depends on
 * more, so it gives the results of the paged cache at a fraction of its cost.
 */
import type { Tokens } from "../base/units.js";
import type { Request } from "../request/request.js";
import type { KvCacheSettings } from "./kv-cache-config.js";
import type { KvCache } from "./kv-cache.js";
import { type LayerKind, layerKind, maxBlocksFor, maxTokensInFlight } from "./layer-kind.js";
import { type SteadyLayout, steadyLayout } from "./steady-layout.js";

export class CountingKvCache implements KvCache {
  readonly enablePrefixCaching = false;
  readonly hasBlockIds = false;
  readonly dependsOnOrder = false;
  readonly numEvictions = 0;
  readonly numUsableBlocks: number;
  readonly steadyLayout: SteadyLayout | undefined;
  readonly #hasWindows: boolean;
  /** Tokens in flight of a request in steady decode when a step is formed. */
  readonly #numAhead: number;
  #numFree: number;
  readonly #maxModelLen: Tokens;
  readonly #kinds: readonly LayerKind[];

  constructor(settings: KvCacheSettings) {
    this.numUsableBlocks = settings.numBlocks - 1;
    this.#numFree = this.numUsableBlocks;
    this.#maxModelLen = settings.maxModelLen;
    this.steadyLayout = steadyLayout(settings.groups);
    this.#hasWindows = settings.groups.some((group) => group.type !== "full");
    this.#numAhead = settings.asyncScheduling ? 1 : 0;
    const inFlight = maxTokensInFlight(settings);
    this.#kinds = settings.groups.map((g) => layerKind(g, settings.maxModelLen, inFlight));
  }

  get numFreeBlocks(): number {
    return this.#numFree;
  }

  /** Asking anew is as quick. */
  isStillBlocked(): boolean {
    return false;
  }

  findCachedPrefix(): Tokens {
    return 0;
  }

  admit(
    request: Request,
    numNewTokens: Tokens,
    wholeRequestMustFit: boolean,
    numReserved: number,
  ): boolean {
    const numFree = this.#numFree - numReserved;
    if (wholeRequestMustFit) {
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
    this.#freeSkipped(request);
    const needed = this.numBlocksToGrow(request, numNewTokens);
    if (needed > this.#numFree) return false;
    this.#numFree -= needed;
    request.numAllocatedTokens = request.numComputedTokens + numNewTokens;
    return true;
  }

  numBlocksToGrow(request: Request, numNewTokens: Tokens): number {
    const numTokens = request.numComputedTokens + numNewTokens;
    let needed = 0;
    for (const { blockSize } of this.#kinds) {
      needed +=
        Math.ceil(numTokens / blockSize) - Math.ceil(request.numAllocatedTokens / blockSize);
    }
    return needed;
  }

  takeForSteady(numBlocks: number): void {
    this.#numFree -= numBlocks;
  }

  catchUp(request: Request): void {
    const { numComputedTokens } = request;
    request.numAllocatedTokens = Math.max(request.numAllocatedTokens, numComputedTokens);
    // What was processed when the last step was formed.
    const numProcessed = numComputedTokens - 1 - this.#numAhead;
    request.numSkippedTokens = Math.max(request.numSkippedTokens, numProcessed);
  }

  /** Blocks that no window reads any more. */
  #freeSkipped(request: Request): void {
    if (!this.#hasWindows) return;
    const numProcessed = request.numComputedTokens - request.numInFlightTokens;
    const { numAllocatedTokens } = request;
    this.#numFree +=
      this.#numBlocks(numAllocatedTokens, request.numSkippedTokens) -
      this.#numBlocks(numAllocatedTokens, numProcessed);
    request.numSkippedTokens = numProcessed;
  }

  /** Blocks in all tables for `numTokens` slots, without those below what is still read at `numProcessed` tokens. */
  #numBlocks(numTokens: Tokens, numProcessed: Tokens): number {
    let sum = 0;
    for (let i = 0; i < this.#kinds.length; i++) {
      const kind = this.#kinds[i]!;
      const { blockSize } = kind;
      const numSlots = Math.ceil(numTokens / blockSize);
      sum += numSlots;
      if (!this.#hasWindows) continue;
      const numSkipped = Math.floor(kind.numSkippedTokens(numProcessed) / blockSize);
      sum -= Math.min(numSkipped, numSlots);
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
