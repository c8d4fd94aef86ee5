/** A request in the system: live and mutable, one fixed shape. Policies see it as a {@link RequestView}. */
import type { Seconds, Tokens } from "../base/units.js";
import type { HeldRuns } from "./block-runs.js";
import type { BlockTables } from "./block-tables.js";
import type { OwnBlocks } from "./own-blocks.js";
import { type Pace, STANDING } from "./pace.js";
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
  /** Who sent it; empty where the workload does not say. */
  readonly tenant: string;
  /** The class of service that it belongs to; empty where the workload does not say. */
  readonly class: string;
  /** Output tokens generated so far. */
  readonly numOutputTokens: Tokens;
  /** Tokens whose KV has been computed, or is being computed in the batches in flight. */
  readonly numComputedTokens: Tokens;
  readonly numPreemptions: number;
}

/** What an oracle sees besides: the future, which no server knows. */
export interface OracleView extends RequestView {
  /** Output tokens after which the request will end by itself. */
  readonly stopLength: Tokens;
}

/** The key by which `running` and all lists made from it are sorted. */
const byAdmission = (request: Request): number => request.admissionOrder;
// Not named like the field itself: the CommonJS build would take the field's initial value for that of the export.
export { byAdmission as admissionOrder };

export class Request implements OracleView {
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
  readonly tenant: string;
  readonly class: string;
  readonly abortTime: Seconds;

  status: RequestStatus = RequestStatus.Waiting;
  numPreemptions = 0;
  /** Prompt tokens found in the prefix cache at first admission; −1 before it. */
  numCachedTokens: Tokens = -1;
  /** Its row in the request table, which alone writes this. */
  row = 0;
  /** Position in the order of admissions; `running` is sorted by it. */
  admissionOrder = 0;

  /** What this request advances with; its counts below are relative to it. */
  #pace: Pace = STANDING;
  #computed: Tokens = 0;
  #output: Tokens = 0;
  #inFlight: Tokens = 0;
  #placeholders = 0;
  #lastTokenTime: Seconds = NaN;

  // State of the KV cache, which alone writes it.
  /** Tokens that have a slot in the KV cache. */
  numAllocatedTokens: Tokens = 0;
  /** Tokens at the start that windowed layers have given up the KV of. */
  numSkippedTokens: Tokens = 0;
  /** Tokens at the start whose full blocks count as registered for prefix caching; kept where blocks have no ids. */
  numRegisteredTokens: Tokens = 0;
  blockTables: BlockTables | undefined = undefined;
  heldRuns: HeldRuns | undefined = undefined;
  ownBlocks: OwnBlocks | undefined = undefined;
  readonly blockKeys: Int32Array | undefined;
  /** Key of block 0 where this request's content has private keys; 0 where it has none. Of the next block it is one less, in runs one more. */
  firstPrivateKey = 0;

  // State of the decode set, which alone writes it.
  nextDue: Request | undefined = undefined;
  steadyStage = 0;

  constructor(spec: RequestSpec, index: number, maxModelLen: Tokens, arrivalOrder = index) {
    this.index = index;
    this.arrivalTime = spec.arrivalTime;
    this.arrivalOrder = arrivalOrder;
    this.numPromptTokens = spec.numPromptTokens;
    this.maxTokens = spec.maxTokens ?? spec.numOutputTokens;
    this.stopLength = Math.min(
      spec.numOutputTokens,
      this.maxTokens,
      maxModelLen - spec.numPromptTokens,
    );
    this.priority = spec.priority ?? 0;
    this.tenant = spec.tenant ?? "";
    this.class = spec.class ?? "";
    this.abortTime = spec.abortTime ?? Infinity;
    this.blockKeys = spec.blockKeys;
  }

  /** Prompt and generated tokens. */
  get numTokens(): Tokens {
    return this.numPromptTokens + this.numOutputTokens;
  }

  get numOutputTokens(): Tokens {
    return this.#output + this.#pace.numDelivered;
  }

  get numComputedTokens(): Tokens {
    return this.#computed + this.#pace.numScheduled;
  }

  /** Tokens scheduled in batches that have not been processed yet. */
  get numInFlightTokens(): Tokens {
    return this.#inFlight + this.#pace.numScheduled - this.#pace.numDelivered;
  }

  /** Sampled tokens that are still in flight; they count as known. */
  get numOutputPlaceholders(): number {
    return this.#placeholders + this.#pace.numScheduled - this.#pace.numDelivered;
  }

  /** When the last output token was delivered; NaN before the first. */
  get lastTokenTime(): Seconds {
    return this.isSteady ? this.#pace.lastTokenTime : this.#lastTokenTime;
  }

  /** It advances with others, by one token a step. */
  get isSteady(): boolean {
    return this.#pace !== STANDING;
  }

  /** A step was formed in which this request computes `numTokens`; `samples`: it gets an output token from it. */
  onScheduled(numTokens: Tokens, samples: boolean): void {
    this.#computed += numTokens;
    this.#inFlight += numTokens;
    if (samples) this.#placeholders++;
  }

  /** A step in which it computed `numTokens` has been executed. */
  onProcessed(numTokens: Tokens): void {
    this.#inFlight -= numTokens;
  }

  /** An output token was delivered. */
  onToken(now: Seconds): void {
    this.#output++;
    this.#placeholders--;
    this.#lastTokenTime = now;
  }

  /** Computation starts after the cached prefix. */
  onAdmitted(numCachedTokens: Tokens): void {
    this.#computed = numCachedTokens;
  }

  /** Everything computed is lost; what was generated is not. */
  onPreempted(): void {
    this.#computed = 0;
    this.numPreemptions++;
  }

  /** Advances with `pace` from here on; `STANDING`: by itself. Changes no count. */
  setPace(pace: Pace): void {
    if (this.isSteady) this.#lastTokenTime = this.#pace.lastTokenTime;
    const { numScheduled, numDelivered } = this.#pace;
    const scheduled = numScheduled - pace.numScheduled;
    const delivered = numDelivered - pace.numDelivered;
    this.#computed += scheduled;
    this.#output += delivered;
    this.#inFlight += scheduled - delivered;
    this.#placeholders += scheduled - delivered;
    this.#pace = pace;
  }
}
