/** The waiting requests in the order in which a policy wants to admit them. */
import type { Seconds } from "../base/units.js";
import { Deque } from "../collections/deque.js";
import { Heap } from "../collections/heap.js";
import { type Request, RequestStatus } from "../request/request.js";
import type { AskedPolicy } from "./policies/checked.js";

export class WaitingQueue {
  /**
   * Without an order of the policy's own, a queue in order of arrival. Requests that ended while waiting stay inside
   * until they come to the front, so that removing one costs nothing.
   */
  readonly #items: Deque<Request> | Heap<Request>;
  readonly #orderChangesWithTime: boolean;
  /** An admission, of which the policy is told, may change the order of the others. */
  readonly #orderChangesWithAdmissions: boolean;
  #now: Seconds = 0;
  #size = 0;
  #isStale = false;

  constructor(policy: AskedPolicy) {
    const { compareWaiting } = policy;
    this.#orderChangesWithTime = policy.orderChangesWithTime === true;
    this.#orderChangesWithAdmissions =
      this.#orderChangesWithTime && policy.onAdmission !== undefined;
    this.#items =
      compareWaiting === undefined
        ? new Deque<Request>()
        : new Heap<Request>(
            (a, b) =>
              compareWaiting.call(policy, a, b, this.#now) ||
              a.arrivalOrder - b.arrivalOrder ||
              a.index - b.index,
          );
  }

  get size(): number {
    return this.#size;
  }

  /** The request to be admitted next, undefined when none waits. */
  front(now: Seconds): Request | undefined {
    const items = this.#items;
    if (this.#isStale || (this.#orderChangesWithTime && now !== this.#now)) {
      this.#now = now;
      this.#isStale = false;
      if (items instanceof Heap) items.sort();
    }
    while (items.length > 0 && !isWaiting(items.front()!)) items.popFront();
    return items.front();
  }

  /**
   * Answers whether the request may be the next to be admitted. One in front that has ended hides that, but whoever waits and ends has
   * changed the next step already.
   */
  push(request: Request): boolean {
    const items = this.#items;
    this.#isStale ||= this.#orderChangesWithTime;
    items.push(request);
    return this.#size++ === 0 || this.#isStale || items.front() === request;
  }

  /** A preempted request comes back: to the front, or wherever the policy's order puts it. */
  putBack(request: Request): void {
    this.#size++;
    if (this.#items instanceof Deque) this.#items.pushFront(request);
    else this.#items.push(request);
  }

  /** Takes the request that `front` gave. */
  popFront(): void {
    this.#size--;
    this.#isStale ||= this.#orderChangesWithAdmissions;
    this.#items.popFront();
  }

  /** A waiting request has ended; its status says so already. */
  drop(): void {
    this.#size--;
    this.#isStale ||= this.#orderChangesWithTime;
  }

  /** A waiting request got a token, which may change the order. */
  invalidate(): void {
    this.#isStale = true;
  }

  toArray(): Request[] {
    return this.#items.toArray().filter(isWaiting);
  }
}

function isWaiting(request: Request): boolean {
  return request.status === RequestStatus.Waiting || request.status === RequestStatus.Preempted;
}
