/**
 * Forms one batch per step and takes its tokens back, as vLLM's V1 scheduler does. Prices nothing, records nothing.
 *
 * There is no prefill or decode phase: a request has computed tokens and known ones (prompt + generated), and each step lets the
 * computed ones catch up. Running requests come first, then waiting ones, and nobody is admitted in a step that had to preempt.
 *
 * The plain rule visits every running request. Where its outcome does not depend on that, requests in steady decode are not
 * visited (`DecodeSet`): the same decisions, at a cost that does not grow with the number running.
 */
import { assert } from "../base/assert.js";
import type { Seconds, Tokens } from "../base/units.js";
import type { ReadonlyDeque } from "../collections/deque.js";
import { sortInOrder } from "../collections/sorted-list.js";
import type { KvCache } from "../kv-cache/kv-cache.js";
import type { BatchShape } from "../request/batch-shape.js";
import type { Batch, BatchEntry } from "../request/batch.js";
import { admissionOrder, type Request, RequestStatus } from "../request/request.js";
import { AdmissionLimits } from "./admission-limits.js";
import type { DecodeSet } from "./decode-set.js";
import type { AskedPolicy } from "./policies/checked.js";
import { RunningSet } from "./running-set.js";
import type { SchedulerSettings } from "./scheduler-config.js";
import { WaitingQueue } from "./waiting-queue.js";

/** What changes how a scheduler works, but no decision of it. */
export interface SchedulerOptions {
  /** Do not visit requests in steady decode; batches then list only the others. Default false. */
  readonly useDecodeSet?: boolean;
}

/** vLLM's V1 scheduler: `schedule` forms a step, `update` takes its tokens back. */
export class Scheduler {
  readonly #running: RunningSet;
  readonly #waiting: WaitingQueue;
  readonly #settings: SchedulerSettings;
  readonly #kvCache: KvCache;
  readonly #policy: AskedPolicy;
  readonly #limits: AdmissionLimits;
  readonly #numWatermarkBlocks: number;
  /** What the last `numRepeats` found. */
  readonly repeats: Repeats;
  /** Tokens that the step being formed can still take. */
  #budget: Tokens = 0;

  constructor(
    settings: SchedulerSettings,
    kvCache: KvCache,
    policy: AskedPolicy,
    { useDecodeSet = false }: SchedulerOptions = {},
  ) {
    this.#settings = settings;
    this.#kvCache = kvCache;
    this.#policy = policy;
    this.#waiting = new WaitingQueue(policy);
    // vLLM takes the fraction of all blocks, its null block included.
    this.#numWatermarkBlocks = Math.floor(settings.watermark * (kvCache.numUsableBlocks + 1));
    this.#running = new RunningSet(settings, kvCache, useDecodeSet);
    this.#limits = new AdmissionLimits(settings, kvCache);
    this.repeats = {
      numFreeBlocks: new Int32Array(MAX_REPEATS + 1),
      kvTokenGrowth: new Float64Array(kvCache.steadyLayout?.windows.length ?? 0),
    };
  }

  /** In order of admission. */
  get running(): readonly Request[] {
    return this.#running.requests;
  }

  /** Batches that were formed and not processed yet, the oldest first. */
  get inFlight(): ReadonlyDeque<Batch> {
    return this.#running.inFlight;
  }

  get numRunning(): number {
    return this.#running.size;
  }

  get numWaiting(): number {
    return this.#waiting.size;
  }

  /** Something runs or waits. */
  get hasRequests(): boolean {
    return this.#running.size > 0 || this.#waiting.size > 0;
  }

  /** The waiting requests, the next to be admitted first. */
  waitingRequests(): Request[] {
    return this.#waiting.toArray();
  }

  /** The request waits from here on. */
  add(request: Request): void {
    this.#policy.onArrival?.(request);
    // Behind the next one to be admitted it changes nothing.
    if (this.#waiting.push(request)) this.#running.invalidate();
  }

  /** The client is gone: the request leaves at once; what it computes in batches in flight is discarded. */
  abort(request: Request): void {
    this.#running.invalidate();
    this.#end(request, RequestStatus.Aborted);
  }

  /** Forms the next step into `batch`. Computed counts advance here, before the step is executed. */
  schedule(now: Seconds, batch: Batch): void {
    batch.clear();
    this.#budget = this.#settings.maxNumBatchedTokens;
    this.#running.settle();
    if (!this.#scheduleSteadily(batch)) this.#scheduleRunning(now, batch);
    if (batch.preempted.length === 0 && this.#waiting.size > 0) this.#scheduleWaiting(now, batch);
    this.#advance(batch);
    assert(this.#budget >= 0, "a step takes at most max_num_batched_tokens");
    assert(this.#running.size <= this.#settings.maxNumSeqs, "at most max_num_seqs requests run");
  }

  #scheduleRunning(now: Seconds, batch: Batch): void {
    const { running } = this;
    let cursor = 0;
    walk: while (cursor < running.length && this.#budget > 0) {
      const request = running[cursor]!;
      const numTokens = this.#numTokensToCompute(request);
      if (request.isSteady) this.#kvCache.catchUp(request);
      if (numTokens > 0) {
        while (!this.#kvCache.grow(request, numTokens)) {
          const index = this.#policy.selectVictim?.(running, cursor, now) ?? running.length - 1;
          const victim = running[index]!;
          const numTokensBack = victim.isSteady ? Number(index < cursor) : batch.remove(victim);
          this.#budget += numTokensBack;
          this.#preempt(victim, batch);
          if (victim === request) break walk;
          // The list has moved up under the cursor. vLLM corrects for that only if the victim was in the batch, so that
          // otherwise the next request is skipped.
          if (numTokensBack > 0) cursor--;
          else if (index < cursor) this.#running.unsettle(running[cursor]);
        }
        if (!request.isSteady) batch.add(request, numTokens);
        this.#budget -= numTokens;
      }
      cursor++;
    }
    for (; cursor < running.length; cursor++) this.#running.unsettle(running[cursor]);
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

  #preempt(victim: Request, batch: Batch): void {
    this.#running.leave(victim);
    this.#limits.onLeave(victim);
    const lost = batch.preempted.add();
    lost.request = victim;
    lost.numLostTokens = victim.numComputedTokens;
    this.#kvCache.freePreempted(victim);
    victim.onPreempted();
    victim.status = RequestStatus.Preempted;
    this.#waiting.putBack(victim);
  }

  #scheduleWaiting(now: Seconds, batch: Batch): void {
    const { maxNumSeqs, enableChunkedPrefill, schedulerReserveFullIsl } = this.#settings;
    batch.firstAdmitted = batch.scheduled.length;
    let numPartialLeft = this.#limits.numPartialPrefillsLeft(batch, this.#running.unsteady);
    while (this.#waiting.size > 0 && this.#budget > 0 && this.#running.size < maxNumSeqs) {
      const request = this.#waiting.front(now)!;
      if (this.#kvCache.isStillBlocked(request, this.#budget)) return;
      const numCached = this.#kvCache.findCachedPrefix(request);
      const numMissing = request.numTokens - numCached;
      const numWanted = this.#cutLongPrefill(numMissing);
      if (!enableChunkedPrefill && numWanted > this.#budget) return;
      const numTokens = Math.min(numWanted, this.#budget);
      const isPartial = numTokens < numMissing;
      if (isPartial && numPartialLeft <= 0) return;
      if (!this.#limits.hasRoomFor(request)) return;
      const numReserved = this.#running.size > 0 ? this.#numWatermarkBlocks : 0;
      if (!this.#kvCache.admit(request, numTokens, schedulerReserveFullIsl, numReserved)) return;

      this.#waiting.popFront();
      this.#running.enter(request);
      this.#limits.onEnter(request);
      request.status = RequestStatus.Running;
      request.onAdmitted(numCached);
      this.#policy.onAdmission?.(request, now);
      const entry = batch.add(request, numTokens);
      entry.numCachedTokens = numCached;
      entry.numLookedUpTokens = this.#kvCache.enablePrefixCaching ? request.numTokens : 0;
      batch.numAdmitted++;
      this.#budget -= numTokens;
      if (isPartial) numPartialLeft--;
    }
  }

  /** The step is formed: computed counts advance, and it is settled who gets a token from it. */
  #advance(batch: Batch): void {
    const { scheduled, shape } = batch;
    for (let i = 0; i < scheduled.length; i++) {
      const entry = scheduled.at(i);
      const { request, numTokens } = entry;
      batch.addToShape(request, numTokens);
      const numKnown = request.numTokens + request.numOutputPlaceholders;
      entry.samples = request.numComputedTokens + numTokens === numKnown;
      if (entry.samples) shape.numSamples++;
      request.onScheduled(numTokens, entry.samples);
    }
    this.#running.onFormed(batch);
  }

  /** The oldest step in flight was executed: tokens are delivered, and requests that have all of theirs leave. */
  update(now: Seconds, batch: Batch): void {
    assert(
      this.#running.inFlight.popFront() === batch,
      "steps are processed in the order of their forming",
    );
    const { scheduled, finished } = batch;
    const { asyncScheduling } = this.#settings;
    for (let i = 0; i < scheduled.length; i++) {
      const entry = scheduled.at(i);
      const { request } = entry;
      // Who has become steady since gets this token with the others. With asynchronous scheduling a request may have ended
      // while this step was in flight.
      if (request.isSteady || hasEnded(request)) continue;
      request.onProcessed(entry.numTokens);
      if (!entry.samples) continue;
      entry.isDelivered = true;
      entry.gap = now - request.lastTokenTime;
      batch.numDelivered++;
      request.onToken(now);
      if (asyncScheduling && request.status === RequestStatus.Running) {
        // When a step is formed ahead, its sampled tokens are not known yet; blocks that they fill are registered now.
        const numKnown = request.numComputedTokens - request.numOutputPlaceholders;
        this.#kvCache.register(request, numKnown);
      }
      if (request.numOutputTokens >= request.stopLength) finished.push(request);
      else if (request.status === RequestStatus.Preempted) this.#waiting.invalidate();
    }
    this.#running.deliver(now, batch);
    if (finished.length > 1) sortInOrder(finished, admissionOrder);
    for (let i = 0; i < finished.length; i++) this.#end(finished[i]!, RequestStatus.Finished);
  }

  /** All requests of a step in flight, also those in steady decode, in order. */
  entries(batch: Batch): BatchEntry[] {
    const entries = batch.scheduled
      .toArray()
      .map(({ request, numTokens }) => ({ request, numTokens }));
    for (const request of this.running) {
      if (request.isSteady && batch.indexOf(request) < 0) {
        entries.push({ request, numTokens: 1 });
      }
    }
    return entries.sort((a, b) => a.request.admissionOrder - b.request.admissionOrder);
  }

  #end(request: Request, status: RequestStatus): void {
    const wasRunning = request.status === RequestStatus.Running;
    request.status = status;
    if (wasRunning) {
      this.#running.end(request);
      this.#limits.onLeave(request);
      this.#kvCache.free(request);
    } else {
      this.#running.invalidate();
      this.#waiting.drop();
    }
    this.#policy.onRequestEnd?.(request);
  }

  /**
   * What the plain rule does when nobody's share depends on the order of visits: members of the decode set get a token each,
   * the others what they want. Answers false, with nothing changed, when it may depend.
   */
  #scheduleSteadily(batch: Batch): boolean {
    const { steady, unsteady } = this.#running;
    if (steady === undefined || steady.size > this.#budget) return false;
    this.#budget -= steady.size;
    let numBlocks = steady.numBlocksTaken;
    for (let i = 0; i < unsteady.length; i++) {
      const request = unsteady[i]!;
      const numTokens = this.#numTokensToCompute(request);
      if (numTokens === this.#budget && this.#running.isSomeoneSteadyAfter(i))
        return this.#undo(batch);
      if (numTokens <= 0) continue;
      batch.add(request, numTokens);
      this.#budget -= numTokens;
      numBlocks += this.#kvCache.numBlocksToGrow(request, numTokens);
    }
    if (numBlocks <= this.#kvCache.numFreeBlocks) {
      this.#growAll(batch, steady);
      return true;
    }
    const isVictimLast = this.#policy.selectVictim === undefined;
    const isOnlyCounted = !this.#kvCache.dependsOnOrder && steady.numBlocksFreed === 0;
    const areAllSteady = steady.size === this.#running.size;
    if (!isVictimLast || !isOnlyCounted || !areAllSteady) return this.#undo(batch);
    this.#growOrPreempt(steady, batch);
    return true;
  }

  /**
   * Blocks run short, and only members of the decode set run. By the plain rule whoever needs a block takes it, the first admitted first,
   * and when none is left the last admitted makes room: those who took one stay, so it does not matter who they are.
   */
  #growOrPreempt(steady: DecodeSet, batch: Batch): void {
    let numTaken = 0;
    for (;;) {
      const numLacking = steady.numBlocksTaken - numTaken;
      const numFree = Math.min(numLacking, this.#kvCache.numFreeBlocks);
      this.#kvCache.takeForSteady(numFree);
      if (numFree === numLacking) return;
      numTaken += numFree;
      this.#preempt(this.running.at(-1)!, batch);
      this.#budget++;
    }
  }

  #undo(batch: Batch): false {
    batch.clear();
    this.#budget = this.#settings.maxNumBatchedTokens;
    return false;
  }

  /** Gives blocks to all who need one, and registers those that become full, in the order in which the plain rule would. */
  #growAll({ scheduled }: Batch, steady: DecodeSet): void {
    const cache = this.#kvCache;
    if (!cache.dependsOnOrder) {
      for (let i = 0; i < scheduled.length; i++) {
        const { request, numTokens } = scheduled.at(i);
        cache.grow(request, numTokens);
      }
      cache.takeForSteady(steady.numBlocksTaken - steady.numBlocksFreed);
      return;
    }
    const members = steady.changing();
    let next = 0;
    for (let i = 0; i < scheduled.length; i++) {
      const { request, numTokens } = scheduled.at(i);
      while (next < members.length && members[next]!.admissionOrder < request.admissionOrder) {
        cache.grow(members[next++]!, 1);
      }
      cache.grow(request, numTokens);
    }
    while (next < members.length) cache.grow(members[next++]!, 1);
  }

  #growSteady(steady: DecodeSet): void {
    const members = steady.changing();
    for (let i = 0; i < members.length; i++) this.#kvCache.grow(members[i]!, 1);
  }

  /**
   * Until something arrives or is aborted, steps are the last one over again, `numRepeats` times: only members of the decode
   * set run, and the head of the queue stays blocked.
   */
  canRepeat(): boolean {
    if (this.#waiting.size > 0 && this.#policy.orderChangesWithTime === true) return false;
    return this.#running.isRepeating;
  }

  /**
   * How often at least, up to `max`: until somebody is done, blocks run short, or the head of the queue may find more than it did.
   * Looks no further than `MAX_REPEATS`.
   */
  numRepeats(max: number, { attention }: BatchShape): number {
    const steady = this.#running.steady!;
    const { numFreeBlocks, kvTokenGrowth } = this.repeats;
    for (let i = 0; i < attention.length; i++) {
      kvTokenGrowth[i] = steady.kvTokenGrowth(attention[i]!.window);
    }
    const end = Math.min(max, MAX_REPEATS);
    numFreeBlocks[0] = this.#kvCache.numFreeBlocks;
    return steady.numStepsUndisturbed(end, numFreeBlocks, this.#waiting.size > 0);
  }

  /** When members of the decode set got their last token. */
  get lastSteadyTokenTime(): Seconds {
    return this.#running.steady!.pace.lastTokenTime;
  }

  /**
   * `numSteps` times, the last at `now`: processes the oldest step in flight and forms the next, as `update` and `schedule` do if
   * each member of the decode set gets one more token and nothing else happens. At most `numRepeats` steps, which is to be
   * asked first.
   */
  repeat(now: Seconds, numSteps: number): void {
    const steady = this.#running.steady!;
    if (this.#kvCache.dependsOnOrder) {
      for (let n = 0; n < numSteps; n++) {
        steady.onDelivered(now);
        this.#growSteady(steady);
        steady.onFormed();
      }
    } else {
      const { numFreeBlocks } = this.repeats;
      this.#kvCache.takeForSteady(numFreeBlocks[0]! - numFreeBlocks[numSteps]!);
      steady.onDelivered(now, numSteps);
      steady.onFormed(numSteps);
    }
  }
}

/** How equal decode steps differ. */
export interface Repeats {
  /** Free blocks when the steps are processed, one after the other, and after the last. */
  readonly numFreeBlocks: Int32Array;
  /** How many tokens more a step reads than the one before, per attention window of the batch. */
  readonly kvTokenGrowth: Float64Array;
}

/** Far enough that looking ahead costs little for each step. */
export const MAX_REPEATS = 256;

function hasEnded({ status }: Request): boolean {
  return status === RequestStatus.Finished || status === RequestStatus.Aborted;
}
