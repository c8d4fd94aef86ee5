/** Puts the parts of a run together: the one place that knows them all. */
import { Engine } from "../engine/engine.js";
import { CountingKvCache } from "../kv-cache/counting-kv-cache.js";
import type { KvCacheSettings } from "../kv-cache/kv-cache-config.js";
import type { KvCache } from "../kv-cache/kv-cache.js";
import { PagedKvCache } from "../kv-cache/paged-kv-cache.js";
import { PrivateKvCache } from "../kv-cache/private-kv-cache.js";
import { SharedKvCache } from "../kv-cache/shared-kv-cache.js";
import { steadyLayout } from "../kv-cache/steady-layout.js";
import { Collector } from "../metrics/collector.js";
import { policiesByName } from "../scheduler/policies/by-name.js";
import { checked } from "../scheduler/policies/checked.js";
import { Scheduler } from "../scheduler/scheduler.js";
import { checkedWorkload } from "../workload/checked.js";
import { type OpenedWorkload, openWorkload } from "../workload/create.js";
import type { RequestSource } from "../workload/request-source.js";
import type { Workload } from "../workload/workload.js";
import type { SimulationConfig, SloConfig } from "./config.js";
import { chooseCostModel, type ChosenCostModel } from "./cost-models.js";
import type { Resolved } from "./resolve.js";

export interface Assembly {
  readonly engine: Engine;
  readonly collector: Collector;
  readonly kvCache: KvCache;
  readonly workload: Workload;
  /** Where the requests come from; undefined where they are made up one by one, or by a plug-in. */
  readonly source: RequestSource | undefined;
  readonly provenance: ChosenCostModel["provenance"];
}

/** `useDecodeSet`: take the short way through steady decode. Changes no result. */
export function assemble({ config, deployment }: Resolved, useDecodeSet = true): Assembly {
  const { scheduler: settings, kvCache: kvCacheSettings, policy } = deployment;
  const { workload, source, sharesPrefixes } = open(config, kvCacheSettings);
  const { costModel, provenance } = chooseCostModel(config.costModel, deployment.description);
  const kvCache = createKvCache(kvCacheSettings, sharesPrefixes, !useDecodeSet);
  const scheduler = new Scheduler(
    settings,
    kvCache,
    typeof policy === "string" ? policiesByName[policy]!() : checked(policy, seedOf(config)),
    { useDecodeSet },
  );
  const collector = new Collector({
    numUsableBlocks: kvCache.numUsableBlocks,
    peakFlops: costModel.peakFlops,
    peakBandwidth: costModel.peakBandwidth,
    expectedRequests: workload.numRequests,
    slo: hasTargets(config.slo) ? config.slo : undefined,
    keepsRequests: config.simulation?.retain !== "summary",
  });
  const windows = attentionWindows(kvCacheSettings);
  const engine = new Engine({
    workload,
    scheduler,
    kvCache,
    costModel,
    collector,
    settings,
    windows,
  });
  return { engine, collector, kvCache, workload, source, provenance };
}

function hasTargets({ ttft, tpot, e2e }: SloConfig = {}): boolean {
  return ttft !== undefined || tpot !== undefined || e2e !== undefined;
}

/** Keys of prefixes are made only where somebody looks at them. */
function open(config: SimulationConfig, kvCache: KvCacheSettings): OpenedWorkload {
  const { workload, scheduler, model } = config;
  if ("create" in workload) {
    const created = workload.create(seedOf(config));
    const checked = checkedWorkload(workload.name, created);
    return { workload: checked, source: undefined, sharesPrefixes: true };
  }
  const { maxSeqLen } = model;
  if (!kvCache.enablePrefixCaching) return openWorkload(workload, { maxSeqLen });
  return openWorkload(workload, { maxSeqLen, blockSize: scheduler.blockSize });
}

/** The seed of everything random in a run. */
export function seedOf({ workload }: SimulationConfig): number {
  return workload.seed ?? 42;
}

/** Blocks have numbers only where others look for them and windows give them back one by one; `isPlain`: wherever they are cached. */
function createKvCache(
  settings: KvCacheSettings,
  sharesPrefixes: boolean,
  isPlain: boolean,
): KvCache {
  const { enablePrefixCaching, groups } = settings;
  if (!enablePrefixCaching) return new CountingKvCache(settings);
  const layout = steadyLayout(groups);
  if (isPlain || layout === undefined) return new PagedKvCache(settings);
  if (!sharesPrefixes) return new PrivateKvCache(settings, layout);
  const isFull = groups.length === 1 && groups[0]!.type === "full";
  return isFull ? new SharedKvCache(settings) : new PagedKvCache(settings);
}

function attentionWindows({ groups }: KvCacheSettings): number[] {
  const windows = groups.map((group) => {
    if (group.type === "swa") return group.slidingWindow;
    return group.type === "chunked_local" ? group.attentionChunkSize : Infinity;
  });
  return [...new Set(windows)];
}
