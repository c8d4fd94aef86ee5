/**
 * Forms one batch per step and takes its tokens back, as vLLM's V1 scheduler does. Prices nothing, records nothing.
 *
 * There is no prefill or decode phase: a request has computed tokens and known ones (prompt + generated), and each step lets the
 * computed ones catch up. Running requests come first, then waiting ones, and nobody is admitted in a step that had to preempt.
 */
import { assert } from "../base/assert.js";
import type { Seconds, Tokens } from "../base/units.js";
import type { KvCache } from "../kv-cache/kv-cache.js";
import type { Batch } from "../request/batch.js";
import { type Request, RequestStatus } from "../request/request.js";
import type { SchedulingPolicy } from "./policy.js";
import type { SchedulerSettings } from "./scheduler-config.js";
import { WaitingQueue } from "./waiting-queue.js";

export class Scheduler {
  /** In order of admission. */
  readonly running: Request[] = [];
  readonly #waiting: WaitingQueue;
  readonly #settings: SchedulerSettings;
  readonly #kvCache: KvCache;
  readonly #policy: SchedulingPolicy;
  readonly #numWatermarkBlocks: number;
  /** Tokens that the step being formed can still take. */
  #budget: Tokens = 0;
  /** Blocks that the running requests may come to hold; kept only in preemption-free mode. */
  #numPledgedBlocks = 0;

  constructor(settings: SchedulerSettings, kvCache: KvCache, policy: SchedulingPolicy) {
    this.#settings = settings;
    this.#kvCache = kvCache;
    this.#policy = policy;
    this.#waiting = new WaitingQueue(policy);
    // vLLM takes the fraction of all blocks, its null block included.
    this.#numWatermarkBlocks = Math.floor(settings.watermark * (kvCache.numUsableBlocks + 1));
  }

  get numWaiting(): number {
    return this.#waiting.size;
  }

  /** Something runs or waits. */
  get hasRequests(): boolean {
    return this.running.length > 0 || this.#waiting.size > 0;
  }

  /** The waiting requests, the next to be admitted first. */
  waitingRequests(): Request[] {
    return this.#waiting.toArray();
  }

  add(request: Request): void {
    this.#waiting.push(request);
  }

  /** The client is gone: the request leaves at once; what it computes in batches in flight is discarded. */
  abort(request: Request): void {
    const wasRunning = request.status === RequestStatus.Running;
    request.status = RequestStatus.Aborted;
    if (wasRunning) {
      this.running.splice(this.running.indexOf(request), 1);
      this.#leaveRunning(request);
      this.#kvCache.free(request);
    } else {
      this.#waiting.drop();
    }
  }

  /** Forms the next step into `batch`. Computed counts advance here, before the step is executed. */
  schedule(now: Seconds, batch: Batch): void {
    batch.clear();
    this.#budget = this.#settings.maxNumBatchedTokens;
    this.#scheduleRunning(now, batch);
    if (batch.preempted.length === 0) this.#scheduleWaiting(now, batch);
    this.#advance(batch);
    assert(this.#budget >= 0, "a step takes at most max_num_batched_tokens");
    assert(this.running.length <= this.#settings.maxNumSeqs, "at most max_num_seqs requests run");
  }

  #scheduleRunning(now: Seconds, batch: Batch): void {
    const { running } = this;
    let cursor = 0;
    while (cursor < running.length && this.#budget > 0) {
      const request = running[cursor]!;
      const numTokens = this.#numTokensToCompute(request);
      if (numTokens > 0) {
        while (!this.#kvCache.grow(request, numTokens)) {
          const victim = this.#selectVictim(now, cursor);
          const numTokensBack = this.#preempt(victim, batch);
          // The list has moved up under the cursor. vLLM corrects for that only if the victim was in the batch.
          if (numTokensBack > 0) cursor--;
          if (victim === request) return;
        }
        batch.add(request, numTokens);
        this.#budget -= numTokens;
      }
      cursor++;
    }
  }

  #numTokensToCompute(request: Request): Tokens {
    const { numOutputPlaceholders, numComputedTokens } = request;
    const isCertainToFinish =
      numOutputPlaceholders > 0 &&
      numComputedTokens + 2 - numOutputPlaceholders >= request.numPromptTokens + request.maxTokens;
    if (isCertainToFinish) return 0;
    return Math.min(
      this.#cutLongPrefill(request.numTokens + numOutputPlaceholders - numComputedTokens),
      this.#budget,
      this.#settings.maxModelLen - 1 - numComputedTokens,
    );
  }

  #cutLongPrefill(numTokens: Tokens): Tokens {
    const threshold = this.#settings.longPrefillTokenThreshold;
    return threshold > 0 && threshold < numTokens ? threshold : numTokens;
  }

  #selectVictim(now: Seconds, cursor: number): Request {
    const { running } = this;
    const index = this.#policy.selectVictim?.(running, cursor, now) ?? running.length - 1;
    return running[index]!;
  }

  /** Returns the tokens that the victim was to compute in this step, which go back into the budget. */
  #preempt(victim: Request, batch: Batch): Tokens {
    this.running.splice(this.running.lastIndexOf(victim), 1);
    this.#leaveRunning(victim);
    const numTokensBack = batch.remove(victim);
    this.#budget += numTokensBack;
    batch.preempted.push(victim);
    batch.numLostTokens.push(victim.numComputedTokens);
    this.#kvCache.freePreempted(victim);
    victim.numComputedTokens = 0;
    victim.numPreemptions++;
    victim.status = RequestStatus.Preempted;
    this.#waiting.putBack(victim);
    return numTokensBack;
  }

  #scheduleWaiting(now: Seconds, batch: Batch): void {
    const { running } = this;
    const { maxNumSeqs, enableChunkedPrefill, schedulerReserveFullIsl } = this.#settings;
    let numPartial = this.#numPartialPrefills(batch);
    while (this.#waiting.size > 0 && this.#budget > 0 && running.length < maxNumSeqs) {
      const request = this.#waiting.front(now)!;
      const numCached = this.#kvCache.findCachedPrefix(request);
      const numMissing = request.numTokens - numCached;
      const numWanted = this.#cutLongPrefill(numMissing);
      if (!enableChunkedPrefill && numWanted > this.#budget) return;
      const numTokens = Math.min(numWanted, this.#budget);
      const isPartial = numTokens < numMissing;
      if (isPartial && numPartial >= this.#maxNumPartialPrefills) return;
      if (!this.#canPledge(request)) return;
      const isAdmitted = this.#kvCache.admit(request, numTokens, {
        wholeRequestMustFit: schedulerReserveFullIsl,
        numReservedBlocks: running.length > 0 ? this.#numWatermarkBlocks : 0,
      });
      if (!isAdmitted) return;

      this.#waiting.popFront();
      running.push(request);
      this.#numPledgedBlocks += this.#pledge(request);
      request.status = RequestStatus.Running;
      request.numComputedTokens = numCached;
      batch.admitted.push(request);
      batch.numCachedTokens.push(numCached);
      batch.numLookedUpTokens.push(this.#kvCache.enablePrefixCaching ? request.numTokens : 0);
      batch.add(request, numTokens);
      this.#budget -= numTokens;
      if (isPartial) numPartial++;
    }
  }

  /** The step is formed: computed counts advance, and it is settled who gets a token from it. */
  #advance(batch: Batch): void {
    const { requests, numTokens } = batch;
    for (let i = 0; i < requests.length; i++) {
      const request = requests[i]!;
      batch.addToShape(request, numTokens[i]!);
      request.numComputedTokens += numTokens[i]!;
      request.numInFlightTokens += numTokens[i]!;
      const samples = request.numComputedTokens === request.numTokens + request.numOutputPlaceholders;
      batch.samples.push(samples);
      if (samples) {
        request.numOutputPlaceholders++;
        batch.shape.numSamples++;
      }
    }
  }

  /** The step was executed: tokens are delivered, and requests that have all of theirs leave and free their blocks. */
  update(batch: Batch): void {
    const { requests, numTokens, samples } = batch;
    for (let i = 0; i < requests.length; i++) {
      const request = requests[i]!;
      request.numInFlightTokens -= numTokens[i]!;
      // With asynchronous scheduling a request may have ended while this step was in flight.
      if (!samples[i] || request.status === RequestStatus.Finished || request.status === RequestStatus.Aborted) {
        continue;
      }
      request.numOutputTokens++;
      request.numOutputPlaceholders--;
      batch.delivered.push(request);
      if (request.numOutputTokens >= request.stopLength) this.#finish(request, batch);
      else if (request.status === RequestStatus.Preempted) this.#waiting.invalidate();
      else if (this.#settings.asyncScheduling) this.#registerDelivered(request);
    }
    if (batch.finished.length > 0) this.#removeFinished();
  }

  #finish(request: Request, batch: Batch): void {
    if (request.status === RequestStatus.Running) {
      if (this.#settings.asyncScheduling) this.#registerDelivered(request);
      this.#leaveRunning(request);
      this.#kvCache.free(request);
    } else {
      this.#waiting.drop();
    }
    request.status = RequestStatus.Finished;
    batch.finished.push(request);
  }

  /** When a step is formed ahead, its sampled tokens are not known yet; blocks that they fill are registered on delivery. */
  #registerDelivered(request: Request): void {
    this.#kvCache.register(request, request.numComputedTokens - request.numOutputPlaceholders);
  }

  #removeFinished(): void {
    const { running } = this;
    let kept = 0;
    for (let i = 0; i < running.length; i++) {
      if (running[i]!.status === RequestStatus.Running) running[kept++] = running[i]!;
    }
    running.length = kept;
  }

  // What follows extends vLLM, and is silent unless a config asks for it.

  get #maxNumPartialPrefills(): number {
    return this.#settings.maxNumPartialPrefills ?? Infinity;
  }

  /** Running requests whose known tokens are not all computed even after this step. */
  #numPartialPrefills(batch: Batch): number {
    if (this.#maxNumPartialPrefills === Infinity) return 0;
    let numPartial = 0;
    let next = 0; // the batch lists running requests in the order of `running`
    for (const request of this.running) {
      const numTokens = batch.requests[next] === request ? batch.numTokens[next++]! : 0;
      if (request.numComputedTokens + numTokens < request.numTokens) numPartial++;
    }
    return numPartial;
  }

  #pledge(request: Request): number {
    if (!this.#settings.enablePreemptionFree) return 0;
    const longest = Math.min(request.numPromptTokens + request.maxTokens, this.#settings.maxModelLen);
    // The last token is delivered, never computed.
    return this.#kvCache.maxBlocksFor(longest - 1);
  }

  /** Preemption-free mode: everything that runs, and this request, could grow to its longest at once. */
  #canPledge(request: Request): boolean {
    return this.#numPledgedBlocks + this.#pledge(request) <= this.#kvCache.numUsableBlocks;
  }

  #leaveRunning(request: Request): void {
    this.#numPledgedBlocks -= this.#pledge(request);
  }
}
