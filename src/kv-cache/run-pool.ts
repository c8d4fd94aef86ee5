/**
 * The pool of KV blocks in runs: who holds them, what can be found in them, and the order in which free ones are evicted. Gives the
 * answers of `BlockPool`, at a cost per run where that has one per block. Knows nothing of requests.
 *
 * Blocks that are registered together are freed together, last first, and so stay neighbours until they are evicted. A run is split
 * where a request holds only its beginning.
 */
import { assert } from "../base/assert.js";
import { BlockRun, type HeldRuns } from "../request/block-runs.js";
import { RunIndex } from "./run-index.js";

export class RunPool {
  readonly numUsableBlocks: number;
  /** Blocks that were taken for something else, with content that other requests could have found. */
  numEvictions = 0;
  #numFree: number;
  /** Free blocks without content, which are taken first. */
  #numBlank: number;
  /** The two ends of the order of eviction meet in it. */
  readonly #end: BlockRun;
  readonly #shared = new RunIndex();
  readonly #private = new RunIndex();

  /** All blocks are free, and without content. */
  constructor(numUsableBlocks: number) {
    this.numUsableBlocks = numUsableBlocks;
    this.#numFree = numUsableBlocks;
    this.#numBlank = numUsableBlocks;
    this.#end = new BlockRun(false, 0, 0, 0);
  }

  get numFreeBlocks(): number {
    return this.#numFree;
  }

  /** The run with the oldest block that is registered under this key. */
  find(isShared: boolean, key: number): BlockRun | undefined {
    return this.#index(isShared).get(key);
  }

  /** Takes the blocks that are next, and evicts them. The caller knows that there are as many. */
  take(numBlocks: number): void {
    this.#numFree -= numBlocks;
    const numBlank = Math.min(numBlocks, this.#numBlank);
    this.#numBlank -= numBlank;
    let left = numBlocks - numBlank;
    while (left > 0) {
      const run = this.#end.next;
      assert(run !== this.#end, "blocks are taken only while they are free");
      const num = Math.min(left, run.numBlocks);
      left -= num;
      if (run.isShared) this.numEvictions += num;
      if (run.id !== 0) {
        const end = run.firstKey + run.numBlocks;
        this.#index(run.isShared).remove(run, end - num, end);
      }
      run.numBlocks -= num;
      if (run.numBlocks === 0) unlink(run);
    }
  }

  /** The next `numBlocks` blocks of a request, full now, can be found under keys from `firstKey` on. */
  register(held: HeldRuns, isShared: boolean, firstKey: number, numBlocks: number): void {
    const last = held.parts.at(-1);
    if (last !== undefined && canGrow(last.run, isShared, firstKey)) {
      last.run.numBlocks += numBlocks;
      last.numBlocks += numBlocks;
      this.#index(isShared).add(last.run, firstKey, firstKey + numBlocks);
    } else {
      const run = new BlockRun(isShared, firstKey, numBlocks, 1);
      held.parts.push({ run, numBlocks });
      this.#index(isShared).add(run, firstKey, firstKey + numBlocks);
    }
    held.numBlocks += numBlocks;
  }

  /** A request holds these blocks of a run too; they follow what it holds. */
  hold(held: HeldRuns, run: BlockRun, firstKey: number, numBlocks: number): void {
    if (firstKey > run.firstKey) this.#splitOff(run, firstKey - run.firstKey);
    const part = numBlocks < run.numBlocks ? this.#splitOff(run, numBlocks) : run;
    if (part.numHolders++ === 0) {
      unlink(part);
      this.#numFree -= numBlocks;
    }
    held.parts.push({ run: part, numBlocks });
    held.numBlocks += numBlocks;
  }

  /**
   * A request gives up all blocks: those it holds in runs, and behind them some that are registered in vLLM though nobody will look for
   * them, and some without content.
   */
  release(held: HeldRuns, numOrphaned: number, numBlank: number): void {
    this.#numBlank += numBlank;
    this.#numFree += numBlank + numOrphaned;
    if (numOrphaned > 0) this.#append(new BlockRun(false, 0, numOrphaned, 0));
    for (let part = held.parts.pop(); part !== undefined; part = held.parts.pop()) {
      let { run, numBlocks: left } = part;
      for (;;) {
        assert(run.numHolders > 0, "a run is freed at most once per holder");
        if (--run.numHolders === 0) {
          this.#append(run);
          this.#numFree += run.numBlocks;
        }
        left -= run.numBlocks;
        if (left === 0) break;
        run = run.head!;
      }
    }
    held.numBlocks = 0;
  }

  /** The first blocks of a run become one of their own. */
  #splitOff(run: BlockRun, numBlocks: number): BlockRun {
    const head = new BlockRun(run.isShared, run.firstKey, numBlocks, run.numHolders);
    head.head = run.head;
    run.head = head;
    this.#index(run.isShared).replace(run, run.firstKey, run.firstKey + numBlocks, head);
    run.firstKey += numBlocks;
    run.numBlocks -= numBlocks;
    if (run.numHolders === 0) insertAfter(run, head);
    return head;
  }

  #append(run: BlockRun): void {
    insertAfter(this.#end.previous, run);
  }

  #index(isShared: boolean): RunIndex {
    return isShared ? this.#shared : this.#private;
  }
}

/** Blocks behind a run become part of it where they have the next keys and the same holder. */
function canGrow(run: BlockRun, isShared: boolean, nextKey: number): boolean {
  return (
    run.numHolders === 1 && run.isShared === isShared && run.firstKey + run.numBlocks === nextKey
  );
}

function insertAfter(previous: BlockRun, run: BlockRun): void {
  run.previous = previous;
  run.next = previous.next;
  previous.next.previous = run;
  previous.next = run;
}

function unlink(run: BlockRun): void {
  run.previous.next = run.next;
  run.next.previous = run.previous;
}
