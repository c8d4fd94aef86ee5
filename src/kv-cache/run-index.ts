/**
 * Which run of blocks holds the KV of which prefix. Several runs may hold the same content; the one registered first is found. Does for
 * runs what `PrefixIndex` does for blocks.
 */
import type { BlockRun } from "../request/block-runs.js";

/** Keys are dense, so they are kept in pages; one that becomes empty is used again: memory follows what is cached, not the largest key. */
const PAGE_BITS = 9;
const PAGE_SIZE = 1 << PAGE_BITS;

export class RunIndex {
  /** Page → key within the page → the id of the run registered first, negative if there are younger ones; 0: none. */
  readonly #pages: (Int32Array | undefined)[] = [];
  /** Keys of each page that have a run. */
  readonly #numKeys: number[] = [];
  readonly #sparePages: Int32Array[] = [];
  /** Key → all runs but the one registered first, in order. Prefixes are computed twice rarely: on Mooncake's conversations none of 8.5 million blocks. */
  readonly #younger = new Map<number, BlockRun[]>();
  readonly #runs: (BlockRun | undefined)[] = [undefined];
  readonly #spareIds: number[] = [];

  /** The run registered first that has this key. */
  get(key: number): BlockRun | undefined {
    const page = this.#pages[key >> PAGE_BITS];
    return page === undefined ? undefined : this.#runs[Math.abs(page[key & (PAGE_SIZE - 1)]!)];
  }

  /** Keys `[from, to)` of a run can be found. */
  add(run: BlockRun, from: number, to: number): void {
    if (run.id === 0) this.#name(run);
    const { id } = run;
    for (let key = from; key < to;) {
      const number = key >> PAGE_BITS;
      const page = this.#pages[number] ?? this.#newPage(number);
      const end = Math.min(to, (number + 1) * PAGE_SIZE);
      let numNew = 0;
      for (; key < end; key++) {
        const at = key & (PAGE_SIZE - 1);
        if (page[at] === 0) {
          page[at] = id;
          numNew++;
        } else {
          this.#addYounger(page, key, run);
        }
      }
      this.#numKeys[number]! += numNew;
    }
  }

  /** Keys `[from, to)` of a run are evicted; with its first key it is gone. */
  remove(run: BlockRun, from: number, to: number): void {
    const { id } = run;
    for (let key = from; key < to;) {
      const number = key >> PAGE_BITS;
      const page = this.#pages[number]!;
      const end = Math.min(to, (number + 1) * PAGE_SIZE);
      let numGone = 0;
      for (; key < end; key++) {
        const at = key & (PAGE_SIZE - 1);
        if (page[at] === id) {
          page[at] = 0;
          numGone++;
        } else {
          this.#removeOneOfMany(page, key, run);
        }
      }
      this.#numKeys[number]! -= numGone;
      if (this.#numKeys[number] === 0) this.#recycle(number);
    }
    if (from === run.firstKey) {
      this.#runs[id] = undefined;
      this.#spareIds.push(id);
    }
  }

  /** Keys `[from, to)` of a run are those of another run from here on, which takes its place. */
  replace(run: BlockRun, from: number, to: number, by: BlockRun): void {
    this.#name(by);
    for (let key = from; key < to; key++) {
      const page = this.#pages[key >> PAGE_BITS]!;
      const at = key & (PAGE_SIZE - 1);
      if (page[at] === run.id) {
        page[at] = by.id;
      } else if (page[at] === -run.id) {
        page[at] = -by.id;
      } else {
        const younger = this.#younger.get(key)!;
        younger[younger.indexOf(run)] = by;
      }
    }
  }

  #name(run: BlockRun): void {
    run.id = this.#spareIds.pop() ?? this.#runs.length;
    this.#runs[run.id] = run;
  }

  #addYounger(page: Int32Array, key: number, run: BlockRun): void {
    const at = key & (PAGE_SIZE - 1);
    page[at] = -Math.abs(page[at]!);
    const younger = this.#younger.get(key);
    if (younger === undefined) this.#younger.set(key, [run]);
    else younger.push(run);
  }

  #removeOneOfMany(page: Int32Array, key: number, run: BlockRun): void {
    const at = key & (PAGE_SIZE - 1);
    const younger = this.#younger.get(key)!;
    if (page[at] === -run.id) page[at] = -younger.shift()!.id;
    else younger.splice(younger.indexOf(run), 1);
    if (younger.length > 0) return;
    page[at] = Math.abs(page[at]!);
    this.#younger.delete(key);
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
