/**
 * The KV cache with prefix caching where no two requests begin alike: only a preempted request finds anything, its own blocks. Gives
 * the results of the paged cache, at a cost that does not grow with the number of blocks.
 */
import { assert } from "../base/assert.js";
import type { Tokens } from "../base/units.js";
import type { Request } from "../request/request.js";
import { EvictionOrder } from "./eviction-order.js";
import type { KvCacheSettings } from "./kv-cache-config.js";
import type { KvCache } from "./kv-cache.js";
import type { SteadyLayout } from "./steady-layout.js";

export class PrivateKvCache implements KvCache {
  readonly enablePrefixCaching = true;
  readonly hasBlockIds = false;
  /** Nothing is given up that others could have found. */
  readonly numEvictions = 0;
  readonly numUsableBlocks: number;
  readonly steadyLayout: SteadyLayout;
  readonly #blockSize: Tokens;
  readonly #maxModelLen: Tokens;
  readonly #asyncScheduling: boolean;
  readonly #order: EvictionOrder;
  #numFree: number;
  /** Blocks found by the last `findCachedPrefix`. */
  #numFound = 0;

  /** Of layers with full attention only, in one group. */
  constructor(settings: KvCacheSettings) {
    this.numUsableBlocks = settings.numBlocks - 1;
    this.#numFree = this.numUsableBlocks;
    this.#blockSize = settings.groups[0]!.blockSize;
    this.#maxModelLen = settings.maxModelLen;
    this.#asyncScheduling = settings.asyncScheduling;
    this.#order = new EvictionOrder(this.numUsableBlocks);
    this.steadyLayout = { blockSize: this.#blockSize, windows: [Infinity] };
  }

  get numFreeBlocks(): number {
    return this.#numFree;
  }

  /** Asking anew is as quick. */
  isStillBlocked(): boolean {
    return false;
  }

  findCachedPrefix(request: Request): Tokens {
    this.#numFound = request.numPreemptions === 0 ? 0 : this.#order.numOwned(request);
    const numTokens = this.#numFound * this.#blockSize;
    assert(numTokens < request.numTokens, "the last known token was never computed");
    return numTokens;
  }

  /** Cached blocks count as new ones: they are free until they are held. */
  admit(
    request: Request,
    numNewTokens: Tokens,
    wholeRequestMustFit: boolean,
    numReserved: number,
  ): boolean {
    const numFree = this.#numFree - numReserved;
    const wholeRequest = Math.min(request.numTokens, this.#maxModelLen);
    if (wholeRequestMustFit && this.maxBlocksFor(wholeRequest) > numFree) return false;
    const numTokens = this.#numFound * this.#blockSize + numNewTokens;
    const needed = this.maxBlocksFor(numTokens);
    if (needed > numFree) return false;
    if (this.#numFound > 0) this.#order.takeOwned(request);
    this.#take(needed - this.#numFound);
    this.#numFree -= this.#numFound;
    request.numAllocatedTokens = numTokens;
    this.register(request, Math.min(numTokens, request.numTokens));
    return true;
  }

  numBlocksToGrow(request: Request, numNewTokens: Tokens): number {
    const numTokens = request.numComputedTokens + numNewTokens;
    return this.maxBlocksFor(numTokens) - this.maxBlocksFor(request.numAllocatedTokens);
  }

  grow(request: Request, numNewTokens: Tokens): boolean {
    const needed = this.numBlocksToGrow(request, numNewTokens);
    if (needed > this.#numFree) return false;
    this.#take(needed);
    const numTokens = request.numComputedTokens + numNewTokens;
    request.numAllocatedTokens = numTokens;
    this.register(request, Math.min(numTokens, request.numTokens));
    return true;
  }

  takeForSteady(numBlocks: number): void {
    this.#take(numBlocks);
  }

  catchUp(request: Request): void {
    const { numComputedTokens } = request;
    request.numAllocatedTokens = Math.max(request.numAllocatedTokens, numComputedTokens);
    // When a step is formed ahead, its last token is not known yet.
    this.register(request, numComputedTokens - (this.#asyncScheduling ? 1 : 0));
  }

  #take(numBlocks: number): void {
    if (numBlocks <= 0) return;
    this.#order.take(numBlocks);
    this.#numFree -= numBlocks;
  }

  register(request: Request, numTokens: Tokens): void {
    request.numRegisteredTokens = Math.max(request.numRegisteredTokens, numTokens);
  }

  free(request: Request): void {
    this.#order.addOrphaned(this.#numRegisteredBlocks(request));
    this.#freeOthers(request);
  }

  freePreempted(request: Request): void {
    this.#order.addOwned(request, this.#numRegisteredBlocks(request));
    this.#freeOthers(request);
  }

  #numRegisteredBlocks({ numRegisteredTokens }: Request): number {
    return Math.floor(numRegisteredTokens / this.#blockSize);
  }

  #freeOthers(request: Request): void {
    const numHeld = this.maxBlocksFor(request.numAllocatedTokens);
    this.#order.addBlank(numHeld - this.#numRegisteredBlocks(request));
    this.#numFree += numHeld;
    request.numAllocatedTokens = 0;
    request.numRegisteredTokens = 0;
  }

  maxBlocksFor(numTokens: Tokens): number {
    return Math.ceil(numTokens / this.#blockSize);
  }
}
