/** Replay of a recorded trace: its rows as bodies, and its arrivals as times. Reading files is left to io/. */
import type { Seconds, Tokens } from "../base/units.js";
import type { RequestSpec } from "../request/request-spec.js";
import type { ArrivalTimes } from "./arrivals.js";
import type { Bodies, PrioritySampler } from "./bodies.js";
import type { TraceRow } from "./trace-row.js";

export type { TraceRow };

/** The rows in order of arrival; rows of one instant stay in the order given. */
export function sortByArrival(rows: readonly TraceRow[]): readonly TraceRow[] {
  const sorted = rows.every((row, i) => i === 0 || rows[i - 1]!.arrivalTime <= row.arrivalTime);
  return sorted ? rows : rows.toSorted((a, b) => a.arrivalTime - b.arrivalTime);
}

/** The arrival times of a trace, sorted. */
export class TraceTimes implements ArrivalTimes {
  readonly #rows: readonly TraceRow[];
  #next = 0;

  constructor(rows: readonly TraceRow[]) {
    this.#rows = rows;
  }

  next(): Seconds {
    const row = this.#rows[this.#next++];
    return row === undefined ? Infinity : row.arrivalTime;
  }
}

/**
 * Request i is row i, and after the last row the first again. A row's abort time is kept as what it says of the client:
 * how long it waits, counted from the arrival.
 */
export class TraceBodies implements Bodies {
  readonly #rows: readonly TraceRow[];
  readonly #maxTokens: Tokens | undefined;
  readonly #priorities: PrioritySampler | undefined;

  /** @param priorities replace those of the trace */
  constructor(
    rows: readonly TraceRow[],
    maxTokens: Tokens | undefined,
    priorities: PrioritySampler | undefined,
  ) {
    this.#rows = rows;
    this.#maxTokens = maxTokens;
    this.#priorities = priorities;
  }

  request(index: number, arrivalTime: Seconds): RequestSpec {
    const row = this.#rows[index % this.#rows.length]!;
    return {
      arrivalTime,
      numPromptTokens: row.numPromptTokens,
      numOutputTokens: row.numOutputTokens,
      maxTokens: this.#maxTokens,
      priority: this.#priorities === undefined ? (row.priority ?? 0) : this.#priorities.at(index),
      abortTime: abortTime(row, arrivalTime),
    };
  }
}

function abortTime(row: TraceRow, arrivalTime: Seconds): Seconds | undefined {
  if (row.abortTime === undefined || arrivalTime === row.arrivalTime) return row.abortTime;
  return arrivalTime + (row.abortTime - row.arrivalTime);
}
