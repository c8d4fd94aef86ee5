/**
 * The KV cache with prefix caching where no two requests begin alike: only a preempted request finds anything, its own blocks. Gives
 * the results of the paged cache, at a cost that does not grow with the number of blocks.
 */
import type { Tokens } from "../base/units.js";
import { type OwnRun, OwnBlocks } from "../request/own-blocks.js";
import type { Request } from "../request/request.js";
import { CommonPrefix } from "./common-prefix.js";
import { EvictionOrder } from "./eviction-order.js";
import type { KvCacheSettings } from "./kv-cache-config.js";
import type { KvCache } from "./kv-cache.js";
import { type LayerKind, layerKind, maxBlocksFor, maxTokensInFlight } from "./layer-kind.js";
import { Retention } from "./retention.js";
import type { SteadyLayout } from "./steady-layout.js";

export class PrivateKvCache implements KvCache {
  readonly enablePrefixCaching = true;
  readonly hasBlockIds = false;
  /** With one group of full attention no block is given back while its owner runs. Others' order matters: owners may look for them. */
  readonly dependsOnOrder: boolean;
  /** Nothing is given up that others could have found. */
  readonly numEvictions = 0;
  readonly numUsableBlocks: number;
  readonly steadyLayout: SteadyLayout;
  readonly #blockSize: Tokens;
  readonly #maxModelLen: Tokens;
  readonly #asyncScheduling: boolean;
  /** Per group of layers. */
  readonly #kinds: readonly LayerKind[];
  readonly #prefix: CommonPrefix;
  readonly #retention: Retention;
  readonly #order: EvictionOrder;
  /** Reused by `#giveBack`. */
  readonly #runs: number[] = [];
  #numFree: number;
  /** Blocks found by the last `findCachedPrefix`, in each table. */
  #numFound = 0;

  /** Of layers that have a steady layout. */
  constructor(settings: KvCacheSettings, layout: SteadyLayout) {
    this.steadyLayout = layout;
    const { groups, maxModelLen } = settings;
    this.numUsableBlocks = settings.numBlocks - 1;
    this.#numFree = this.numUsableBlocks;
    this.#blockSize = layout.blockSize;
    this.#maxModelLen = maxModelLen;
    this.#asyncScheduling = settings.asyncScheduling;
    const inFlight = maxTokensInFlight(settings);
    this.#kinds = groups.map((group) => layerKind(group, maxModelLen, inFlight));
    this.#prefix = new CommonPrefix(groups, this.#kinds, this.#blockSize);
    this.#retention = new Retention(settings.retentionInterval, this.#blockSize);
    this.#order = new EvictionOrder(this.numUsableBlocks);
    this.dependsOnOrder = groups.length > 1 || groups[0]!.type !== "full";
  }

  get numFreeBlocks(): number {
    return this.#numFree;
  }

  /** Asking anew is as quick. */
  isStillBlocked(): boolean {
    return false;
  }

  findCachedPrefix(request: Request): Tokens {
    const own = request.ownBlocks;
    this.#numFound = 0;
    if (request.numPreemptions === 0 || own === undefined) return 0;
    // At least the last token is computed, so that there is something to sample from.
    const maxTokens = request.numTokens - 1;
    this.#numFound = this.dependsOnOrder
      ? this.#findCommon(own, maxTokens)
      : Math.min(numLeft(own), Math.floor(maxTokens / this.#blockSize));
    return this.#numFound * this.#blockSize;
  }

  #findCommon({ runs }: OwnBlocks, maxTokens: Tokens): number {
    const length = this.#prefix.find(maxTokens, (group, block) =>
      runs.some((run) => run.group === group && run.from <= block && block < run.to),
    );
    return length / this.#blockSize;
  }

  /** Cached blocks count as new ones: they are free until they are held. */
  admit(
    request: Request,
    numNewTokens: Tokens,
    wholeRequestMustFit: boolean,
    numReserved: number,
  ): boolean {
    const numFree = this.#numFree - numReserved;
    if (wholeRequestMustFit && this.#numBlocksForAll(request) > numFree) return false;
    const numCached = this.#numFound * this.#blockSize;
    const numTokens = numCached + numNewTokens;
    const needed = this.#numBlocks(numTokens, numCached);
    if (needed > numFree) return false;
    this.#order.take(needed - this.#takeFound(request));
    this.#numFree -= needed;
    request.numAllocatedTokens = numTokens;
    request.numSkippedTokens = numCached;
    this.register(request, Math.min(numTokens, request.numTokens));
    return true;
  }

  /** Blocks that all known tokens need at one time, at most, when what was found is there. */
  #numBlocksForAll(request: Request): number {
    const numTokens = Math.min(request.numTokens, this.#maxModelLen);
    const numSlots = Math.ceil(numTokens / this.#blockSize);
    let sum = 0;
    for (const kind of this.#kinds) {
      const atOnce = Math.min(numSlots, kind.maxBlocksAtAdmission);
      const numSkipped = this.#numSkippedBlocks(kind, this.#numFound * this.#blockSize);
      sum += Math.max(atOnce, this.#numFound) - numSkipped;
    }
    return sum;
  }

  /** Holds the blocks found last, and tells how many they are. */
  #takeFound(request: Request): number {
    const own = request.ownBlocks;
    const numFound = this.#numFound;
    if (own === undefined) return 0;
    own.runs = own.runs.filter(isLeft);
    own.numFound = numFound;
    own.junction = this.#prefix.junction;
    const numCached = numFound * this.#blockSize;
    for (let group = 0; group < this.#kinds.length; group++) {
      const from = this.#numSkippedBlocks(this.#kinds[group]!, numCached);
      this.#order.takeOwned(own, group, from, numFound);
    }
    return this.#numBlocks(numCached, numCached);
  }

  numBlocksToGrow(request: Request, numNewTokens: Tokens): number {
    const numTokens = request.numComputedTokens + numNewTokens;
    const numSlots = Math.ceil(numTokens / this.#blockSize);
    return (numSlots - this.#numSlots(request)) * this.#kinds.length;
  }

  grow(request: Request, numNewTokens: Tokens): boolean {
    if (this.dependsOnOrder) this.#freeSkipped(request);
    const needed = this.numBlocksToGrow(request, numNewTokens);
    if (needed > this.#numFree) return false;
    this.takeForSteady(needed);
    const numTokens = request.numComputedTokens + numNewTokens;
    request.numAllocatedTokens = numTokens;
    this.register(request, Math.min(numTokens, request.numTokens));
    return true;
  }

  takeForSteady(numBlocks: number): void {
    if (numBlocks <= 0) return;
    this.#order.take(numBlocks);
    this.#numFree -= numBlocks;
  }

  catchUp(request: Request): void {
    const { numComputedTokens } = request;
    request.numAllocatedTokens = Math.max(request.numAllocatedTokens, numComputedTokens);
    // When a step is formed ahead, its last token is not known yet.
    const numKnown = numComputedTokens - (this.#asyncScheduling ? 1 : 0);
    this.register(request, numKnown);
    // What was processed when the last step was formed.
    request.numSkippedTokens = Math.max(request.numSkippedTokens, numKnown - 1);
  }

  register(request: Request, numTokens: Tokens): void {
    request.numRegisteredTokens = Math.max(request.numRegisteredTokens, numTokens);
  }

  /** Blocks that no window reads any more. */
  #freeSkipped(request: Request): void {
    const numProcessed = request.numComputedTokens - request.numInFlightTokens;
    const { numSkippedTokens } = request;
    if (numProcessed <= numSkippedTokens) return;
    const numSlots = this.#numSlots(request);
    for (let group = 0; group < this.#kinds.length; group++) {
      const kind = this.#kinds[group]!;
      const from = this.#numSkippedBlocks(kind, numSkippedTokens);
      const to = Math.min(this.#numSkippedBlocks(kind, numProcessed), numSlots);
      if (from < to) this.#giveBack(request, group, from, to, true);
    }
    request.numSkippedTokens = numProcessed;
  }

  free(request: Request): void {
    this.#freeAll(request, false);
    request.ownBlocks = undefined;
  }

  freePreempted(request: Request): void {
    this.#freeAll(request, true);
  }

  #freeAll(request: Request, returns: boolean): void {
    const numSlots = this.#numSlots(request);
    for (let group = 0; group < this.#kinds.length; group++) {
      const from = this.#numSkippedBlocks(this.#kinds[group]!, request.numSkippedTokens);
      this.#giveBack(request, group, Math.min(from, numSlots), numSlots, returns);
    }
    request.numAllocatedTokens = 0;
    request.numRegisteredTokens = 0;
    request.numSkippedTokens = 0;
  }

  /** Blocks `[from, to)` of a table become free, last first; their owner may look for those that are registered, if it `returns`. */
  #giveBack(request: Request, group: number, from: number, to: number, returns: boolean): void {
    const numRegistered = Math.floor(request.numRegisteredTokens / this.#blockSize);
    const numFound = request.ownBlocks?.numFound ?? 0;
    const runs = this.#runs;
    const length = this.#keptRuns(
      request,
      group,
      Math.max(from, numFound),
      Math.min(to, numRegistered),
    );
    let numKept = 0;
    for (let i = 0; i < length; i += 2) {
      numKept += runs[i + 1]! - runs[i]!;
      if (!returns) continue;
      request.ownBlocks ??= new OwnBlocks();
      this.#order.addNew(request.ownBlocks, group, runs[i]!, runs[i + 1]!);
    }
    // What was found is registered already.
    const endOfFound = Math.min(to, numFound);
    if (from < endOfFound) {
      if (returns) this.#order.addFound(request.ownBlocks!, group, from, endOfFound);
      numKept += endOfFound - from;
    }
    if (!returns) this.#order.addOrphaned(numKept);
    this.#order.addBlank(to - from - numKept);
    this.#numFree += to - from;
  }

  #keptRuns(request: Request, group: number, from: number, to: number): number {
    const kind = this.#kinds[group]!;
    const junction = request.ownBlocks?.junction ?? 0;
    const { numPromptTokens } = request;
    return this.#retention.keptRuns(kind, from, to, numPromptTokens, junction, this.#runs);
  }

  #numSlots({ numAllocatedTokens }: Request): number {
    return Math.ceil(numAllocatedTokens / this.#blockSize);
  }

  /** Blocks in all tables for `numTokens`, without those below what is still read at `numProcessed` tokens. */
  #numBlocks(numTokens: Tokens, numProcessed: Tokens): number {
    const numSlots = Math.ceil(numTokens / this.#blockSize);
    let sum = 0;
    for (const kind of this.#kinds) sum += numSlots - this.#numSkippedBlocks(kind, numProcessed);
    return sum;
  }

  #numSkippedBlocks(kind: LayerKind, numProcessed: Tokens): number {
    return Math.floor(kind.numSkippedTokens(numProcessed) / this.#blockSize);
  }

  maxBlocksFor(numTokens: Tokens): number {
    return maxBlocksFor(this.#kinds, numTokens);
  }
}

function isLeft({ from, to }: OwnRun): boolean {
  return from < to;
}

/** How many blocks of the first table are left from the first on. There may be several of one. */
function numLeft({ runs }: OwnBlocks): number {
  let end = 0;
  for (let i = 0; i < runs.length; i++) {
    const { from, to } = runs[i]!;
    if (from > end || to <= end) continue;
    end = to;
    i = -1; // a run before it may go on from here
  }
  return end;
}
