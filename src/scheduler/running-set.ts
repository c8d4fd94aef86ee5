/**
 * The running requests in order of admission, and which of them are in steady decode. Knows the batches in flight, since a
 * request that leaves steady decode has to be listed in them.
 */
import type { Seconds } from "../base/units.js";
import { Deque } from "../collections/deque.js";
import { indexInOrder, insertInOrder, removeInOrder } from "../collections/sorted-list.js";
import type { KvCache } from "../kv-cache/kv-cache.js";
import type { Batch } from "../request/batch.js";
import { admissionOrder, type Request, RequestStatus } from "../request/request.js";
import { DecodeSet } from "./decode-set.js";
import type { SchedulerSettings } from "./scheduler-config.js";

export class RunningSet {
  /** All of them, in order of admission, and some that have ended since: taking one out moves all that come after it. */
  readonly #requests: Request[] = [];
  #numEnded = 0;
  /** Those that are looked at one by one in every step. Without a decode set, all. */
  readonly unsteady: Request[] = [];
  /** The others, but for those that only wait for their last token. */
  readonly steady: DecodeSet | undefined;
  /** Batches that were formed and not processed yet, the oldest first. */
  readonly inFlight = new Deque<Batch>();
  readonly #kvCache: KvCache;
  readonly #asyncScheduling: boolean;
  #numAdmissions = 0;
  /** The step formed last only gave each member of the decode set a token, and nothing has changed since: the next will do the same. */
  #isUnchanged = false;
  /** Counts the changes of the decode set's membership. */
  #version = 0;

  constructor(settings: SchedulerSettings, kvCache: KvCache, useDecodeSet: boolean) {
    const { steadyLayout } = kvCache;
    const { asyncScheduling } = settings;
    this.#kvCache = kvCache;
    this.#asyncScheduling = asyncScheduling;
    this.steady =
      useDecodeSet && steadyLayout !== undefined
        ? new DecodeSet(steadyLayout, kvCache, asyncScheduling)
        : undefined;
  }

  /** Something has changed outside of this set that can change what the next step is. */
  invalidate(): void {
    this.#isUnchanged = false;
  }

  /** All of them, in order of admission. */
  get requests(): readonly Request[] {
    if (this.#numEnded > 0) this.#takeOutEnded();
    return this.#requests;
  }

  get size(): number {
    return this.#requests.length - this.#numEnded;
  }

  enter(request: Request): void {
    this.#isUnchanged = false;
    if (this.#numEnded > this.size) this.#takeOutEnded();
    request.admissionOrder = this.#numAdmissions++;
    this.#requests.push(request);
    this.unsteady.push(request);
  }

  /** This request is preempted. */
  leave(request: Request): void {
    this.unsettle(request);
    this.#isUnchanged = false;
    if (this.#numEnded > 0) this.#takeOutEnded();
    removeInOrder(this.#requests, request, admissionOrder);
    removeInOrder(this.unsteady, request, admissionOrder);
  }

  /** This request has ended; its status says so already. */
  end(request: Request): void {
    this.unsettle(request);
    this.#isUnchanged = false;
    this.#numEnded++;
    if (this.unsteady.length > 0) removeInOrder(this.unsteady, request, admissionOrder);
  }

  #takeOutEnded(): void {
    const requests = this.#requests;
    let kept = 0;
    for (let i = 0; i < requests.length; i++) {
      const request = requests[i]!;
      if (request.status === RequestStatus.Running) requests[kept++] = request;
    }
    while (requests.length > kept) requests.pop();
    this.#numEnded = 0;
  }

  /** Requests that have come into steady decode are not looked at from here on. */
  settle(): void {
    const { steady, unsteady } = this;
    if (steady === undefined) return;
    if (this.#asyncScheduling) {
      for (let due = steady.firstDue; due !== undefined; due = steady.firstDue) {
        if (due.numOutputTokens + due.numOutputPlaceholders < due.maxTokens) this.unsettle(due);
        else this.#leaveSteady(due); // computes no more
      }
    }
    if (unsteady.length === 0) return;
    let kept = 0;
    for (let i = 0; i < unsteady.length; i++) {
      const request = unsteady[i]!;
      if (steady.canJoin(request)) steady.join(request);
      else unsteady[kept++] = request;
    }
    if (kept === unsteady.length) return;
    while (unsteady.length > kept) unsteady.pop();
    this.#isUnchanged = false;
    this.#version++;
    for (let i = 0; i < this.inFlight.length; i++) {
      const batch = this.inFlight.at(i)!;
      if (batch.unlistSteady()) batch.version = this.#version;
    }
  }

  /** This request is looked at by itself from here on, also in the batches in flight. */
  unsettle(request: Request | undefined): void {
    if (request === undefined || !request.isSteady) return;
    this.#leaveSteady(request);
    insertInOrder(this.unsteady, request, admissionOrder);
  }

  #leaveSteady(request: Request): void {
    this.#isUnchanged = false;
    this.#version++;
    this.steady!.leave(request);
    this.#kvCache.catchUp(request);
    for (let i = 0; i < this.inFlight.length; i++) this.inFlight.at(i)!.addDecode(request);
  }

  /** Whether a request in steady decode may come after `unsteady[i]`. */
  isSomeoneSteadyAfter(i: number): boolean {
    const index = indexInOrder(this.requests, this.unsteady[i]!, admissionOrder);
    return this.requests.length - 1 - index > this.unsteady.length - 1 - i;
  }

  /** A step was formed: each request in steady decode computes a token in it. */
  onFormed(batch: Batch): void {
    const { steady } = this;
    if (steady !== undefined) {
      batch.addSteadyToShape(steady.size);
      for (const sums of batch.shape.attention) {
        sums.decodeKvTokens += steady.numKvTokens(sums.window);
      }
      const isPure = batch.scheduled.length === 0 && batch.preempted.length === 0;
      if (isPure) batch.version = this.#version;
      this.#isUnchanged = isPure;
      steady.onFormed();
    }
    this.inFlight.push(batch);
  }

  /** The step that was executed delivers a token to each request in steady decode; those that have all of theirs join `finished`. */
  deliver(now: Seconds, batch: Batch): void {
    const { steady } = this;
    if (steady === undefined) return;
    batch.numSteady = steady.size;
    batch.steadyGap = now - steady.pace.lastTokenTime;
    steady.onDelivered(now);
    // With asynchronous scheduling whoever is due has left the set when the next step was formed.
    if (this.#asyncScheduling) return;
    for (let due = steady.firstDue; due !== undefined; due = steady.firstDue) {
      if (due.numOutputTokens < due.stopLength) {
        this.unsettle(due);
      } else {
        this.#leaveSteady(due);
        batch.finished.push(due);
      }
    }
  }

  /** All run in steady decode, and did in all steps in flight. */
  get isRepeating(): boolean {
    const { steady } = this;
    if (!this.#isUnchanged || steady === undefined) return false;
    if (steady.size === 0 || steady.size < this.size) return false;
    for (let i = 0; i < this.inFlight.length; i++) {
      if (this.inFlight.at(i)!.version !== this.#version) return false;
    }
    return true;
  }
}
