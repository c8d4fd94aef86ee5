/** A simulation never hangs: what cannot make progress ends with a {@link StalledError} that says what holds it up. */
import { StalledError } from "../base/errors.js";
import type { Seconds } from "../base/units.js";
import type { KvCache } from "../kv-cache/kv-cache.js";
import type { Batch } from "../request/batch.js";
import type { RequestView } from "../request/request.js";
import type { Scheduler } from "../scheduler/scheduler.js";
import type { Workload } from "../workload/workload.js";

/** Requests wait, nothing runs, and nothing will arrive or leave. */
export function blockedMessage(scheduler: Scheduler, kvCache: KvCache, now: Seconds): string {
  const [head] = scheduler.waitingRequests();
  const { numFreeBlocks, numUsableBlocks } = kvCache;
  const queue = `${scheduler.numWaiting} waiting, ${scheduler.numRunning} running, ${numFreeBlocks} of ${numUsableBlocks} KV blocks free`;
  const who =
    head === undefined
      ? ""
      : `; at the head of the queue request ${head.index} needs ${head.numTokens - head.numComputedTokens} tokens` +
        ` (prompt ${head.numPromptTokens}, generated ${head.numOutputTokens}, preempted ${head.numPreemptions} times)`;
  return (
    `the run cannot go on at t = ${now} s: ${queue}${who}. ` +
    "Enable chunked prefill, raise max_num_batched_tokens, or give the KV cache more blocks"
  );
}

/**
 * Two running requests with equal order keys can preempt each other for ever, in the real vLLM too. Preemptions
 * without a single token delivered in between, more than the running requests can explain, are such a case.
 */
export class LivelockGuard {
  readonly #limit: number;
  #numPreemptions = 0;

  constructor(maxNumSeqs: number) {
    this.#limit = 1000 + 10 * maxNumSeqs;
  }

  onFormed(batch: Batch): void {
    if (batch.preempted.length === 0) return;
    this.#numPreemptions += batch.preempted.length;
    if (this.#numPreemptions <= this.#limit) return;
    const victim = batch.preempted.at(0).request;
    throw new StalledError(
      `${this.#numPreemptions} preemptions without a token in between (last victim: request ${victim.index}): ` +
        "requests preempt each other for ever. Give them distinct priorities, or a policy whose victims are in one consistent order",
    );
  }

  onProgress(): void {
    this.#numPreemptions = 0;
  }
}

/** Closed-loop users whose every request ends the instant it arrives would ask again for ever while no time passes. */
export class ClosedLoopGuard {
  static readonly #limit = 100_000;
  readonly #isClosedLoop: boolean;
  /** Requests in a row that ended when they arrived. */
  #numInARow = 0;
  #numOthers = 0;

  constructor(workload: Workload) {
    this.#isClosedLoop = workload.onRequestEnd !== undefined && workload.isOpenLoop !== true;
  }

  onEnd(request: RequestView, now: Seconds): void {
    if (request.arrivalTime < now) {
      this.#numOthers++;
      this.#numInARow = 0;
    } else if (++this.#numInARow >= ClosedLoopGuard.#limit) {
      this.#check(now);
    }
  }

  /** No more requests come. */
  onOver(now: Seconds): void {
    if (this.#numOthers === 0 && this.#numInARow > 0) this.#check(now);
  }

  #check(now: Seconds): void {
    if (!this.#isClosedLoop) return;
    throw new StalledError(
      `every request of the closed loop ends the instant it arrives, rejected or aborted: ${this.#numInARow} in a row at t = ${now} s. ` +
        "Shorten the prompts, raise max_seq_len, or give the KV cache more blocks",
    );
  }
}
