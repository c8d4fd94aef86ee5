/**
 * Which block holds the KV of which prefix, for one group of layers. Several blocks may hold the same content; the
 * one registered first is found.
 */
import { NULL_BLOCK } from "../request/block-tables.js";

/**
 * Keys of workloads are dense and come in runs, so they are kept in pages: a run of keys is a run of memory. A page that becomes
 * empty is used again, so that memory follows what is cached and not the largest key: on a trace with 5.6 million different
 * blocks one array for all keys would be 22 MB, and no faster.
 */
const PAGE_BITS = 9;
const PAGE_SIZE = 1 << PAGE_BITS;

export class PrefixIndex {
  /** Page → key within the page → the oldest block with that key. Absent where no key of a page is known. */
  readonly #pages: (Int32Array | undefined)[] = [];
  /** Keys of each page that have a block. */
  readonly #numKeys: number[] = [];
  readonly #sparePages: Int32Array[] = [];
  /** Keys of private content are negative and few. */
  readonly #oldestPrivate = new Map<number, number>();
  /** block → the next younger block with the same key. Shared by all indexes: a block is in one of them. */
  readonly #younger: Int32Array;

  constructor(younger: Int32Array) {
    this.#younger = younger;
  }

  get(key: number): number {
    if (key < 0) return this.#oldestPrivate.get(key) ?? NULL_BLOCK;
    const page = this.#pages[key >> PAGE_BITS];
    return page === undefined ? NULL_BLOCK : page[key & (PAGE_SIZE - 1)]!;
  }

  add(key: number, block: number): void {
    this.#younger[block] = NULL_BLOCK;
    if (key < 0) return this.#addPrivate(key, block);
    const number = key >> PAGE_BITS;
    const page = this.#pages[number] ?? this.#newPage(number);
    const at = key & (PAGE_SIZE - 1);
    const oldest = page[at]!;
    if (oldest !== NULL_BLOCK) return this.#append(oldest, block);
    page[at] = block;
    this.#numKeys[number]!++;
  }

  remove(key: number, block: number): void {
    if (key < 0) return this.#removePrivate(key, block);
    const number = key >> PAGE_BITS;
    const page = this.#pages[number]!;
    const at = key & (PAGE_SIZE - 1);
    const oldest = page[at]!;
    if (oldest !== block) return this.#unlink(oldest, block);
    const next = this.#younger[block]!;
    page[at] = next;
    if (next === NULL_BLOCK && --this.#numKeys[number]! === 0) this.#recycle(number);
  }

  #addPrivate(key: number, block: number): void {
    const oldest = this.#oldestPrivate.get(key);
    if (oldest === undefined) this.#oldestPrivate.set(key, block);
    else this.#append(oldest, block);
  }

  #removePrivate(key: number, block: number): void {
    const oldest = this.#oldestPrivate.get(key)!;
    const next = this.#younger[block]!;
    if (oldest !== block) this.#unlink(oldest, block);
    else if (next === NULL_BLOCK) this.#oldestPrivate.delete(key);
    else this.#oldestPrivate.set(key, next);
  }

  #append(oldest: number, block: number): void {
    let last = oldest;
    while (this.#younger[last] !== NULL_BLOCK) last = this.#younger[last]!;
    this.#younger[last] = block;
  }

  #unlink(oldest: number, block: number): void {
    let older = oldest;
    while (this.#younger[older] !== block) older = this.#younger[older]!;
    this.#younger[older] = this.#younger[block]!;
  }

  #newPage(number: number): Int32Array {
    while (number >= this.#pages.length) {
      this.#pages.push(undefined);
      this.#numKeys.push(0);
    }
    return (this.#pages[number] = this.#sparePages.pop() ?? new Int32Array(PAGE_SIZE));
  }

  #recycle(number: number): void {
    this.#sparePages.push(this.#pages[number]!);
    this.#pages[number] = undefined;
  }
}
