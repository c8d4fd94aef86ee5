/**
 * The KV cache with physical blocks, block tables and prefix caching, as in vLLM's KVCacheManager and its coordinator. Decides
 * which blocks a request gets and what is found in the prefix cache; the order of eviction is the block pool's. Knows all kinds of layers,
 * and is what the quicker caches are held to.
 */
import { assert } from "../base/assert.js";
import type { Tokens } from "../base/units.js";
import { BlockTables, NULL_BLOCK } from "../request/block-tables.js";
import type { Request } from "../request/request.js";
import { BlockPool, FIRST_PRIVATE_KEY } from "./block-pool.js";
import { CommonPrefix } from "./common-prefix.js";
import type { KvCacheSettings } from "./kv-cache-config.js";
import type { KvCache } from "./kv-cache.js";
import { type LayerKind, layerKind, maxBlocksFor, maxTokensInFlight } from "./layer-kind.js";
import { Retention } from "./retention.js";
import { type SteadyLayout, steadyLayout } from "./steady-layout.js";

/** A key that no block has. */
const NO_KEY = -1;
const SMALLEST_INT32 = -(2 ** 31);

/** The KV cache with the identity of every block, as vLLM manages it. */
export class PagedKvCache implements KvCache {
  /** Tokens per key of `RequestSpec.blockKeys`: the greatest common divisor of the groups' block sizes. */
  readonly hashBlockSize: Tokens;
  readonly steadyLayout: SteadyLayout | undefined;
  readonly #settings: KvCacheSettings;
  readonly #pool: BlockPool;
  /** Per group of layers. */
  readonly #kinds: readonly LayerKind[];
  readonly #prefix: CommonPrefix;
  readonly #retention: Retention;
  /** Hits and registrations end on multiples of this where there are several groups. */
  readonly #alignment: Tokens;
  #nextPrivateKey = FIRST_PRIVATE_KEY;

  /** The last `findCachedPrefix`: whose it was, its length, and per group the cached blocks. */
  #found: Request | undefined = undefined;
  #foundTokens: Tokens = 0;
  #foundJunction: Tokens = 0;
  readonly #foundBlocks: number[][];

  constructor(settings: KvCacheSettings) {
    const { groups } = settings;
    this.#settings = settings;
    this.steadyLayout = steadyLayout(groups);
    this.#pool = new BlockPool(settings.numBlocks, groups.length, settings.enablePrefixCaching);
    const inFlight = maxTokensInFlight(settings);
    this.#kinds = groups.map((group) => layerKind(group, settings.maxModelLen, inFlight));
    this.#foundBlocks = groups.map(() => []);
    const blockSizes = groups.map((group) => group.blockSize);
    this.hashBlockSize = blockSizes.reduce(gcd);
    this.#alignment = blockSizes.reduce((a, b) => (a / gcd(a, b)) * b);
    this.#prefix = new CommonPrefix(groups, this.#kinds, this.#alignment);
    this.#retention = new Retention(settings.retentionInterval, this.#alignment);
  }

  readonly hasBlockIds = true;
  readonly dependsOnOrder = true;

  get enablePrefixCaching(): boolean {
    return this.#settings.enablePrefixCaching;
  }

  get numUsableBlocks(): number {
    return this.#pool.numUsableBlocks;
  }

  get numFreeBlocks(): number {
    return this.#pool.numFreeBlocks;
  }

  get numEvictions(): number {
    return this.#pool.numEvictions;
  }

  findCachedPrefix(request: Request): Tokens {
    this.#found = request;
    this.#foundTokens = 0;
    this.#foundJunction = 0;
    for (const blocks of this.#foundBlocks) blocks.length = 0;
    if (!this.#settings.enablePrefixCaching || !this.#hasKeys(request)) return 0;

    // At least the last token is computed, so that there is something to sample from.
    const length = this.#prefix.find(
      request.numTokens - 1,
      (group, block) => this.#pool.find(group, this.#key(request, group, block)) !== NULL_BLOCK,
    );
    this.#prefix.lookups.forEach(({ kind, groups }, i) => {
      const { start } = this.#prefix.hits[i]!;
      for (const group of groups) {
        const blocks = this.#foundBlocks[group]!;
        for (let b = 0; b < length / kind.blockSize; b++) {
          blocks.push(
            b < start ? NULL_BLOCK : this.#pool.find(group, this.#key(request, group, b)),
          );
        }
      }
    });
    this.#foundTokens = length;
    this.#foundJunction = this.#prefix.junction;
    return length;
  }

  admit(
    request: Request,
    numNewTokens: Tokens,
    wholeRequestMustFit: boolean,
    numReserved: number,
  ): boolean {
    assert(this.#found === request, "a request is admitted right after its prefix was looked up");
    const computed = this.#foundTokens;
    const numFree = this.#pool.numFreeBlocks - numReserved;
    const wholeRequest = Math.min(request.numTokens, this.#settings.maxModelLen);
    if (
      (wholeRequestMustFit && this.#numBlocksToAdmit(wholeRequest, computed, true) > numFree) ||
      this.#numBlocksToAdmit(computed + numNewTokens, computed, false) > numFree
    ) {
      return false;
    }

    const state = (request.blockTables ??= new BlockTables(this.#kinds.length));
    state.junction = this.#foundJunction;
    this.#kinds.forEach((kind, group) => {
      const table = state.tables[group]!;
      const numSkipped = this.#numSkippedBlocks(kind, computed);
      const found = this.#foundBlocks[group]!;
      for (let i = 0; i < Math.max(numSkipped, found.length); i++) {
        const block = i < numSkipped ? NULL_BLOCK : found[i]!;
        if (block !== NULL_BLOCK) this.#pool.touch(block);
        table.push(block);
      }
      state.numRegistered[group] = table.length;
    });
    this.#found = undefined;
    request.numSkippedTokens = computed;
    this.#extend(request, computed + numNewTokens);
    return true;
  }

  /** Asking anew is the plain rule. */
  isStillBlocked(): boolean {
    return false;
  }

  /** Blocks that leave the free list: new ones, and cached ones of the hit that nobody holds. */
  #numBlocksToAdmit(numTokens: Tokens, computed: Tokens, capped: boolean): number {
    let needed = 0;
    for (let group = 0; group < this.#kinds.length; group++) {
      const kind = this.#kinds[group]!;
      const found = this.#foundBlocks[group]!;
      const required = Math.ceil(numTokens / kind.blockSize);
      const numSkipped = this.#numSkippedBlocks(kind, computed);
      needed += Math.max(
        0,
        (capped ? Math.min(required, kind.maxBlocksAtAdmission) : required) -
          Math.max(numSkipped, found.length),
      );
      for (let i = numSkipped; i < found.length; i++) if (this.#pool.isFree(found[i]!)) needed++;
    }
    return needed;
  }

  grow(request: Request, numNewTokens: Tokens): boolean {
    this.#freeSkipped(request, request.numComputedTokens - request.numInFlightTokens);
    if (this.numBlocksToGrow(request, numNewTokens) > this.#pool.numFreeBlocks) return false;
    this.#extend(request, request.numComputedTokens + numNewTokens);
    return true;
  }

  numBlocksToGrow(request: Request, numNewTokens: Tokens): number {
    const { tables } = request.blockTables!;
    const numTokens = request.numComputedTokens + numNewTokens;
    let needed = 0;
    for (let group = 0; group < tables.length; group++) {
      const required = Math.ceil(numTokens / this.#kinds[group]!.blockSize);
      needed += Math.max(0, required - tables[group]!.length);
    }
    return needed;
  }

  takeForSteady(): void {
    assert(false, "particular blocks are taken by the requests that need them");
  }

  /** Blocks were registered only where others could look for them. */
  catchUp(request: Request): void {
    const { numComputedTokens } = request;
    // When a step is formed ahead, its last token is not known yet.
    const numKnown = numComputedTokens - (this.#settings.asyncScheduling ? 1 : 0);
    this.register(request, numKnown);
    // What was processed when the last step was formed.
    request.numSkippedTokens = Math.max(request.numSkippedTokens, numKnown - 1);
  }

  /** Gives every group blocks up to `numTokens`, and registers what becomes full and is known. */
  #extend(request: Request, numTokens: Tokens): void {
    const { tables } = request.blockTables!;
    for (let group = 0; group < tables.length; group++) {
      const table = tables[group]!;
      const required = Math.ceil(numTokens / this.#kinds[group]!.blockSize);
      if (table.length < required) this.#pool.fill(table, required);
    }
    this.register(request, Math.min(numTokens, request.numTokens));
  }

  #freeSkipped(request: Request, numProcessed: Tokens): void {
    request.numSkippedTokens = numProcessed;
    const { tables } = request.blockTables!;
    for (let group = 0; group < tables.length; group++) {
      const table = tables[group]!;
      const to = Math.min(this.#numSkippedBlocks(this.#kinds[group]!, numProcessed), table.length);
      let from = to;
      while (from > 0 && table[from - 1] !== NULL_BLOCK) from--;
      if (from === to) continue;
      this.#keepPrivate(request, group, from, to, true);
      this.#pool.free(table, from, to);
      table.fill(NULL_BLOCK, from, to);
    }
  }

  #numSkippedBlocks(kind: LayerKind, numProcessed: Tokens): number {
    return Math.floor(kind.numSkippedTokens(numProcessed) / kind.blockSize);
  }

  /**
   * Only content that others may have is put into the index here. The rest is dealt with when its blocks are freed, with the
   * same outcome: until its owner is preempted nobody can look for it.
   */
  register(request: Request, numTokens: Tokens): void {
    if (!this.#settings.enablePrefixCaching) return;
    const { tables, numRegistered } = request.blockTables!;
    const known = Math.floor(numTokens / this.#alignment) * this.#alignment;
    for (let group = 0; group < tables.length; group++) {
      const kind = this.#kinds[group]!;
      const table = tables[group]!;
      const numFull = Math.floor(known / kind.blockSize);
      const from = numRegistered[group]!;
      if (numFull <= from) continue;
      const to = Math.min(numFull, this.#numSharedBlocks(request, kind));
      numRegistered[group] = numFull;
      if (from >= to) continue;
      for (let i = from; i < to; i++) {
        const block = table[i]!;
        if (block === NULL_BLOCK || !this.#isWorthKeeping(request, kind, i)) continue;
        this.#pool.register(group, this.#key(request, group, i), block);
      }
    }
  }

  /** Leading blocks whose content others may have. */
  #numSharedBlocks({ blockKeys }: Request, { blockSize }: LayerKind): number {
    return blockKeys === undefined
      ? 0
      : Math.floor((blockKeys.length * this.hashBlockSize) / blockSize);
  }

  #isWorthKeeping(request: Request, kind: LayerKind, block: number): boolean {
    const { junction } = request.blockTables!;
    return this.#retention.isKept(kind, block, request.numPromptTokens, junction);
  }

  free(request: Request): void {
    this.#freeAll(request, false);
  }

  freePreempted(request: Request): void {
    this.#freeAll(request, true);
  }

  #freeAll(request: Request, returns: boolean): void {
    const state = request.blockTables;
    if (state === undefined) return;
    for (let group = 0; group < state.tables.length; group++) {
      const table = state.tables[group]!;
      this.#keepPrivate(request, group, 0, table.length, returns);
      this.#pool.free(table, 0, table.length);
      table.length = 0;
      state.numRegistered[group] = 0;
    }
  }

  /** Full blocks with private content are about to be freed: their owner may look for them, if it `returns`. */
  #keepPrivate(request: Request, group: number, from: number, to: number, returns: boolean): void {
    const { tables, numRegistered } = request.blockTables!;
    const table = tables[group]!;
    const kind = this.#kinds[group]!;
    const end = Math.min(to, numRegistered[group]!);
    for (let i = Math.max(from, this.#numSharedBlocks(request, kind)); i < end; i++) {
      const block = table[i]!;
      if (block === NULL_BLOCK || this.#pool.isRegistered(block)) continue;
      if (!this.#isWorthKeeping(request, kind, i)) continue;
      if (returns) {
        if (request.firstPrivateKey === 0) this.#assignPrivateKeys(request);
        this.#pool.register(group, this.#key(request, group, i), block);
      } else {
        this.#pool.orphan(block);
      }
    }
  }

  #assignPrivateKeys(request: Request): void {
    const longest = Math.min(
      request.numPromptTokens + request.maxTokens,
      this.#settings.maxModelLen,
    );
    const numKeys = Math.ceil(longest / this.hashBlockSize);
    // After two thousand million keys the first ones have long been evicted.
    if (this.#nextPrivateKey - numKeys < SMALLEST_INT32) this.#nextPrivateKey = FIRST_PRIVATE_KEY;
    request.firstPrivateKey = this.#nextPrivateKey;
    this.#nextPrivateKey -= numKeys;
  }

  /** Something of this request's content could be in the index. */
  #hasKeys(request: Request): boolean {
    return request.blockKeys !== undefined || request.firstPrivateKey !== 0;
  }

  /** Key of the prefix that ends with a group's block; `NO_KEY` for private content of a request that was never preempted. */
  #key(request: Request, group: number, block: number): number {
    const last = ((block + 1) * this.#kinds[group]!.blockSize) / this.hashBlockSize - 1;
    const keys = request.blockKeys;
    if (keys !== undefined && last < keys.length) return keys[last]!;
    return request.firstPrivateKey === 0 ? NO_KEY : request.firstPrivateKey - last;
  }

  maxBlocksFor(numTokens: Tokens): number {
    return maxBlocksFor(this.#kinds, numTokens);
  }
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
