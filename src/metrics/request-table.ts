/**
 * What is kept of each request: one row of 57 bytes, written as its moments come. Fresh arrays are zero, and zeros are not written:
 * memory that nothing touches is never paged in, which took 3.5 ns a byte where this was measured, most of the cost of a row.
 */
import { assert } from "../base/assert.js";
import type { Seconds } from "../base/units.js";
import { grown, toArray } from "../collections/column.js";
import { RequestStatus, type Request } from "../request/request.js";
import { type LabelColumn, LabelTable } from "./label-column.js";

/** One row per request, in order of arrival; NaN where an instant never came. */
export interface RequestColumns {
  readonly length: number;
  readonly arrivalTime: Float64Array;
  readonly firstScheduledTime: Float64Array;
  readonly firstTokenTime: Float64Array;
  /** When the last output token came, or the client disconnected; NaN for rejected requests. */
  readonly finishTime: Float64Array;
  readonly numPromptTokens: Int32Array;
  /** Output tokens generated. */
  readonly numOutputTokens: Int32Array;
  /** Prompt tokens found in the prefix cache at first admission. */
  readonly numCachedTokens: Int32Array;
  readonly numPreemptions: Int32Array;
  readonly priority: Float64Array;
  /** Values of `RequestStatus`. */
  readonly status: Uint8Array;
  /** Who sent them; absent where no request has a tenant. */
  readonly tenant?: LabelColumn;
  /** Their classes of service; absent where no request has one. */
  readonly class?: LabelColumn;
}

const DEFAULT_CAPACITY = 1024;
/** Larger expectations are not taken at their word: memory then grows with what really comes. */
const MAX_INITIAL_CAPACITY = 2 ** 20;

/** The columns while they are written. */
export class RequestTable {
  #columns: RequestColumns;
  readonly #tenant = new LabelTable();
  readonly #class = new LabelTable();
  #length = 0;
  /** Rows to use again; undefined where every request keeps its own, which is then the one of its index. */
  readonly #spareRows: number[] | undefined;

  /**
   * Without a number of requests to expect, or with too small a one, the table grows as needed. `recycles`: a row is used again
   * once it is released.
   */
  constructor(expectedRequests = DEFAULT_CAPACITY, recycles = false) {
    const expected = recycles ? DEFAULT_CAPACITY : expectedRequests;
    this.#columns = columnsOf(Math.max(1, Math.min(expected, MAX_INITIAL_CAPACITY)));
    this.#spareRows = recycles ? [] : undefined;
  }

  get length(): number {
    return this.#length;
  }

  /** The columns as they are being written, longer than the table. Not to be kept. */
  get live(): RequestColumns {
    return this.#columns;
  }

  /** Opens the row of a request. Requests arrive in order of their index. */
  onArrival(request: Request): void {
    const row = this.#spareRows?.pop() ?? this.#length++;
    assert(
      row === request.index || this.#spareRows !== undefined,
      "requests arrive in order of their index",
    );
    if (row >= this.#columns.length) this.#grow();
    const columns = this.#columns;
    request.row = row;
    columns.arrivalTime[row] = request.arrivalTime;
    columns.firstScheduledTime[row] = NaN;
    columns.firstTokenTime[row] = NaN;
    columns.finishTime[row] = NaN;
    columns.numPromptTokens[row] = request.numPromptTokens;
    if (request.priority !== 0) columns.priority[row] = request.priority;
    if (this.#spareRows !== undefined) return;
    this.#tenant.set(row, request.tenant, columns.length);
    this.#class.set(row, request.class, columns.length);
  }

  onFirstScheduled({ row, numCachedTokens }: Request, now: Seconds): void {
    this.#columns.firstScheduledTime[row] = now;
    if (numCachedTokens > 0) this.#columns.numCachedTokens[row] = numCachedTokens;
  }

  onFirstToken({ row }: Request, now: Seconds): void {
    this.#columns.firstTokenTime[row] = now;
  }

  /** Closes the row; `now` is NaN for a request that never came in. */
  onEnd(request: Request, status: RequestStatus, now: Seconds): void {
    this.#columns.finishTime[request.row] = now;
    this.writeProgress(request, status);
  }

  /** Brings the row of a request up to date, for a look at a run that is not over. */
  writeProgress({ row, numOutputTokens, numPreemptions }: Request, status: RequestStatus): void {
    this.#columns.numOutputTokens[row] = numOutputTokens;
    if (numPreemptions > 0) this.#columns.numPreemptions[row] = numPreemptions;
    this.#columns.status[row] = status;
  }

  /** The row of a request that has ended is used again. Only where rows are recycled. */
  release({ row }: Request): void {
    const columns = this.#columns;
    columns.numCachedTokens[row] = columns.numPreemptions[row] = columns.priority[row] = 0;
    this.#spareRows!.push(row);
  }

  /** NaN before the first token. */
  firstTokenTime({ row }: Request): Seconds {
    return this.#columns.firstTokenTime[row]!;
  }

  /** The rows so far: copies, unless `share` says that the table is not written any more. None where rows are recycled. */
  toColumns(share = false): RequestColumns {
    const length = this.#spareRows === undefined ? this.#length : 0;
    const tenant = this.#tenant.toColumn(length, share);
    const serviceClass = this.#class.toColumn(length, share);
    return {
      ...mapColumns(this.#columns, length, (column) => toArray(column, length, share)),
      ...(tenant && { tenant }),
      ...(serviceClass && { class: serviceClass }),
    };
  }

  #grow(): void {
    const capacity = Math.ceil(this.#columns.length * 1.5) + 1;
    this.#columns = mapColumns(this.#columns, capacity, (column) => grown(column, capacity));
  }
}

function columnsOf(length: number): RequestColumns {
  return {
    length,
    arrivalTime: new Float64Array(length),
    firstScheduledTime: new Float64Array(length),
    firstTokenTime: new Float64Array(length),
    finishTime: new Float64Array(length),
    numPromptTokens: new Int32Array(length),
    numOutputTokens: new Int32Array(length),
    numCachedTokens: new Int32Array(length),
    numPreemptions: new Int32Array(length),
    priority: new Float64Array(length),
    status: new Uint8Array(length),
  };
}

function mapColumns(
  columns: RequestColumns,
  length: number,
  map: <Column extends Float64Array | Int32Array | Uint8Array>(column: Column) => Column,
): RequestColumns {
  return {
    length,
    arrivalTime: map(columns.arrivalTime),
    firstScheduledTime: map(columns.firstScheduledTime),
    firstTokenTime: map(columns.firstTokenTime),
    finishTime: map(columns.finishTime),
    numPromptTokens: map(columns.numPromptTokens),
    numOutputTokens: map(columns.numOutputTokens),
    numCachedTokens: map(columns.numCachedTokens),
    numPreemptions: map(columns.numPreemptions),
    priority: map(columns.priority),
    status: map(columns.status),
  };
}
