/**
 * Which block holds the KV of which prefix, for one group of layers. Several blocks may hold the same content; the
 * one registered first is found.
 */
import { NULL_BLOCK } from "../request/block-tables.js";

export class PrefixIndex {
  /** Keys of workloads are small and dense, so a run of keys is a run of memory. */
  #oldest = new Int32Array(64);
  /** Keys of private content are negative and few. */
  readonly #oldestPrivate = new Map<number, number>();
  /** block → the next younger block with the same key. Shared by all indexes: a block is in one of them. */
  readonly #younger: Int32Array;

  constructor(younger: Int32Array) {
    this.#younger = younger;
  }

  get(key: number): number {
    if (key < 0) return this.#oldestPrivate.get(key) ?? NULL_BLOCK;
    return this.#oldest[key] ?? NULL_BLOCK;
  }

  add(key: number, block: number): void {
    this.#younger[block] = NULL_BLOCK;
    let last = this.get(key);
    if (last === NULL_BLOCK) return this.#setOldest(key, block);
    while (this.#younger[last] !== NULL_BLOCK) last = this.#younger[last]!;
    this.#younger[last] = block;
  }

  remove(key: number, block: number): void {
    let older = this.get(key);
    if (older === block) return this.#setOldest(key, this.#younger[block]!);
    while (this.#younger[older] !== block) older = this.#younger[older]!;
    this.#younger[older] = this.#younger[block]!;
  }

  #setOldest(key: number, block: number): void {
    if (key < 0) {
      if (block === NULL_BLOCK) this.#oldestPrivate.delete(key);
      else this.#oldestPrivate.set(key, block);
      return;
    }
    if (key >= this.#oldest.length) {
      const grown = new Int32Array(Math.max(key + 1, 2 * this.#oldest.length));
      grown.set(this.#oldest);
      this.#oldest = grown;
    }
    this.#oldest[key] = block;
  }
}
