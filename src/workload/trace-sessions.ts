/** The sessions of a trace: trees of rows that follow one another, each from a row that follows none. */
import type { Seconds } from "../base/units.js";
import type { RequestSpec } from "../request/request-spec.js";
import type { TraceBodies } from "./replay.js";
import type { Follower, Sessions, Turn } from "./session-loop.js";
import type { TraceRow } from "./trace-row.js";

const NONE = -1;

/** After the last session of the trace the first comes again. */
export class TraceSessions implements Sessions {
  /** The rows that begin a session, in the order of the trace. */
  readonly firstRows: readonly TraceRow[];
  readonly #rows: readonly TraceRow[];
  readonly #bodies: TraceBodies;
  readonly #firsts: readonly number[];
  /** The tree: the first row that follows a row, and the next one that follows the same. */
  readonly #firstFollower: Int32Array;
  readonly #nextSibling: Int32Array;

  constructor(rows: readonly TraceRow[], bodies: TraceBodies) {
    this.#rows = rows;
    this.#bodies = bodies;
    this.#firstFollower = new Int32Array(rows.length).fill(NONE);
    this.#nextSibling = new Int32Array(rows.length).fill(NONE);
    const firsts: number[] = [];
    for (let row = rows.length - 1; row >= 0; row--) {
      const { after } = rows[row]!;
      if (after === undefined) {
        firsts.push(row);
      } else {
        this.#nextSibling[row] = this.#firstFollower[after.row]!;
        this.#firstFollower[after.row] = row;
      }
    }
    this.#firsts = firsts.reverse();
    this.firstRows = firsts.map((row) => rows[row]!);
  }

  start(index: number): Turn {
    const position = index % this.#firsts.length;
    return this.#turn(this.#firsts[position]!, (index - position) / this.#firsts.length);
  }

  /** Row `row` in its `pass`-th repetition. */
  #turn(row: number, pass: number): Turn {
    return {
      request: (arrivalTime: Seconds): RequestSpec =>
        this.#bodies.requestOf(row, pass, arrivalTime),
      followers: () => this.#followers(row, pass),
    };
  }

  #followers(row: number, pass: number): readonly Follower[] {
    const followers: Follower[] = [];
    for (let at = this.#firstFollower[row]!; at !== NONE; at = this.#nextSibling[at]!) {
      followers.push({ turn: this.#turn(at, pass), delay: this.#rows[at]!.after!.delay });
    }
    return followers;
  }
}
