/**
 * The main loop: one clock, one replica, instant after instant.
 *
 * At each instant, in this order: the step that ends now delivers its tokens and frees blocks; the requests that arrive now
 * queue up; those whose clients give up now leave; and if no step is executing, the next one is formed and starts.
 * With asynchronous scheduling the step after it is formed at the same moment, as vLLM's engine loop with a queue of two batches does.
 */
import { StalledError } from "../base/errors.js";
import type { Seconds } from "../base/units.js";
import { Deque, type ReadonlyDeque } from "../collections/deque.js";
import { Heap } from "../collections/heap.js";
import type { CostModel, StepCost } from "../cost/cost-model.js";
import { priceRun, StepRun } from "../cost/step-run.js";
import type { KvCache } from "../kv-cache/kv-cache.js";
import type { Collector } from "../metrics/collector.js";
import type { SystemState } from "../metrics/time-series.js";
import { Batch } from "../request/batch.js";
import { Request, RequestStatus } from "../request/request.js";
import { MAX_REPEATS, type Scheduler } from "../scheduler/scheduler.js";
import type { SchedulerSettings } from "../scheduler/scheduler-config.js";
import type { Workload } from "../workload/workload.js";
import { type Admission, admissionCheck } from "./admission.js";
import { type SimulationEvent, type StepCounts, stepEvent } from "./events.js";
import { blockedMessage, ClosedLoopGuard, LivelockGuard } from "./progress-guards.js";

export interface EngineParts {
  readonly workload: Workload;
  readonly scheduler: Scheduler;
  readonly kvCache: KvCache;
  readonly costModel: CostModel;
  readonly collector: Collector;
  readonly settings: SchedulerSettings;
  /** The distinct attention windows of the model's layers, Infinity for full attention. */
  readonly windows: readonly number[];
}

export class Engine implements SystemState {
  now: Seconds = 0;
  numArrived = 0;
  /** Requests that have left: finished, rejected or aborted. */
  numEnded = 0;
  numSteps = 0;
  /** Told every event, where somebody watches. */
  observer: ((event: SimulationEvent) => void) | undefined = undefined;

  readonly #parts: EngineParts;
  readonly #rejectionReason: Admission;
  /** The scheduler's batches that were formed and not processed yet: the first executes. */
  readonly #inFlight: ReadonlyDeque<Batch>;
  readonly #depth: number;
  /** One more than can be in flight, and the longest unused is taken first: the last step can still be read. */
  readonly #spareBatches = new Deque<Batch>();
  readonly #cost: StepCost = { seconds: NaN, flops: NaN, bytes: NaN };
  /** Arrival of the next request; Infinity while none is known. */
  #nextArrival: Seconds;
  /** Of a run of equal decode steps: what each costs, and when it starts, which is when the one before it ends. */
  readonly #runCosts = new StepRun(MAX_REPEATS + 1);
  readonly #runTimes = new Float64Array(MAX_REPEATS + 2);
  #stepStart: Seconds = 0;
  #stepEnd: Seconds = Infinity;
  /** The step processed last. */
  #lastBatch: Batch | undefined = undefined;
  #lastSeconds: Seconds = 0;
  /** Requests whose clients will give up, the first to do so in front, and when that is. */
  readonly #impatient = new Heap<Request>((a, b) => a.abortTime - b.abortTime || a.index - b.index);
  #nextAbort: Seconds = Infinity;
  readonly #livelock: LivelockGuard;
  readonly #loops: ClosedLoopGuard;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#rejectionReason = admissionCheck(parts.settings, parts.kvCache);
    this.#inFlight = parts.scheduler.inFlight;
    this.#depth = parts.settings.asyncScheduling ? 2 : 1;
    for (let i = 0; i <= this.#depth; i++) this.#spareBatches.push(new Batch(parts.windows));
    this.#nextArrival = parts.workload.nextArrivalTime();
    this.#livelock = new LivelockGuard(parts.settings.maxNumSeqs);
    this.#loops = new ClosedLoopGuard(parts.workload);
  }

  get numRunning(): number {
    return this.#parts.scheduler.numRunning;
  }

  get numWaiting(): number {
    return this.#parts.scheduler.numWaiting;
  }

  get numPrefilling(): number {
    return this.#inFlight.front()?.shape.numPrefills ?? 0;
  }

  get numDecoding(): number {
    return this.#inFlight.front()?.shape.numDecodes ?? 0;
  }

  get numUsedBlocks(): number {
    const { numUsableBlocks, numFreeBlocks } = this.#parts.kvCache;
    return numUsableBlocks - numFreeBlocks;
  }

  /** The step processed last, in counts; undefined before the first. Allocates: not for the loop. */
  lastStep(): StepCounts | undefined {
    const batch = this.#lastBatch;
    if (batch === undefined) return undefined;
    return {
      seconds: this.#lastSeconds,
      numPrefills: batch.shape.numPrefills,
      numPrefillTokens: batch.shape.numPrefillTokens,
      numDecodes: batch.shape.numDecodes,
      numAdmissions: batch.numAdmitted,
      numPreemptions: batch.preempted.length,
      numCompletions: batch.finished.length,
    };
  }

  /** The requests in the system: running ones, then waiting ones. */
  unfinishedRequests(): Request[] {
    const { scheduler } = this.#parts;
    return [...scheduler.running, ...scheduler.waitingRequests()];
  }

  /** When something happens next; Infinity at the end of the run. */
  get nextTime(): Seconds {
    return Math.min(this.#stepEnd, this.#nextArrival, this.#nextAbort);
  }

  /**
   * Goes to the next instant at which something happens, and does it; instants that only give each running request its next token
   * are passed on the way, up to `until` and `maxSteps` steps. Returns false when nothing is left to do.
   * Throws {@link StalledError} when requests are left that can never proceed.
   */
  advance(until: Seconds = Infinity, maxSteps = Infinity): boolean {
    const { collector } = this.#parts;
    if (this.observer === undefined) this.#fastForward(until, this.numSteps + maxSteps - 1);
    // `nextTime`, written out: what is not inlined returns its number in memory.
    const time = Math.min(this.#stepEnd, this.#nextArrival, this.#nextAbort);
    if (time === Infinity) return this.#end();
    if (time > until) return true;
    collector.advanceTo(time, this);
    this.now = time;
    const isStepEnd = this.#stepEnd <= time;
    if (isStepEnd) this.#finishStep();
    while (this.#nextArrival <= time) this.#arrive();
    while (this.#nextAbort <= time) this.#giveUp();
    if (isStepEnd || this.#inFlight.length < this.#depth) this.#startSteps();
    return true;
  }

  /** A run of equal decode steps: the same additions as step by step, so the same bits, and nothing else. */
  #fastForward(until: Seconds, lastStep: number): void {
    const { scheduler, collector } = this.#parts;
    const nextChange = Math.min(this.#nextArrival, this.#nextAbort);
    if (this.#stepEnd >= nextChange || !scheduler.canRepeat()) return;
    // After a pause the first step starts later than the tokens before it came.
    if (this.#stepStart !== scheduler.lastSteadyTokenTime) return;
    while (this.#stepEnd < nextChange && this.#stepEnd <= until && this.numSteps < lastStep) {
      collector.advanceTo(this.#stepEnd, this);
      const before = Math.min(nextChange, collector.nextSampleTime);
      // About as many as there is time for: looking further ahead is for nothing.
      const numAhead = Math.ceil((before - this.#stepEnd) / this.#cost.seconds);
      const maxSteps = Math.min(numAhead, lastStep - this.numSteps);
      const numRepeats = scheduler.numRepeats(maxSteps, this.#inFlight.front()!.shape);
      if (numRepeats === 0) return;
      this.#repeat(numRepeats, before, until);
      this.#livelock.onProgress();
      // Then a step comes in which somebody is looked at.
      if (numRepeats < Math.min(maxSteps, MAX_REPEATS)) return;
    }
  }

  /** Processes at most `maxSteps` steps: those that end before `before`, and not after `until`. There is one at least. */
  #repeat(maxSteps: number, before: Seconds, until: Seconds): void {
    const { scheduler, collector, costModel } = this.#parts;
    const { numFreeBlocks, kvTokenGrowth } = scheduler.repeats;
    const costs = this.#runCosts;
    const times = this.#runTimes;
    const { shape } = this.#inFlight.front()!;
    const { numDecodes } = shape;
    // Of the step that executes, and of those that follow.
    priceRun(costModel, shape, kvTokenGrowth, maxSteps + 1, costs);
    times[0] = this.#stepStart;
    times[1] = this.#stepEnd;
    const { seconds } = costs;
    let numSteps = 0;
    for (let end = this.#stepEnd; numSteps < maxSteps && end < before && end <= until;) {
      end += seconds[++numSteps]!;
      times[numSteps + 1] = end;
    }
    collector.onDecodeSteps(times, numSteps, numDecodes, costs, numFreeBlocks);
    this.now = this.#stepStart = times[numSteps]!;
    this.#stepEnd = times[numSteps + 1]!;
    this.numSteps += numSteps;
    this.#lastSeconds = costs.seconds[numSteps - 1]!;
    this.#cost.seconds = costs.seconds[numSteps]!;
    this.#cost.flops = costs.flops[numSteps]!;
    this.#cost.bytes = costs.bytes[numSteps]!;
    scheduler.repeat(this.now, numSteps);
    this.#advanceInFlight(numSteps, kvTokenGrowth);
  }

  /** The batches in flight become those of so many steps later, which differ only in what their decodes read. */
  #advanceInFlight(numSteps: number, kvTokenGrowth: Float64Array): void {
    for (let b = 0; b < this.#inFlight.length; b++) {
      const { shape } = this.#inFlight.at(b)!;
      for (let i = 0; i < shape.attention.length; i++) {
        shape.attention[i]!.decodeKvTokens += numSteps * kvTokenGrowth[i]!;
      }
    }
    this.#lastBatch = this.#inFlight.at(this.#inFlight.length - 1);
  }

  #end(): false {
    const { scheduler, kvCache } = this.#parts;
    if (scheduler.hasRequests) throw new StalledError(blockedMessage(scheduler, kvCache, this.now));
    this.#loops.onOver(this.now);
    return false;
  }

  #arrive(): void {
    const { workload, scheduler, collector, settings } = this.#parts;
    const spec = workload.next();
    this.#nextArrival = workload.nextArrivalTime();
    const request = new Request(spec, this.numArrived++, settings.maxModelLen);
    collector.onArrival(request);
    this.observer?.({ type: "arrival", time: this.now, request });
    const reason = this.#rejectionReason(request);
    if (reason === undefined) {
      scheduler.add(request);
      if (request.abortTime < Infinity) {
        this.#impatient.push(request);
        this.#nextAbort = this.#impatient.front()!.abortTime;
      }
    } else {
      request.status = RequestStatus.Rejected;
      collector.onRejection(request, reason, this.now);
      this.observer?.({ type: "rejection", time: this.now, request, reason });
      this.#leave(request);
    }
  }

  /** The client of the request with this index disconnects now. Returns false if it is not in the system. */
  abort(index: number): boolean {
    const request = this.unfinishedRequests().find((r) => r.index === index);
    if (request === undefined) return false;
    this.#parts.collector.advanceTo(this.now, this);
    this.#abort(request);
    this.#startSteps();
    return true;
  }

  /** The client of a request disconnects. */
  #abort(request: Request): void {
    if (request.status === RequestStatus.Finished || request.status === RequestStatus.Aborted)
      return;
    const { scheduler, collector } = this.#parts;
    scheduler.abort(request);
    collector.onAbort(request, this.now);
    this.observer?.({ type: "abort", time: this.now, request });
    this.#leave(request);
  }

  /** The least patient client disconnects. */
  #giveUp(): void {
    const request = this.#impatient.popFront()!;
    this.#nextAbort = this.#impatient.front()?.abortTime ?? Infinity;
    this.#abort(request);
  }

  #leave(request: Request): void {
    this.numEnded++;
    this.#loops.onEnd(request, this.now);
    const { workload } = this.#parts;
    if (workload.onRequestEnd === undefined) return;
    workload.onRequestEnd(request.index, this.now);
    this.#nextArrival = workload.nextArrivalTime();
  }

  /** Forms as many steps as may be in flight, and starts the first. */
  #startSteps(): void {
    const { scheduler } = this.#parts;
    while (this.#inFlight.length < this.#depth && scheduler.hasRequests) {
      const batch = this.#spareBatches.popFront()!;
      scheduler.schedule(this.now, batch);
      this.#reportFormed(batch);
      if (this.#inFlight.length > 1) continue;
      if (!batch.isEmpty) {
        this.#execute(batch);
      } else {
        this.#discard(batch);
        // It changed something only if it preempted.
        if (batch.preempted.length === 0) return;
      }
    }
  }

  #execute(batch: Batch): void {
    const { costModel } = this.#parts;
    costModel.stepCost(batch.shape, this.#cost);
    this.#stepStart = this.now;
    this.#stepEnd = this.now + this.#cost.seconds;
    if (this.observer !== undefined) this.#reportStep(batch, this.observer);
  }

  #reportStep(batch: Batch, observer: (event: SimulationEvent) => void): void {
    const start = this.now;
    const { kvCache, scheduler } = this.#parts;
    const entries = () =>
      this.#inFlight.front() === batch && this.#stepStart === start
        ? scheduler.entries(batch)
        : undefined;
    observer(stepEvent(start, batch, this.#cost, this, kvCache.numUsableBlocks, entries));
  }

  /** The executing step ends: tokens are delivered, and what was formed meanwhile starts. */
  #finishStep(): void {
    const { scheduler } = this.#parts;
    const batch = this.#inFlight.front()!;
    this.#recordStep(batch);
    this.#stepEnd = Infinity;
    scheduler.update(this.now, batch);
    this.#reportDelivered(batch);
    this.#spareBatches.push(batch);
    const next = this.#inFlight.front();
    if (next?.isEmpty) this.#discard(next);
    else if (next !== undefined) this.#execute(next);
  }

  #recordStep(batch: Batch): void {
    const { collector } = this.#parts;
    collector.onStep(this.#stepStart, this.now, batch.shape, this.#cost, this.numUsedBlocks);
    this.numSteps++;
    this.#lastBatch = batch;
    this.#lastSeconds = this.#cost.seconds;
  }

  /** An empty step takes no time. Its batch is used again first, so that the last step can still be read. */
  #discard(batch: Batch): void {
    this.#parts.scheduler.update(this.now, batch);
    this.#spareBatches.pushFront(batch);
  }

  #reportFormed(batch: Batch): void {
    const { scheduled, preempted, firstAdmitted, numAdmitted } = batch;
    if (preempted.length + numAdmitted === 0) return;
    const { collector } = this.#parts;
    const time = this.now;
    for (let i = 0; i < preempted.length; i++) {
      const { request, numLostTokens } = preempted.at(i);
      collector.onPreemption(request, time);
      this.observer?.({ type: "preemption", time, request, numLostTokens });
    }
    this.#livelock.onFormed(batch);
    for (let i = firstAdmitted; i < firstAdmitted + numAdmitted; i++) {
      const { request, numCachedTokens, numLookedUpTokens } = scheduled.at(i);
      const isResumed = request.numPreemptions > 0;
      // As in vLLM, what a preempted request finds of its own says nothing about the traffic.
      if (!isResumed) collector.onPrefixLookup(numLookedUpTokens, numCachedTokens);
      if (request.numCachedTokens < 0) {
        request.numCachedTokens = numCachedTokens;
        collector.onFirstScheduled(request, time);
      }
      this.observer?.({ type: "admission", time, request, numCachedTokens, isResumed });
    }
  }

  #reportDelivered(batch: Batch): void {
    const { collector } = this.#parts;
    const { scheduled, numDelivered, finished, numSteady } = batch;
    const time = this.now;
    if (numDelivered + numSteady > 0) this.#livelock.onProgress();
    if (numSteady > 0) collector.onTokens(batch.steadyGap, numSteady);
    for (let i = 0; numDelivered > 0 && i < scheduled.length; i++) {
      const { request, isDelivered, gap } = scheduled.at(i);
      if (!isDelivered) continue;
      if (request.numOutputTokens > 1) {
        collector.onTokens(gap, 1);
      } else {
        collector.onFirstToken(request, time);
        this.observer?.({ type: "first-token", time, request });
      }
    }
    for (let i = 0; i < finished.length; i++) {
      const request = finished[i]!;
      collector.onCompletion(request, time);
      this.observer?.({ type: "completion", time, request });
      this.#leave(request);
    }
  }
}
