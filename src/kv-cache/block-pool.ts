/**
 * The pool of physical KV blocks: reference counts and the free list in order of eviction. Knows nothing of requests.
 *
 * Columns instead of block objects: a pool of a million blocks is six typed arrays.
 */
import { assert } from "../base/assert.js";
import { NULL_BLOCK } from "../request/block-tables.js";
import { PrefixIndex } from "./prefix-index.js";

/** Key of a block that is not registered for prefix caching. */
const UNREGISTERED = -1;
/** Free, with content that no request can look for any more: in no index, but evicted in the order of registered blocks. */
const ORPHANED = -2;
/** Keys from here downwards name content that only its owner can have. */
export const FIRST_PRIVATE_KEY = -3;

export class BlockPool {
  readonly numUsableBlocks: number;
  /** Blocks that were taken for something else, with content that other requests could have found. */
  numEvictions = 0;
  readonly #enablePrefixCaching: boolean;
  readonly #refCount: Int32Array;
  /** The free list, doubly linked through the block numbers; its two ends meet in `#end`. */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #end: number;
  #numFree: number;
  /** Prefix key of each block's content, and the group of layers whose index holds it. */
  readonly #key: Int32Array;
  readonly #group: Uint8Array;
  readonly #indexes: readonly PrefixIndex[];

  constructor(numBlocks: number, numGroups: number, enablePrefixCaching: boolean) {
    this.numUsableBlocks = numBlocks - 1;
    this.#enablePrefixCaching = enablePrefixCaching;
    this.#refCount = new Int32Array(numBlocks);
    this.#next = new Int32Array(numBlocks + 1);
    this.#previous = new Int32Array(numBlocks + 1);
    this.#end = numBlocks;
    this.#numFree = numBlocks - 1;
    this.#key = new Int32Array(numBlocks).fill(UNREGISTERED);
    this.#group = new Uint8Array(numBlocks);
    const younger = new Int32Array(numBlocks);
    this.#indexes = Array.from({ length: numGroups }, () => new PrefixIndex(younger));
    let last = this.#end;
    for (let block = 1; block <= numBlocks; block++) {
      this.#next[last] = block;
      this.#previous[block] = last;
      last = block;
    }
    if (numBlocks === 1) this.#previous[this.#end] = this.#end;
  }

  get numFreeBlocks(): number {
    return this.#numFree;
  }

  /** The oldest block registered under `key` for this group of layers; the null block if there is none. */
  find(group: number, key: number): number {
    return this.#indexes[group]!.get(key);
  }

  /** Cached content in a free block can be hit, but taking the hit uses up the free block. */
  isFree(block: number): boolean {
    return block !== NULL_BLOCK && this.#refCount[block] === 0;
  }

  /** One more holder of a cached block. */
  touch(block: number): void {
    if (this.#refCount[block]!++ === 0) this.#unlink(block);
  }

  /** Takes the blocks that are next to be evicted, and evicts them, until `table` has `length`. The caller knows that they are free. */
  fill(table: number[], length: number): void {
    const next = this.#next;
    const keys = this.#key;
    const refCount = this.#refCount;
    const end = this.#end;
    let block = next[end]!;
    const numTaken = length - table.length;
    assert(numTaken <= this.#numFree, "blocks are taken only while they are free");
    for (let i = 0; i < numTaken; i++) {
      const key = keys[block]!;
      if (key !== UNREGISTERED) {
        keys[block] = UNREGISTERED;
        if (key >= 0) this.numEvictions++;
        if (key !== ORPHANED) this.#indexes[this.#group[block]!]!.remove(key, block);
      }
      refCount[block] = 1;
      table.push(block);
      block = next[block]!;
    }
    this.#numFree -= numTaken;
    next[end] = block;
    this.#previous[block] = end;
  }

  /** Makes a full block findable by its prefix. */
  register(group: number, key: number, block: number): void {
    assert(this.#key[block]! === UNREGISTERED, "a block is registered once");
    this.#key[block] = key;
    this.#group[block] = group;
    this.#indexes[group]!.add(key, block);
  }

  isRegistered(block: number): boolean {
    return this.#key[block] !== UNREGISTERED;
  }

  /** A block that is about to be freed would be registered in vLLM, but nobody will look for it. */
  orphan(block: number): void {
    this.#key[block] = ORPHANED;
  }

  /**
   * Gives up one hold on each of `table[from … to)`, last first. Blocks that nobody holds any more become free:
   * registered ones at the tail, so that the deepest block of a prefix is evicted first among its own;
   * unregistered ones at the head, the first freed in front.
   */
  free(table: readonly number[], from: number, to: number): void {
    const refCount = this.#refCount;
    const keys = this.#key;
    const next = this.#next;
    const previous = this.#previous;
    const end = this.#end;
    let lastAtHead = end;
    let last = previous[end]!;
    for (let i = to - 1; i >= from; i--) {
      const block = table[i]!;
      if (block === NULL_BLOCK) continue;
      const numHolders = refCount[block]! - 1;
      assert(numHolders >= 0, "a block is freed at most once per holder");
      refCount[block] = numHolders;
      if (numHolders > 0) continue;
      this.#numFree++;
      if (this.#enablePrefixCaching && keys[block] !== UNREGISTERED) {
        next[last] = block;
        previous[block] = last;
        last = block;
      } else {
        const after = last === lastAtHead ? end : next[lastAtHead]!;
        next[lastAtHead] = block;
        previous[block] = lastAtHead;
        next[block] = after;
        if (after === end) last = block;
        else previous[after] = block;
        lastAtHead = block;
      }
    }
    next[last] = end;
    previous[end] = last;
  }

  #unlink(block: number): void {
    const previous = this.#previous[block]!;
    const next = this.#next[block]!;
    this.#next[previous] = next;
    this.#previous[next] = previous;
    this.#numFree--;
  }
}
