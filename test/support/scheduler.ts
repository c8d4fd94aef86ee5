/**
 * A scheduler and its KV cache, driven by hand and shown in a few words.
 *
 * Requests are called a, b, c … in the order in which they are added. A prompt is a number of tokens that no other
 * request has, or a text of one letter per token (blanks do not count), so that equal beginnings are shared prefixes.
 */
import { CountingKvCache } from "../../src/kv-cache/counting-kv-cache.js";
import { SharedKvCache } from "../../src/kv-cache/shared-kv-cache.js";
import { PrivateKvCache } from "../../src/kv-cache/private-kv-cache.js";
import { steadyLayout } from "../../src/kv-cache/steady-layout.js";
import {
  Batch,
  type KvCache,
  type KvCacheGroup,
  type KvCacheSettings,
  PagedKvCache,
  policiesByName,
  Request,
  RequestStatus,
  Scheduler,
  type SchedulerSettings,
  type SchedulingPolicy,
} from "../../src/scheduler/index.js";

export interface Setup {
  /** Usable blocks; the null block comes on top. Default 100. */
  readonly blocks?: number;
  /** Default 4. */
  readonly blockSize?: number;
  /** max_num_batched_tokens. Default 100. */
  readonly budget?: number;
  /** max_num_seqs. Default 100. */
  readonly seqs?: number;
  /** max_model_len. Default 1000. */
  readonly maxLen?: number;
  readonly policy?: "fcfs" | "priority" | SchedulingPolicy;
  /** enable_chunked_prefill. Default true. */
  readonly chunked?: boolean;
  /** long_prefill_token_threshold. Default 0. */
  readonly threshold?: number;
  /** scheduler_reserve_full_isl. Default true. */
  readonly reserve?: boolean;
  readonly watermark?: number;
  readonly async?: boolean;
  /** enable_prefix_caching. Default false. */
  readonly caching?: boolean;
  /** Default 0, as in vLLM: tails only. */
  readonly retention?: number | null;
  /** Default: full attention alone. */
  readonly groups?: readonly KvCacheGroup[];
  readonly partialPrefills?: number;
  /** Default: with the identity of every block. */
  readonly cache?: "paged" | "counting" | "shared" | "private";
}

export interface Wish {
  readonly priority?: number;
  /** As an order key; default: the order in which requests are added. */
  readonly arrival?: number;
  /** Rank among equal arrivals; default: the order in which requests are added. */
  readonly rank?: number;
  readonly maxTokens?: number;
}

export const full = (blockSize = 4): KvCacheGroup => ({ type: "full", blockSize });
export const swa = (slidingWindow: number, blockSize = 4): KvCacheGroup => ({
  type: "swa",
  slidingWindow,
  blockSize,
});
export const chunkedLocal = (attentionChunkSize: number, blockSize = 4): KvCacheGroup => ({
  type: "chunked_local",
  attentionChunkSize,
  blockSize,
});

const caches = {
  paged: PagedKvCache,
  counting: CountingKvCache,
  shared: SharedKvCache,
  private: class extends PrivateKvCache {
    constructor(settings: KvCacheSettings) {
      super(settings, steadyLayout(settings.groups)!);
    }
  },
};

export const aScheduler = (setup: Setup = {}) => new SchedulerByHand(setup);

class SchedulerByHand {
  readonly scheduler: Scheduler;
  readonly kvCache: KvCache;
  readonly settings: SchedulerSettings;
  readonly #hashBlockSize: number;
  readonly #maxLen: number;
  readonly #depth: number;
  readonly #requests: Request[] = [];
  readonly #keys = new Map<string, number>();
  /** Batches that were formed and not processed yet, the oldest first. */
  readonly #inFlight: Batch[] = [];
  #now = 0;

  constructor(setup: Setup) {
    const { blocks = 100, blockSize = 4, maxLen = 1000, policy = "fcfs" } = setup;
    this.#maxLen = maxLen;
    this.#depth = setup.async ? 2 : 1;
    const cache: KvCacheSettings = {
      numBlocks: blocks + 1,
      groups: setup.groups ?? [full(blockSize)],
      enablePrefixCaching: setup.caching ?? false,
      retentionInterval: setup.retention === undefined ? 0 : setup.retention,
      maxModelLen: maxLen,
      maxNumBatchedTokens: setup.budget ?? 100,
      asyncScheduling: setup.async ?? false,
    };
    this.settings = {
      maxNumBatchedTokens: cache.maxNumBatchedTokens,
      maxNumSeqs: setup.seqs ?? 100,
      maxModelLen: maxLen,
      enableChunkedPrefill: setup.chunked ?? true,
      longPrefillTokenThreshold: setup.threshold ?? 0,
      asyncScheduling: cache.asyncScheduling,
      schedulerReserveFullIsl: setup.reserve ?? true,
      watermark: setup.watermark ?? 0,
      maxNumPartialPrefills: setup.partialPrefills,
      enablePreemptionFree: false,
    };
    const paged = new PagedKvCache(cache);
    this.#hashBlockSize = paged.hashBlockSize;
    this.kvCache = setup.cache === undefined ? paged : new caches[setup.cache](cache);
    this.scheduler = new Scheduler(
      this.settings,
      this.kvCache,
      typeof policy === "string" ? policiesByName[policy]!() : policy,
    );
  }

  /** A request arrives. */
  add(prompt: number | string, output: number | string, wish: Wish = {}): void {
    const request = this.#request(prompt, output, wish);
    this.#requests.push(request);
    this.scheduler.add(request);
  }

  #request(prompt: number | string, output: number | string, wish: Wish = {}): Request {
    const { priority, arrival, rank = this.#requests.length, maxTokens } = wish;
    const spec = {
      arrivalTime: this.#now,
      numPromptTokens: numTokens(prompt),
      numOutputTokens: numTokens(output),
      maxTokens,
      priority,
      blockKeys: typeof prompt === "string" ? this.#keysOf(prompt, output) : undefined,
    };
    return new Request(spec, rank, this.#maxLen, arrival);
  }

  /** One key per text of whole blocks. */
  #keysOf(prompt: string, output: number | string): Int32Array {
    const content = tokens(prompt + (typeof output === "string" ? output : ""));
    const keys = new Int32Array(Math.floor(content.length / this.#hashBlockSize));
    keys.forEach((_, i) => {
      const prefix = content.slice(0, (i + 1) * this.#hashBlockSize);
      if (!this.#keys.has(prefix)) this.#keys.set(prefix, this.#keys.size);
      keys[i] = this.#keys.get(prefix)!;
    });
    return keys;
  }

  /** Forms a batch, and processes the oldest one when as many are in flight as may be. */
  step(): string {
    const batch = this.schedule();
    const mayWait = !batch.isEmpty || this.scheduler.hasRequests;
    const done = this.#inFlight.length < this.#depth && mayWait ? undefined : this.update();
    return [
      list(batch.scheduled.toArray(), (r) => this.nameOf(r.request) + r.numTokens) || "nothing",
      "hit " + list(batch.admitted, (r) => this.#counted(r.request, r.numCachedTokens)),
      "preempted " +
        list(batch.preempted.toArray(), (r) => this.nameOf(r.request) + r.numLostTokens),
      "finished " + list(done?.finished ?? [], (r) => this.nameOf(r)),
    ]
      .filter((part) => !part.endsWith(" "))
      .join(" | ");
  }

  steps(n: number): string[] {
    return Array.from({ length: n }, () => this.step());
  }

  schedule(): Batch {
    const batch = new Batch([Infinity]);
    this.scheduler.schedule(this.#now++, batch);
    this.#inFlight.push(batch);
    return batch;
  }

  update(): Batch {
    const batch = this.#inFlight.shift()!;
    this.scheduler.update(this.#now, batch);
    return batch;
  }

  /** The client is gone. */
  abort(name: string): void {
    this.scheduler.abort(this.request(name));
  }

  isAlive(name: string): boolean {
    const { status } = this.request(name);
    return status !== RequestStatus.Finished && status !== RequestStatus.Aborted;
  }

  get isIdle(): boolean {
    return !this.scheduler.hasRequests && this.#inFlight.length === 0;
  }

  get running(): string {
    return list(this.scheduler.running, (r) => this.nameOf(r));
  }

  get waiting(): string {
    return list(this.scheduler.waitingRequests(), (r) => this.nameOf(r));
  }

  get numFree(): number {
    return this.kvCache.numFreeBlocks;
  }

  request(name: string): Request {
    return this.#requests[letters.indexOf(name)]!;
  }

  /** A request's blocks, "-" for the null block; one table per group. */
  blocks(name: string): string {
    const { tables } = this.request(name).blockTables!;
    return tables.map((table) => table.map((block) => block || "-").join(" ")).join(" | ");
  }

  /** How much of a prompt the next request would find in the prefix cache. */
  cached(prompt: string): number {
    return this.kvCache.findCachedPrefix(this.#request(prompt, 1));
  }

  /** The free blocks in the order in which they are handed out. Uses them up: the last thing to ask. */
  freeList(): string {
    const taker = new Scheduler(takeAll, this.kvCache, policiesByName.fcfs!());
    const requests = Array.from({ length: this.numFree }, () => this.#request(1, 1));
    for (const request of requests) taker.add(request);
    taker.schedule(this.#now, new Batch([Infinity]));
    return requests.flatMap((request) => request.blockTables?.tables.flat() ?? []).join(" ");
  }

  get names(): string[] {
    return this.#requests.map((_, i) => letters[i]!);
  }

  nameOf(request: Request): string {
    return letters[this.#requests.indexOf(request)]!;
  }

  #counted(request: Request, count: number): string {
    return count > 0 ? this.nameOf(request) + count : "";
  }
}

/** One-token requests are admitted as long as there are blocks. */
const takeAll: SchedulerSettings = {
  maxNumBatchedTokens: Infinity,
  maxNumSeqs: Infinity,
  maxModelLen: Infinity,
  enableChunkedPrefill: true,
  longPrefillTokenThreshold: 0,
  asyncScheduling: false,
  schedulerReserveFullIsl: false,
  watermark: 0,
  maxNumPartialPrefills: undefined,
  enablePreemptionFree: false,
};

const letters = "abcdefghijklmnopqrstuvwxyz";

const tokens = (text: string) => text.replaceAll(" ", "");
const numTokens = (text: number | string) =>
  typeof text === "number" ? text : tokens(text).length;

function list<T>(records: readonly T[], show: (record: T) => string): string {
  return records.map(show).filter(Boolean).join(" ");
}
