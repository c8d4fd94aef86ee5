/** One scenario through the library's scheduler and through the reference, step by step. */
import { CountingKvCache } from "../../src/kv-cache/counting-kv-cache.js";
import type { KvCacheSettings } from "../../src/kv-cache/kv-cache-config.js";
import type { KvCache } from "../../src/kv-cache/kv-cache.js";
import { Batch, PagedKvCache, policiesByName, Request, Scheduler } from "../../src/scheduler/index.js";
import { type Decisions, ReferenceScheduler, type ReferenceSettings } from "./reference-scheduler.js";

export interface Scenario {
  readonly settings: ReferenceSettings;
  /** In order of arrival. */
  readonly requests: readonly ScenarioRequest[];
}

export interface ScenarioRequest {
  readonly arrivalStep: number;
  /** The client leaves before this step is formed. */
  readonly abortStep?: number;
  readonly priority: number;
  readonly numPromptTokens: number;
  readonly maxTokens: number;
}

export type CacheKind = "counting" | "paged";

/** Whether the server would accept the request at all. */
export function isServable(request: ScenarioRequest, settings: ReferenceSettings): boolean {
  const { numPromptTokens, maxTokens } = request;
  const longest = Math.min(numPromptTokens + maxTokens, settings.maxModelLen) - 1;
  return (
    numPromptTokens < settings.maxModelLen &&
    (settings.enableChunkedPrefill || numPromptTokens <= settings.maxNumBatchedTokens) &&
    Math.ceil(longest / settings.blockSize) <= settings.numBlocks - 1
  );
}

/**
 * The first step in which the two differ, with what each decided; undefined if there is none. Ends when all requests have
 * ended, or nothing can proceed.
 */
export function firstDifference(scenario: Scenario, kind: CacheKind) {
  const { settings, requests } = scenario;
  const ours = new Driver(settings, kind);
  const reference = new ReferenceScheduler(settings);
  const live = new Set<number>();
  let numLeft = requests.length;
  for (let step = 0; step < 10_000; step++) {
    for (let id = 0; id < requests.length; id++) {
      const request = requests[id]!;
      if (request.arrivalStep !== step) continue;
      ours.add({ id, ...request });
      reference.add({ id, ...request });
      live.add(id);
      numLeft--;
    }
    for (let id = 0; id < requests.length; id++) {
      if (requests[id]!.abortStep !== step || !live.delete(id)) continue;
      ours.abort(id);
      reference.abort(id);
    }
    if (!reference.hasRequests && numLeft === 0) return undefined;
    const actual = ours.step();
    const expected = reference.step();
    if (!sameDecisions(actual, expected)) return { step, expected, actual };
    for (const id of expected.finished) live.delete(id);
    const isStuck = expected.scheduled.length === 0 && expected.preempted.length === 0;
    if (isStuck && step > lastEvent(requests)) return undefined;
  }
  throw new Error("the scenario does not end");
}

const lastEvent = (requests: readonly ScenarioRequest[]) =>
  Math.max(...requests.flatMap((r) => [r.arrivalStep, r.abortStep ?? 0]));

/** The library's scheduler, answering in the words of the reference. */
class Driver {
  readonly #settings: ReferenceSettings;
  readonly #kvCache: KvCache;
  readonly #scheduler: Scheduler;
  readonly #batch = new Batch([Infinity]);
  readonly #requests = new Map<number, Request>();
  #numSteps = 0;

  constructor(settings: ReferenceSettings, kind: CacheKind) {
    const { numBlocks, blockSize, policy, ...rest } = settings;
    this.#settings = settings;
    const cacheSettings: KvCacheSettings = {
      numBlocks,
      groups: [{ type: "full", blockSize }],
      enablePrefixCaching: false,
      retentionInterval: 0,
      maxModelLen: rest.maxModelLen,
      maxNumBatchedTokens: rest.maxNumBatchedTokens,
      asyncScheduling: false,
    };
    this.#kvCache =
      kind === "paged" ? new PagedKvCache(cacheSettings) : new CountingKvCache(cacheSettings);
    this.#scheduler = new Scheduler(
      {
        ...rest,
        asyncScheduling: false,
        maxNumPartialPrefills: undefined,
        enablePreemptionFree: false,
      },
      this.#kvCache,
      policiesByName[policy]!(),
    );
  }

  add({ id, arrivalStep, ...spec }: ScenarioRequest & { readonly id: number }): void {
    const { maxTokens } = spec;
    const request = new Request(
      { ...spec, arrivalTime: arrivalStep, numOutputTokens: maxTokens },
      id,
      this.#settings.maxModelLen,
    );
    this.#requests.set(id, request);
    this.#scheduler.add(request);
  }

  abort(id: number): void {
    this.#scheduler.abort(this.#requests.get(id)!);
  }

  step(): Decisions {
    const scheduler = this.#scheduler;
    const batch = this.#batch;
    scheduler.schedule(this.#numSteps++, batch);
    const numFreeAfterSchedule = this.#kvCache.numFreeBlocks;
    scheduler.update(0, batch);
    const ids = (requests: readonly Request[]) => requests.map((r) => r.index);
    return {
      scheduled: batch.requests.map((r, i) => [r.index, batch.numTokens[i]!]),
      admitted: ids(batch.admitted.filter((r) => r.numPreemptions === 0)),
      resumed: ids(batch.admitted.filter((r) => r.numPreemptions > 0)),
      preempted: batch.preempted.map((r, i) => [r.index, batch.numLostTokens[i]!]),
      finished: ids(batch.finished),
      numFreeAfterSchedule,
      numFree: this.#kvCache.numFreeBlocks,
      running: ids(scheduler.running),
      waiting: ids(scheduler.waitingRequests()),
    };
  }
}

function sameDecisions(a: Decisions, b: Decisions): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
