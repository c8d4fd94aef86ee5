/**
 * The free blocks in the order in which they are evicted, where nobody but its owner can look for what a block holds. Which
 * block is which then matters only for requests that are preempted and come back; so blocks are kept as runs of
 * one owner's. A request costs O(1) for each group of layers, and as much for each block that a window gives back while it runs.
 *
 * vLLM frees the blocks of a request last first: registered ones go to the tail of the free list, others to its head. So those
 * without content come first, and of a run its last block is evicted first.
 */
import { assert } from "../base/assert.js";
import type { OwnRun, OwnBlocks } from "../request/own-blocks.js";

/** Instead of a group of layers, for blocks that nobody will look for. */
const ORPHANED = -1;

export class EvictionOrder {
  #numBlank: number;
  /** The two ends of the list meet in it. */
  readonly #end: OwnRun;

  /** All blocks are free, and without content. */
  constructor(numBlocks: number) {
    this.#numBlank = numBlocks;
    this.#end = newRun(ORPHANED, 0, 0);
    this.#end.previous = this.#end.next = this.#end;
  }

  /** Takes the blocks that are next. The caller knows that there are as many. */
  take(numBlocks: number): void {
    const numBlank = Math.min(numBlocks, this.#numBlank);
    this.#numBlank -= numBlank;
    let left = numBlocks - numBlank;
    while (left > 0) {
      const run = this.#end.next!;
      assert(run !== this.#end, "blocks are taken only while they are free");
      const num = Math.min(left, run.to - run.from);
      left -= num;
      run.to -= num;
      if (run.from === run.to) this.#remove(run);
    }
  }

  /** Blocks without content become free. */
  addBlank(numBlocks: number): void {
    this.#numBlank += numBlocks;
  }

  /** Blocks become free that nobody will look for, though they are registered. */
  addOrphaned(numBlocks: number): void {
    if (numBlocks === 0) return;
    const last = this.#end.previous!;
    if (last !== this.#end && last.group === ORPHANED) last.to += numBlocks;
    else this.#insert(newRun(ORPHANED, 0, numBlocks), this.#end);
  }

  /** Blocks `[from, to)` of a group become free for the first time; their owner may look for them. */
  addNew(own: OwnBlocks, group: number, from: number, to: number): void {
    const run = newRun(group, from, to);
    own.runs.push(run);
    this.#insert(run, this.#end);
  }

  /** The same for blocks that the owner had found again. */
  addFound(own: OwnBlocks, group: number, from: number, to: number): void {
    const held = own.runs.filter((run) => !isFree(run) && overlaps(run, group, from, to));
    held.sort((a, b) => b.from - a.from);
    for (const run of held) this.#insert(this.#cutOut(own, run, from, to), this.#end);
  }

  /** An owner takes blocks back. Where there are several of one, it gets that which was registered first. */
  takeOwned(own: OwnBlocks, group: number, from: number, to: number): void {
    const oldest = own.runs.find((run) => isFree(run) && overlaps(run, group, from, to));
    if (oldest === undefined) return;
    const run = this.#cutOut(own, oldest, from, to);
    this.#remove(run);
    this.takeOwned(own, group, from, run.from);
    this.takeOwned(own, group, run.to, to);
  }

  /** What of `[from, to)` is in a run, as a run of its own. */
  #cutOut(own: OwnBlocks, run: OwnRun, from: number, to: number): OwnRun {
    if (run.to > to) this.#cut(own, run, to);
    return run.from < from ? this.#cut(own, run, from) : run;
  }

  /** Cuts off the blocks from `at` on, which are evicted first. */
  #cut(own: OwnBlocks, run: OwnRun, at: number): OwnRun {
    const rest = newRun(run.group, at, run.to);
    run.to = at;
    own.runs.splice(own.runs.indexOf(run), 0, rest);
    if (isFree(run)) this.#insert(rest, run);
    return rest;
  }

  #insert(run: OwnRun, next: OwnRun): void {
    run.previous = next.previous;
    run.next = next;
    next.previous!.next = run;
    next.previous = run;
  }

  #remove(run: OwnRun): void {
    run.previous!.next = run.next;
    run.next!.previous = run.previous;
    run.previous = run.next = undefined;
  }
}

function isFree(run: OwnRun): boolean {
  return run.next !== undefined;
}

function overlaps(run: OwnRun, group: number, from: number, to: number): boolean {
  return run.group === group && Math.max(run.from, from) < Math.min(run.to, to);
}

function newRun(group: number, from: number, to: number): OwnRun {
  return { group, from, to, previous: undefined, next: undefined };
}
