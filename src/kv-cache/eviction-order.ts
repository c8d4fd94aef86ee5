/**
 * The free blocks in the order in which they are evicted, where nobody but its owner can look for what a block holds. Which
 * block is which then matters only for requests that were preempted and will come back; so blocks are kept as runs of
 * one owner's, and a request costs O(1) however long it is.
 *
 * vLLM frees the blocks of a request last first: registered ones go to the tail of the free list, others to its head. So those
 * without content come first, and of a run its last block is evicted first.
 */
import { assert } from "../base/assert.js";
import type { Request } from "../request/request.js";

/** Blocks that were freed together. */
interface Run {
  /** Who will look for them, if anybody. */
  readonly owner: Request | undefined;
  /** The first blocks of the owner, so many. */
  numBlocks: number;
  previous: Run;
  next: Run;
}

export class EvictionOrder {
  #numBlank: number;
  /** The two ends of the list meet in it. */
  readonly #end: Run;
  readonly #runOf = new Map<Request, Run>();

  /** All blocks are free, and without content. */
  constructor(numBlocks: number) {
    this.#numBlank = numBlocks;
    const end = { owner: undefined, numBlocks: 0 } as Run;
    this.#end = end.previous = end.next = end;
  }

  /** Takes the blocks that are next. The caller knows that there are as many. */
  take(numBlocks: number): void {
    const numBlank = Math.min(numBlocks, this.#numBlank);
    this.#numBlank -= numBlank;
    let left = numBlocks - numBlank;
    while (left > 0) {
      const run = this.#end.next;
      assert(run !== this.#end, "blocks are taken only while they are free");
      const num = Math.min(left, run.numBlocks);
      left -= num;
      run.numBlocks -= num;
      if (run.numBlocks === 0) this.#remove(run);
    }
  }

  /** Blocks without content become free. */
  addBlank(numBlocks: number): void {
    this.#numBlank += numBlocks;
  }

  /** Blocks become free that nobody will look for, though they are registered. */
  addOrphaned(numBlocks: number): void {
    if (numBlocks === 0) return;
    const last = this.#end.previous;
    if (last !== this.#end && last.owner === undefined) last.numBlocks += numBlocks;
    else this.#append(undefined, numBlocks);
  }

  /** The first blocks of a request become free; it will come back and look for them. */
  addOwned(owner: Request, numBlocks: number): void {
    if (numBlocks > 0) this.#runOf.set(owner, this.#append(owner, numBlocks));
  }

  /** How many of a request's first blocks are left. */
  numOwned(owner: Request): number {
    return this.#runOf.get(owner)?.numBlocks ?? 0;
  }

  /** A request takes what is left of its own. */
  takeOwned(owner: Request): void {
    this.#remove(this.#runOf.get(owner)!);
  }

  #append(owner: Request | undefined, numBlocks: number): Run {
    const { previous } = this.#end;
    const run: Run = { owner, numBlocks, previous, next: this.#end };
    previous.next = run;
    this.#end.previous = run;
    return run;
  }

  #remove(run: Run): void {
    run.previous.next = run.next;
    run.next.previous = run.previous;
    if (run.owner !== undefined) this.#runOf.delete(run.owner);
  }
}
