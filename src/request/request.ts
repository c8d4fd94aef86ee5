/** A request in the system: live and mutable, one fixed shape. Policies see it as a {@link RequestView}. */
import type { Seconds, Tokens } from "../base/units.js";
import type { BlockTables } from "./block-tables.js";
import type { RequestSpec } from "./request-spec.js";

/** Where a request stands. The numbers are the values of the result's `status` column. */
export const RequestStatus = {
  Waiting: 0,
  Running: 1,
  Preempted: 2,
  Finished: 3,
  /** Could never be served; see the result's reasons. */
  Rejected: 4,
  /** The client disconnected. */
  Aborted: 5,
} as const;
export type RequestStatus = (typeof RequestStatus)[keyof typeof RequestStatus];

/** What a scheduling policy may know of a request: all that a server knows, and nothing of the future. */
export interface RequestView {
  /** Position in the workload, from 0. */
  readonly index: number;
  readonly arrivalTime: Seconds;
  /** Position in the order of arrival, by which requests of one instant are told apart. */
  readonly arrivalOrder: number;
  readonly numPromptTokens: Tokens;
  /** The client's bound on the output. */
  readonly maxTokens: Tokens;
  readonly priority: number;
  /** Output tokens generated so far. */
  readonly numOutputTokens: Tokens;
  /** Tokens whose KV has been computed, or is being computed in the batches in flight. */
  readonly numComputedTokens: Tokens;
  readonly numPreemptions: number;
}

export class Request implements RequestView {
  readonly index: number;
  readonly arrivalTime: Seconds;
  /**
   * Stands for vLLM's arrival_time as an order key. There two requests never share one, so requests of one
   * instant are told apart by the order in which they came.
   */
  readonly arrivalOrder: number;
  readonly numPromptTokens: Tokens;
  /** Output tokens after which the model stops by itself. Not in the view: no server knows it. */
  readonly stopLength: Tokens;
  readonly maxTokens: Tokens;
  readonly priority: number;
  readonly abortTime: Seconds;

  status: RequestStatus = RequestStatus.Waiting;
  numOutputTokens: Tokens = 0;
  numComputedTokens: Tokens = 0;
  numPreemptions = 0;
  /** Prompt tokens found in the prefix cache at first admission; −1 before it. */
  numCachedTokens: Tokens = -1;
  /** When the last output token was delivered; NaN before the first. */
  lastTokenTime: Seconds = NaN;

  /** Sampled tokens that are still in flight; they count as known. Always 0 when scheduling is synchronous. */
  numOutputPlaceholders = 0;
  /** Tokens scheduled in batches that have not been processed yet. */
  numInFlightTokens: Tokens = 0;

  /** KV cache state; only the KV cache writes it. */
  /** Tokens that have a slot in the KV cache. */
  numAllocatedTokens: Tokens = 0;
  /** Tokens at the start that windowed layers have given up the KV of. */
  numSkippedTokens: Tokens = 0;
  blockTables: BlockTables | undefined = undefined;
  readonly blockKeys: Int32Array | undefined;
  /** Key of block 0 where this request's content has private keys (the next block's is one less); 0 where it has none. */
  firstPrivateKey = 0;

  constructor(spec: RequestSpec, index: number, maxModelLen: Tokens, arrivalOrder = index) {
    this.index = index;
    this.arrivalTime = spec.arrivalTime;
    this.arrivalOrder = arrivalOrder;
    this.numPromptTokens = spec.numPromptTokens;
    this.maxTokens = spec.maxTokens ?? spec.numOutputTokens;
    this.stopLength = Math.min(spec.numOutputTokens, this.maxTokens, maxModelLen - spec.numPromptTokens);
    this.priority = spec.priority ?? 0;
    this.abortTime = spec.abortTime ?? Infinity;
    this.blockKeys = spec.blockKeys;
  }

  /** Prompt and generated tokens. */
  get numTokens(): Tokens {
    return this.numPromptTokens + this.numOutputTokens;
  }
}
