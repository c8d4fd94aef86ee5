/** What the engine tells while it runs, reduced as it comes: rows, sums, one histogram. Keeps no record per token or step. */
import type { Bytes, Flops, Seconds, Tokens } from "../base/units.js";
import { Histogram } from "../collections/histogram.js";
import type { BatchShape } from "../request/batch-shape.js";
import { RequestStatus, type Request } from "../request/request.js";
import { RequestTable } from "./request-table.js";
import { RunningLatencies } from "./running-latencies.js";
import type { SloTargets } from "./slo.js";
import { TimeSeriesRecorder, type SystemState } from "./time-series.js";
import { Totals } from "./totals.js";

export interface CollectorSettings {
  /** KV blocks that requests can hold, the denominator of KV-cache use. */
  readonly numUsableBlocks: number;
  /** FLOP/s of all devices together. */
  readonly peakFlops: Flops;
  /** Bytes/s of all devices together. */
  readonly peakBandwidth: Bytes;
  /** Rows to make room for. Default: the table grows as needed. */
  readonly expectedRequests?: number;
  /** Default: no targets, no report on them. */
  readonly slo?: SloTargets;
  /** Default true: a row of each request is kept. Otherwise memory follows the requests in the system. */
  readonly keepsRequests?: boolean;
}

/** A group of rejected requests with one reason. */
export interface Rejection {
  readonly reason: string;
  readonly count: number;
  /** The first request it happened to. */
  readonly firstIndex: number;
}

/**
 * Calls come in order of time. A request's are: arrival, then rejection, or first scheduled, first token and completion, an
 * abort ending them at any point.
 */
export class Collector {
  readonly settings: CollectorSettings;
  readonly table: RequestTable;
  /** ITL over all gaps of all requests. */
  readonly gaps = new Histogram();
  readonly series = new TimeSeriesRecorder();
  /** Where no rows are kept: latencies as they come. */
  readonly latencies: RunningLatencies | undefined;
  readonly #totals = new Totals();
  readonly #rejections = new Map<string, { count: number; firstIndex: number }>();

  constructor(settings: CollectorSettings) {
    this.settings = settings;
    const { expectedRequests, keepsRequests = true, slo } = settings;
    this.table = new RequestTable(expectedRequests, !keepsRequests);
    this.latencies = keepsRequests ? undefined : new RunningLatencies(slo);
  }

  get totals(): Readonly<Totals> {
    return this.#totals;
  }

  /** In order of first appearance. */
  get rejections(): Rejection[] {
    return [...this.#rejections].map(([reason, group]) => ({ reason, ...group }));
  }

  /** Until this instant `advanceTo` has nothing to do. */
  get nextSampleTime(): Seconds {
    return this.series.nextTime;
  }

  /** Tells that `state` has held up to `now`, before anything changes at `now`. */
  advanceTo(now: Seconds, state: SystemState): void {
    if (now >= this.series.nextTime) this.series.record(now, state, this.#totals);
  }

  onArrival(request: Request): void {
    if (this.#totals.numArrived++ === 0) this.#totals.firstArrivalTime = request.arrivalTime;
    this.table.onArrival(request);
  }

  /** Follows the arrival. Requests are grouped by `reason`, so it says nothing that differs in every request. */
  onRejection(request: Request, reason: string, _now: Seconds): void {
    this.table.onEnd(request, RequestStatus.Rejected, NaN);
    if (this.latencies !== undefined) this.table.release(request);
    this.#totals.numRejected++;
    const group = this.#rejections.get(reason);
    if (group === undefined) this.#rejections.set(reason, { count: 1, firstIndex: request.index });
    else group.count++;
  }

  /** Prompt tokens looked up in the prefix cache at the first admission of a request, and those found. */
  onPrefixLookup(numQueriedTokens: Tokens, numHitTokens: Tokens): void {
    this.#totals.numPrefixQueries += numQueriedTokens;
    this.#totals.numPrefixHits += numHitTokens;
  }

  onFirstScheduled(request: Request, now: Seconds): void {
    this.table.onFirstScheduled(request, now);
    this.latencies?.onFirstScheduled(request.numCachedTokens);
  }

  onPreemption(_request: Request, _now: Seconds): void {
    this.#totals.numPreemptions++;
  }

  /** Once per request, whatever is computed again later. */
  onFirstToken(request: Request, now: Seconds): void {
    this.table.onFirstToken(request, now);
    const totals = this.#totals;
    totals.numOutputTokens++;
    totals.numFirstTokens++;
    totals.ttftSum += now - request.arrivalTime;
  }

  /** `count` requests each got an output token, not their first, `gap` seconds after the one before. */
  onTokens(gap: Seconds, count: number): void {
    this.gaps.add(gap, count);
    this.#totals.numOutputTokens += count;
  }

  /** A forward pass has ended, during which requests held `numUsedBlocks` KV blocks. */
  onStep(
    start: Seconds,
    end: Seconds,
    shape: BatchShape,
    cost: { readonly flops: Flops; readonly bytes: Bytes },
    numUsedBlocks: number,
  ): void {
    const totals = this.#totals;
    totals.numSteps++;
    totals.flops += cost.flops;
    totals.bytes += cost.bytes;
    totals.blockSeconds += numUsedBlocks * (end - start);
    totals.numPrefillTokens += shape.numPrefillTokens;
    totals.lastStepEndTime = end;
  }

  /**
   * The same of `numSteps` steps in a row, from `times[n]` to `times[n + 1]` each: in each of them `numDecodes` requests got a token that
   * follows one at the step's start, and nothing else happened.
   */
  onDecodeSteps(
    times: Float64Array,
    numSteps: number,
    numDecodes: number,
    costs: { readonly flops: Float64Array; readonly bytes: Float64Array },
    numFreeBlocks: Int32Array,
  ): void {
    const totals = this.#totals;
    const { numUsableBlocks } = this.settings;
    const { flops: flopsOf, bytes: bytesOf } = costs;
    let { flops, bytes, blockSeconds } = totals;
    let start = times[0]!;
    for (let n = 0; n < numSteps; n++) {
      const end = times[n + 1]!;
      flops += flopsOf[n]!;
      bytes += bytesOf[n]!;
      blockSeconds += (numUsableBlocks - numFreeBlocks[n]!) * (end - start);
      start = end;
    }
    totals.flops = flops;
    totals.bytes = bytes;
    totals.blockSeconds = blockSeconds;
    this.gaps.addGaps(times, numSteps, numDecodes);
    totals.numSteps += numSteps;
    totals.numOutputTokens += numSteps * numDecodes;
    totals.lastStepEndTime = times[numSteps]!;
  }

  /** The last output token came at `now`, after `onFirstToken` or `onTokens` told of it. */
  onCompletion(request: Request, now: Seconds): void {
    this.table.onEnd(request, RequestStatus.Finished, now);
    const totals = this.#totals;
    totals.numCompleted++;
    totals.numCompletedPromptTokens += request.numPromptTokens;
    totals.numCompletedOutputTokens += request.numOutputTokens;
    totals.lastCompletionTime = now;
    if (request.numTokens > totals.longestRequest) totals.longestRequest = request.numTokens;
    const tokenSpan = now - this.table.firstTokenTime(request);
    totals.tokenSpan += tokenSpan;
    if (request.numOutputTokens > 1) {
      totals.numTpots++;
      totals.tpotSum += tokenSpan / (request.numOutputTokens - 1);
    }
    if (this.latencies === undefined) return;
    this.latencies.onCompletion(this.table.live, request.row);
    this.table.release(request);
  }

  /** The client disconnected. `numOutputTokens` and `lastTokenTime` of the request are up to date. */
  onAbort(request: Request, now: Seconds): void {
    this.table.onEnd(request, RequestStatus.Aborted, now);
    this.#totals.numAborted++;
    this.#totals.tokenSpan += this.tokenSpan(request);
    if (this.latencies !== undefined) this.table.release(request);
  }

  /** From the first output token of a live request to its last so far; 0 before the first. */
  tokenSpan(request: Request): Seconds {
    return request.numOutputTokens > 0
      ? request.lastTokenTime - this.table.firstTokenTime(request)
      : 0;
  }
}
