/** Replay of a recorded trace: its rows as bodies, and its arrivals as times. Reading files is left to io/. */
import type { Seconds, Tokens } from "../base/units.js";
import type { RequestSpec } from "../request/request-spec.js";
import type { ArrivalTimes } from "./arrivals.js";
import type { Bodies } from "./bodies.js";
import type { LabelSampler } from "./labels.js";
import type { PrefixKeys } from "./prefix-keys.js";
import { firstRowsOfSessions } from "./scale-trace.js";
import type { TraceRow } from "./trace-row.js";
import type { WeightedSampler } from "./weighted-sampler.js";

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
  readonly #priorities: WeightedSampler<number> | undefined;
  readonly #labels: LabelSampler;
  /** Per row the first of its session; undefined where no labels are drawn. */
  readonly #firstRows: Int32Array | undefined;
  readonly #keys: PrefixKeys | undefined;

  /**
   * @param maxTokens for the rows that have none
   * @param priorities replace those of the trace
   * @param labels replace those of the trace; those of a session are alike
   * @param keys undefined where nobody looks at them
   */
  constructor(
    rows: readonly TraceRow[],
    maxTokens: Tokens | undefined,
    priorities: WeightedSampler<number> | undefined,
    labels: LabelSampler,
    keys: PrefixKeys | undefined,
  ) {
    this.#rows = rows;
    this.#maxTokens = maxTokens;
    this.#priorities = priorities;
    this.#labels = labels;
    this.#firstRows = labels.draws ? firstRowsOfSessions(rows) : undefined;
    this.#keys = keys;
  }

  request(index: number, arrivalTime: Seconds): RequestSpec {
    const numRows = this.#rows.length;
    const row = index % numRows;
    return this.requestOf(row, (index - row) / numRows, arrivalTime);
  }

  /** Row `row`, sent for the `pass`-th time, from 0; at most once for each. */
  requestOf(row: number, pass: number, arrivalTime: Seconds): RequestSpec {
    const body = this.#rows[row]!;
    const index = pass * this.#rows.length + row;
    const session = pass * this.#rows.length + (this.#firstRows?.[row] ?? row);
    return {
      arrivalTime,
      numPromptTokens: body.numPromptTokens,
      numOutputTokens: body.numOutputTokens,
      maxTokens: body.maxTokens ?? this.#maxTokens,
      priority: this.#priorities === undefined ? (body.priority ?? 0) : this.#priorities.at(index),
      blockKeys: this.#keys?.of(row, pass),
      abortTime: abortTime(body, arrivalTime),
      tenant: this.#labels.tenantAt(session) ?? body.tenant,
      class: this.#labels.classAt(session) ?? body.class,
    };
  }
}

function abortTime(row: TraceRow, arrivalTime: Seconds): Seconds | undefined {
  if (row.abortTime === undefined || arrivalTime === row.arrivalTime) return row.abortTime;
  return arrivalTime + (row.abortTime - row.arrivalTime);
}
