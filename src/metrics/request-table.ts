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

/** The columns while they are written. The row of a request is its index. */
export class RequestTable {
  #arrivalTime: Float64Array;
  #firstScheduledTime: Float64Array;
  #firstTokenTime: Float64Array;
  #finishTime: Float64Array;
  #numPromptTokens: Int32Array;
  #numOutputTokens: Int32Array;
  #numCachedTokens: Int32Array;
  #numPreemptions: Int32Array;
  #priority: Float64Array;
  #status: Uint8Array;
  readonly #tenant = new LabelTable();
  readonly #class = new LabelTable();
  #length = 0;

  /** Without a number of requests to expect, or with too small a one, the table grows as needed. */
  constructor(expectedRequests = DEFAULT_CAPACITY) {
    const capacity = Math.max(1, Math.min(expectedRequests, MAX_INITIAL_CAPACITY));
    this.#arrivalTime = new Float64Array(capacity);
    this.#firstScheduledTime = new Float64Array(capacity);
    this.#firstTokenTime = new Float64Array(capacity);
    this.#finishTime = new Float64Array(capacity);
    this.#numPromptTokens = new Int32Array(capacity);
    this.#numOutputTokens = new Int32Array(capacity);
    this.#numCachedTokens = new Int32Array(capacity);
    this.#numPreemptions = new Int32Array(capacity);
    this.#priority = new Float64Array(capacity);
    this.#status = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** Opens the row of a request. Requests arrive in order of their index. */
  onArrival(request: Request): void {
    const row = request.index;
    assert(row === this.#length, "requests arrive in order of their index");
    if (row === this.#arrivalTime.length) this.#grow();
    this.#length++;
    this.#arrivalTime[row] = request.arrivalTime;
    this.#firstScheduledTime[row] = NaN;
    this.#firstTokenTime[row] = NaN;
    this.#finishTime[row] = NaN;
    this.#numPromptTokens[row] = request.numPromptTokens;
    if (request.priority !== 0) this.#priority[row] = request.priority;
    this.#tenant.set(row, request.tenant, this.#status.length);
    this.#class.set(row, request.class, this.#status.length);
  }

  onFirstScheduled(request: Request, now: Seconds): void {
    this.#firstScheduledTime[request.index] = now;
    if (request.numCachedTokens > 0) this.#numCachedTokens[request.index] = request.numCachedTokens;
  }

  onFirstToken(request: Request, now: Seconds): void {
    this.#firstTokenTime[request.index] = now;
  }

  /** Closes the row; `now` is NaN for a request that never came in. */
  onEnd(request: Request, status: RequestStatus, now: Seconds): void {
    this.#finishTime[request.index] = now;
    this.writeProgress(request, status);
  }

  /** Brings the row of a request up to date, for a look at a run that is not over. */
  writeProgress(request: Request, status: RequestStatus): void {
    this.#numOutputTokens[request.index] = request.numOutputTokens;
    if (request.numPreemptions > 0) this.#numPreemptions[request.index] = request.numPreemptions;
    this.#status[request.index] = status;
  }

  /** NaN before the first token. */
  firstTokenTime(request: Request): Seconds {
    return this.#firstTokenTime[request.index]!;
  }

  /** The rows so far: copies, unless `share` says that the table is not written any more. */
  toColumns(share = false): RequestColumns {
    const length = this.#length;
    const tenant = this.#tenant.toColumn(length, share);
    const serviceClass = this.#class.toColumn(length, share);
    return {
      length,
      arrivalTime: toArray(this.#arrivalTime, length, share),
      firstScheduledTime: toArray(this.#firstScheduledTime, length, share),
      firstTokenTime: toArray(this.#firstTokenTime, length, share),
      finishTime: toArray(this.#finishTime, length, share),
      numPromptTokens: toArray(this.#numPromptTokens, length, share),
      numOutputTokens: toArray(this.#numOutputTokens, length, share),
      numCachedTokens: toArray(this.#numCachedTokens, length, share),
      numPreemptions: toArray(this.#numPreemptions, length, share),
      priority: toArray(this.#priority, length, share),
      status: toArray(this.#status, length, share),
      ...(tenant && { tenant }),
      ...(serviceClass && { class: serviceClass }),
    };
  }

  #grow(): void {
    const capacity = Math.ceil(this.#arrivalTime.length * 1.5) + 1;
    this.#arrivalTime = grown(this.#arrivalTime, capacity);
    this.#firstScheduledTime = grown(this.#firstScheduledTime, capacity);
    this.#firstTokenTime = grown(this.#firstTokenTime, capacity);
    this.#finishTime = grown(this.#finishTime, capacity);
    this.#numPromptTokens = grown(this.#numPromptTokens, capacity);
    this.#numOutputTokens = grown(this.#numOutputTokens, capacity);
    this.#numCachedTokens = grown(this.#numCachedTokens, capacity);
    this.#numPreemptions = grown(this.#numPreemptions, capacity);
    this.#priority = grown(this.#priority, capacity);
    this.#status = grown(this.#status, capacity);
  }
}
