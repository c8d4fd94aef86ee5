/** An arbitrary over everything that a config can say. Its configs are valid and cheap to run. */
import fc from "fast-check";
import { modelLayout } from "../cost/device-memory.js";
import { planMemory } from "../cost/memory-budget.js";
import { allowedTensorParallel } from "../cost/tensor-parallel.js";
import { admissionCheck } from "../engine/admission.js";
import { CountingKvCache } from "../kv-cache/counting-kv-cache.js";
import { Request } from "../request/request.js";
import type {
  HardwareConfig,
  LengthConfig,
  ModelConfig,
  SchedulerConfig,
  SimulationConfig,
  TraceRow,
  WorkloadConfig,
} from "../simulation/config.js";
import { completeModel } from "../simulation/defaults.js";
import { resolve } from "../simulation/resolve.js";
import type { ModelSpec } from "../spec/model-spec.js";
import { createWorkload } from "../workload/create.js";

/** A key that may be left out. */
const maybe = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: undefined });
const int = (min: number, max: number) => fc.integer({ min, max });
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const arbModel: fc.Arbitrary<ModelConfig> = fc
  .record({
    numHeads: fc.constantFrom(1, 2, 4, 6),
    numKvHeads: maybe(fc.constantFrom(1, 2, 4, 6)),
    widthPerHead: int(1, 8),
    headDim: maybe(int(1, 8)),
    numParameters: int(1e3, 1e4),
    activeShare: maybe(real(0.1, 1)),
    numLayers: int(1, 6),
    slidingWindow: maybe(int(1, 40)),
    slidingShare: maybe(real(0, 1)),
    maxSeqLen: fc.oneof({ arbitrary: int(32, 96), weight: 3 }, int(8, 32)),
  })
  .map(({ widthPerHead, activeShare, slidingShare, ...model }) => ({
    ...model,
    hiddenDim: model.numHeads * widthPerHead,
    numKvHeads: model.numHeads % (model.numKvHeads ?? 1) === 0 ? model.numKvHeads : undefined,
    numActiveParameters: activeShare && model.numParameters * activeShare,
    numSlidingLayers:
      slidingShare && model.slidingWindow && Math.floor(slidingShare * model.numLayers),
  }));

const arbScheduler: fc.Arbitrary<SchedulerConfig> = fc
  .record({
    maxNumBatchedTokens: fc.oneof(int(1, 24), int(24, 64)),
    maxNumSeqs: int(1, 8),
    blockSize: fc.constantFrom(1, 2, 3, 4, 8, 16),
    enableChunkedPrefill: fc.constantFrom(true, true, false),
    policy: maybe(
      fc.constantFrom(
        "fcfs",
        "priority",
        "sof",
        "sif",
        "stf",
        "lif",
        "lof",
        "ltf",
        "SJF",
        "Priority",
      ),
    ),
    longPrefillTokenThreshold: maybe(int(0, 32)),
    maxNumPartialPrefills: maybe(int(1, 4)),
    enablePreemptionFree: maybe(fc.boolean()),
    asyncScheduling: maybe(fc.boolean()),
    enablePrefixCaching: maybe(fc.boolean()),
    prefixCacheRetentionInterval: maybe(fc.option(int(0, 4))),
    watermark: maybe(int(0, 30).map((percent) => percent / 100)),
    schedulerReserveFullIsl: maybe(fc.boolean()),
  })
  .map(({ prefixCacheRetentionInterval: blocks, ...scheduler }) => ({
    ...scheduler,
    prefixCacheRetentionInterval: blocks && blocks * scheduler.blockSize,
  }));

/** Devices with room for one longest sequence and a few blocks, or a cache of a few blocks that is taken as it is. */
function arbHardware(
  modelConfig: ModelConfig,
  scheduler: SchedulerConfig,
): fc.Arbitrary<Pick<SimulationConfig, "hardware" | "scheduler">> {
  const model = completeModel(modelConfig);
  return fc
    .record({
      computeFlops: real(1e7, 1e9),
      memoryBandwidth: real(1e6, 1e8),
      bytesPerParam: fc.constantFrom(1, 2),
      gpuMemoryUtilization: maybe(real(0.5, 1)),
      numDevices: fc.constantFrom(...allowedTensorParallel(model).slice(0, 3)),
      cacheTokens: fc.oneof({ arbitrary: int(40, 120), weight: 4 }, int(1, 40)),
      cache: fc.constantFrom("derived", "derived", "kvCacheCapacity", "numGpuBlocks"),
      isTensorParallelGiven: fc.boolean(),
    })
    .map(({ numDevices, cacheTokens, cache, isTensorParallelGiven, ...device }) => {
      const { gpuMemoryUtilization = 0.9, bytesPerParam } = device;
      const { maxNumBatchedTokens, blockSize, asyncScheduling = false } = scheduler;
      const { groups, bytesPerBlock, blocksPerMaxLenRequest } = modelLayout(
        {
          model,
          bytesPerParam,
          gpuMemoryUtilization,
          memoryCapacity: 1,
          maxNumBatchedTokens,
          blockSize,
          asyncScheduling,
        },
        numDevices,
      );
      const numBlocks = 1 + Math.ceil(cacheTokens / blockSize) * groups.length;
      const cacheBytes = bytesPerBlock * (numBlocks + 0.5);
      const bytes =
        model.numParameters * bytesPerParam +
        Math.max(cacheBytes, bytesPerBlock * (blocksPerMaxLenRequest + 0.5));
      const hardware: HardwareConfig = {
        ...device,
        memoryCapacity: bytes / numDevices / gpuMemoryUtilization,
        kvCacheCapacity: cache === "kvCacheCapacity" ? cacheBytes : undefined,
        tensorParallel: isTensorParallelGiven ? numDevices : undefined,
      };
      const numGpuBlocks = cache === "numGpuBlocks" ? numBlocks : undefined;
      return { hardware, scheduler: { ...scheduler, numGpuBlocks } };
    })
    .filter((config) => holdsBlocks(config, model));
}

/** Not so where fewer devices than intended hold a longest sequence, but not in blocks of this size: that is an error. */
function holdsBlocks(
  { hardware, scheduler }: Pick<SimulationConfig, "hardware" | "scheduler">,
  model: ModelSpec,
): boolean {
  const { gpuMemoryUtilization = 0.9 } = hardware;
  const { asyncScheduling = false } = scheduler;
  const { bytesPerParam = 2 } = hardware;
  const settings = { ...hardware, ...scheduler, gpuMemoryUtilization, asyncScheduling };
  return planMemory({ ...settings, bytesPerParam, model }).ok;
}

const arbLengths: fc.Arbitrary<LengthConfig> = fc.oneof(
  int(1, 24).map((value) => ({ type: "fixed", value }) as const),
  fc
    .tuple(int(1, 12), int(0, 24))
    .map(([min, n]) => ({ type: "uniform", min, max: min + n }) as const),
  fc.record({ type: fc.constant("normal" as const), mean: int(1, 24), stdDev: int(0, 10) }),
  fc.record({ type: fc.constant("lognormal" as const), mean: real(1, 3), stdDev: real(0.1, 1) }),
);

const MAX_REQUESTS = 30;

const LABELS = ["a", "b", "c"];

export const arbTrace: fc.Arbitrary<readonly TraceRow[]> = fc.array(
  fc
    .record({
      arrivalTime: int(0, 100).map((ms) => ms / 1000),
      numPromptTokens: int(1, 40),
      numOutputTokens: int(1, 30),
      priority: maybe(int(0, 3)),
      tenant: maybe(fc.constantFrom(...LABELS)),
      class: maybe(fc.constantFrom(...LABELS)),
      patience: fc.option(real(0.001, 1), { nil: undefined, freq: 2 }),
    })
    .map(({ patience, ...row }) => ({
      ...row,
      abortTime: patience === undefined ? undefined : row.arrivalTime + patience,
    })),
  { minLength: 1, maxLength: MAX_REQUESTS, size: "max" },
);

const arbArrivals: fc.Arbitrary<WorkloadConfig> = fc
  .record({
    arrivalPattern: fc.constantFrom(
      ...([
        "poisson",
        "uniform",
        "fixed_rate",
        "burst",
        "batched",
        "closed_loop",
        "gamma",
      ] as const),
    ),
    arrivalRate: real(50, 1e5),
    numRequests: fc.oneof({ arbitrary: int(10, MAX_REQUESTS), weight: 3 }, int(1, 10)),
    limit: fc.constantFrom("number", "duration", "both"),
    numConcurrentUsers: int(1, 6),
    burstSize: maybe(int(1, 6)),
    batchSize: maybe(int(1, 6)),
    burstiness: maybe(real(0.2, 5)),
  })
  .map(({ numRequests, limit, ...arrivals }) => {
    const { arrivalPattern, arrivalRate, batchSize } = arrivals;
    const isEndless =
      arrivalPattern === "closed_loop" || (arrivalPattern === "batched" && batchSize === undefined);
    return {
      ...arrivals,
      numRequests: limit === "duration" && !isEndless ? undefined : numRequests,
      durationSecs: limit === "number" ? undefined : numRequests / arrivalRate,
    };
  });

const arbLabelWeights = fc.uniqueArray(
  fc.record({ name: fc.constantFrom(...LABELS), weight: real(0.1, 10) }),
  { minLength: 1, maxLength: 3, selector: ({ name }) => name },
);

export const arbWorkload: fc.Arbitrary<WorkloadConfig> = fc
  .record({
    source: fc.constantFrom("synthetic", "synthetic", "synthetic", "trace", "trace with arrivals"),
    arrivals: arbArrivals,
    trace: arbTrace,
    lengths: fc.record({ inputLenDist: arbLengths, outputLenDist: arbLengths }),
    rest: fc.record({
      seed: maybe(fc.maxSafeNat()),
      maxTokens: maybe(int(1, 30)),
      priorities: maybe(
        fc.array(fc.record({ value: int(-2, 2), weight: real(0.1, 10) }), {
          minLength: 1,
          maxLength: 3,
        }),
      ),
      tenants: maybe(arbLabelWeights),
      classes: maybe(arbLabelWeights),
    }),
  })
  .map(({ source, arrivals, trace, lengths, rest }) => ({
    ...rest,
    ...(source === "trace" ? {} : arrivals),
    ...(source === "synthetic" ? lengths : { trace }),
  }));

/**
 * Any valid config, and none of which the run is stalled: small models with and without sliding layers, caches from one usable block up, every policy,
 * arrival pattern, length distribution and switch; about 30 requests of at most some 40 + 40 tokens.
 */
export const arbConfig: fc.Arbitrary<SimulationConfig> = fc
  .tuple(arbModel, arbScheduler)
  .map(([model, scheduler]) => [model, withoutDeadlock(scheduler, model)] as const)
  .chain(([model, scheduler]) =>
    fc.record({
      model: fc.constant(model),
      deployment: arbHardware(model, scheduler),
      workload: arbWorkload,
      slo: maybe(fc.record({ ttft: maybe(real(0.001, 1)), e2e: maybe(real(0.001, 1)) })),
    }),
  )
  .map(({ model, deployment, workload, slo }) => ({ model, ...deployment, workload, slo }))
  .filter((config) => config.workload.arrivalPattern !== "closed_loop" || admitsFirst(config));

/** A closed loop that has all its requests rejected is stalled, which is an error. */
function admitsFirst(config: SimulationConfig & { readonly workload: WorkloadConfig }): boolean {
  const { model, scheduler, kvCache } = resolve(config).deployment;
  const first = new Request(createWorkload(config.workload).next(), 0, model.maxSeqLen);
  return admissionCheck(scheduler, new CountingKvCache(kvCache))(first) === undefined;
}

/**
 * With chunked prefill off, a preempted request whose known tokens have outgrown the budget is never admitted again, and the
 * run is stalled. vLLM asks for this budget always.
 */
function withoutDeadlock(scheduler: SchedulerConfig, { maxSeqLen }: ModelConfig): SchedulerConfig {
  const { enableChunkedPrefill, enablePreemptionFree, maxNumBatchedTokens } = scheduler;
  if (enableChunkedPrefill || enablePreemptionFree) return scheduler;
  return { ...scheduler, maxNumBatchedTokens: Math.max(maxNumBatchedTokens, maxSeqLen) };
}
