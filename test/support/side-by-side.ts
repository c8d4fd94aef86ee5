/** One scenario through the library's scheduler and through the reference, step by step. */
import { CountingKvCache } from "../../src/kv-cache/counting-kv-cache.js";
import type { KvCacheSettings } from "../../src/kv-cache/kv-cache-config.js";
import type { KvCache } from "../../src/kv-cache/kv-cache.js";
import {
  Batch,
  PagedKvCache,
  policiesByName,
  Request,
  Scheduler,
} from "../../src/scheduler/index.js";
import {
  type Decisions,
  ReferenceScheduler,
  type ReferenceSettings,
} from "./reference-scheduler.js";

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

/** The library's scheduler: over which KV cache, and whether requests in steady decode are visited. */
export interface Variant {
  readonly cache: "counting" | "paged";
  readonly useDecodeSet: boolean;
}

export const variants: readonly Variant[] = [
  { cache: "counting", useDecodeSet: false },
  { cache: "counting", useDecodeSet: true },
  { cache: "paged", useDecodeSet: false },
  { cache: "paged", useDecodeSet: true },
];

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
 * The first step in which one of `variants` differs from the reference, with what each decided; undefined if there is none.
 * Ends when all requests have ended, or nothing can proceed.
 */
export function firstDifference({ settings, requests }: Scenario, variants: readonly Variant[]) {
  const drivers = variants.map((variant) => new Driver(settings, variant));
  const reference = new ReferenceScheduler(settings);
  const live = new Set<number>();
  const lastEvent = Math.max(...requests.flatMap((r) => [r.arrivalStep, r.abortStep ?? 0]));
  for (let step = 0; step < 10_000; step++) {
    requests.forEach((request, id) => {
      if (request.arrivalStep !== step) return;
      reference.add({ id, ...request });
      for (const driver of drivers) driver.add({ id, ...request });
      live.add(id);
    });
    requests.forEach(({ abortStep }, id) => {
      if (abortStep !== step || !live.delete(id)) return;
      reference.abort(id);
      for (const driver of drivers) driver.abort(id);
    });
    const expected = reference.step();
    for (const driver of drivers) {
      const actual = driver.step();
      if (decisions.every((name) => same(actual[name], expected[name]))) continue;
      return { step, variant: driver.variant, expected, actual };
    }
    for (const id of expected.finished) live.delete(id);
    const isOver = expected.scheduled.length === 0 && expected.preempted.length === 0;
    if (isOver && step >= lastEvent) return undefined;
  }
  throw new Error("the scenario does not end");
}

/** The library's scheduler, answering in the words of the reference. */
class Driver {
  readonly variant: Variant;
  readonly #settings: ReferenceSettings;
  readonly #kvCache: KvCache;
  readonly #scheduler: Scheduler;
  readonly #batch = new Batch([Infinity]);
  readonly #requests = new Map<number, Request>();
  #numSteps = 0;

  constructor(settings: ReferenceSettings, variant: Variant) {
    this.variant = variant;
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
      variant.cache === "paged"
        ? new PagedKvCache(cacheSettings)
        : new CountingKvCache(cacheSettings);
    this.#scheduler = new Scheduler(
      {
        ...rest,
        asyncScheduling: false,
        maxNumPartialPrefills: undefined,
        enablePreemptionFree: false,
      },
      this.#kvCache,
      policiesByName[policy]!(),
      variant,
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
    const before = new Map(scheduler.running.map((r) => [r, r.numComputedTokens]));
    scheduler.schedule(this.#numSteps++, batch);
    const numFreeAfterSchedule = this.#kvCache.numFreeBlocks;
    const scheduled = this.variant.useDecodeSet
      ? scheduler.running.map((r) => pair(r, r.numComputedTokens - (before.get(r) ?? 0)))
      : batch.scheduled.toArray().map((r) => pair(r.request, r.numTokens));
    const admitted = batch.admitted.map((r) => r.request);
    const preempted = batch.preempted.toArray();
    scheduler.update(this.#numSteps, batch);
    return {
      scheduled: scheduled.filter(([, numTokens]) => numTokens > 0),
      admitted: admitted.filter((r) => r.numPreemptions === 0).map(idOf),
      resumed: admitted.filter((r) => r.numPreemptions > 0).map(idOf),
      preempted: preempted.map((r) => pair(r.request, r.numLostTokens)),
      finished: batch.finished.map(idOf),
      numFreeAfterSchedule,
      numFree: this.#kvCache.numFreeBlocks,
      running: scheduler.running.map(idOf),
      waiting: scheduler.waitingRequests().map(idOf),
    };
  }
}

const decisions: readonly (keyof Decisions)[] = [
  "scheduled",
  "admitted",
  "resumed",
  "preempted",
  "finished",
  "numFreeAfterSchedule",
  "numFree",
  "running",
  "waiting",
];

function same(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((item, i) => same(item, b[i]));
}

const idOf = (request: Request) => request.index;
const pair = (request: Request, count: number): [number, number] => [request.index, count];
