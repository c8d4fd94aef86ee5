/**
 * The scheduler, the KV cache and its sizing by themselves, for who wants to drive them step by step: `inference-lab/scheduler`.
 *
 * @module
 */
export type { ReadonlyDeque } from "../collections/deque.js";
export {
  Batch,
  type BatchEntry,
  type PreemptedRequest,
  type ScheduledRequest,
} from "../request/batch.js";
export type { RecordList } from "../request/record-list.js";
export type { AttentionShape, BatchShape } from "../request/batch-shape.js";
export { BlockTables } from "../request/block-tables.js";
export type { BlockRun, HeldPart, HeldRuns } from "../request/block-runs.js";
export type { OwnBlocks, OwnRun } from "../request/own-blocks.js";
export type { RequestSpec } from "../request/request-spec.js";
export { type OracleView, Request, RequestStatus, type RequestView } from "../request/request.js";
export type { LayerAttention } from "../spec/kv-cache-group.js";
export {
  type CachedLayer,
  type KvCacheLayout,
  type KvCacheLayoutInput,
  type KvCacheSize,
  kvCacheLayout,
  type LayerGroup,
  sizeKvCache,
} from "../cost/kv-cache-groups.js";
export type { KvCacheGroup, KvCacheSettings } from "../kv-cache/kv-cache-config.js";
export type { KvCache } from "../kv-cache/kv-cache.js";
export { PagedKvCache } from "../kv-cache/paged-kv-cache.js";
export type { SchedulingPolicy } from "./policy.js";
export type { AskedPolicy } from "./policies/checked.js";
export { policiesByName } from "./policies/by-name.js";
export type { SchedulerSettings } from "./scheduler-config.js";
export { Scheduler, type SchedulerOptions } from "./scheduler.js";
