/** Traffic of sessions: a request that follows another one comes a while after that has ended, however it ended. */
import { assert } from "../base/assert.js";
import type { Seconds } from "../base/units.js";
import { Heap } from "../collections/heap.js";
import type { RequestSpec } from "../request/request-spec.js";
import type { ArrivalTimes } from "./arrivals.js";
import type { Workload } from "./workload.js";

/** One request of a session, before it is sent. */
export interface Turn {
  /** Called once. */
  request(arrivalTime: Seconds): RequestSpec;
  /** What follows it. Called once, when it has ended. */
  followers(): readonly Follower[];
}

export interface Follower {
  readonly turn: Turn;
  /** From the end of the turn before it to its arrival: a user thinks, or a tool works. */
  readonly delay: Seconds;
}

/** Sessions, made when they start. What they are depends on their number, not on the time. */
export interface Sessions {
  /** The first turn of session `index`, from 0. Called once for each, in order. */
  start(index: number): Turn;
}

export interface SessionLimits {
  /** How many sessions there are; may be Infinity. */
  readonly numSessions: number;
  /** Nothing is sent after so many requests, of whatever session; may be Infinity. */
  readonly maxRequests: number;
  /** Nothing arrives at or after this; may be Infinity. */
  readonly durationSecs: Seconds;
}

interface OpenSession {
  /** Requests that are under way or will come. */
  numOpen: number;
}

/** A request that will come; where there is no turn yet, the first one of a new session. */
interface Pending {
  readonly time: Seconds;
  /** Those of one instant come in the order in which they became known. */
  readonly order: number;
  readonly turn: Turn | undefined;
  readonly session: OpenSession;
}

/**
 * Sessions start at given times (an open loop), or a given number of them is kept open (a closed loop): all start at t = 0, and where one
 * has no request left, the next session starts.
 */
export class SessionLoop implements Workload {
  readonly numRequests: number | undefined;
  readonly isOpenLoop: boolean;
  readonly #sessions: Sessions;
  readonly #limits: SessionLimits;
  /** Undefined in a closed loop. */
  readonly #startTimes: ArrivalTimes | undefined;
  readonly #pending = new Heap<Pending>((a, b) => a.time - b.time || a.order - b.order);
  /** Requests under way, by their index. */
  readonly #underWay = new Map<number, { readonly turn: Turn; readonly session: OpenSession }>();
  #numPushed = 0;
  #numStarts = 0;
  #numStarted = 0;
  #numSent = 0;

  /**
   * @param starts times of an open loop, or the number of sessions that a closed loop keeps open
   * @param numRequests how many requests will come, where that is known
   */
  constructor(
    sessions: Sessions,
    starts: ArrivalTimes | number,
    limits: SessionLimits,
    numRequests: number | undefined,
  ) {
    this.numRequests = numRequests;
    this.isOpenLoop = typeof starts !== "number";
    this.#sessions = sessions;
    this.#limits = limits;
    if (typeof starts === "number") {
      this.#startTimes = undefined;
      const numAtOnce = Math.min(starts, limits.numSessions, limits.maxRequests);
      for (let i = 0; i < numAtOnce; i++) this.#pushStart(0);
    } else {
      this.#startTimes = starts;
      this.#pushStart(starts.next());
    }
  }

  nextArrivalTime(): Seconds {
    if (this.#numSent >= this.#limits.maxRequests) return Infinity;
    return this.#pending.front()?.time ?? Infinity;
  }

  next(): RequestSpec {
    const { time, turn: known, session } = this.#pending.popFront()!;
    const turn = known ?? this.#sessions.start(this.#numStarted++);
    if (known === undefined && this.#startTimes !== undefined) {
      this.#pushStart(this.#startTimes.next());
    }
    this.#underWay.set(this.#numSent++, { turn, session });
    return turn.request(time);
  }

  onRequestEnd(index: number, now: Seconds): void {
    const ended = this.#underWay.get(index);
    assert(ended !== undefined, "a request ends once, after it was sent");
    this.#underWay.delete(index);
    const { turn, session } = ended;
    for (const follower of turn.followers()) {
      this.#push(now + follower.delay, follower.turn, session);
    }
    if (--session.numOpen === 0 && this.#startTimes === undefined) this.#pushStart(now);
  }

  #pushStart(time: Seconds): void {
    if (this.#numStarts >= this.#limits.numSessions) return;
    this.#numStarts++;
    this.#push(time, undefined, { numOpen: 0 });
  }

  #push(time: Seconds, turn: Turn | undefined, session: OpenSession): void {
    // A session whose next turn would come too late goes on all the same: its user does not start another one.
    session.numOpen++;
    if (time === Infinity || time >= this.#limits.durationSecs) return;
    this.#pending.push({ time, order: this.#numPushed++, turn, session });
  }
}
