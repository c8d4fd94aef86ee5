/** The short way through steady decode, fast-forward included, gives the results of the plain rule, bit for bit. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { PolicyPlugin, RequestView, SchedulingPolicy, TraceRow } from "../../src/index.js";
import { assemble } from "../../src/simulation/assemble.js";
import { buildResult } from "../../src/simulation/build-result.js";
import type { SimulationConfig } from "../../src/simulation/config.js";
import { resolve } from "../../src/simulation/resolve.js";
import { arbTrace } from "../../src/testing/arbitraries.js";
import { arbConfig } from "../support/configs.js";
import { arbPrefixedRows } from "../support/traffic.js";

/** Everything a run says, or how it ended. */
function outcome(config: SimulationConfig, useDecodeSet: boolean): unknown {
  const resolved = resolve(config);
  const { engine, collector, kvCache } = assemble(resolved, useDecodeSet);
  try {
    while (engine.advance());
  } catch (error) {
    return String(error);
  }
  const { numEvictions } = kvCache;
  const {
    toJSON: _,
    by: __,
    ...result
  } = buildResult(collector, {
    config,
    seed: 0,
    kvCache: resolved.deployment.kvCacheSize,
    notes: [],
    warnings: [],
    partial: false,
    numEvictions,
  });
  return { ...result, totals: { ...collector.totals } };
}

/** Windows make the set hold less; most models have none. */
const arbFullAttention = fc
  .tuple(arbConfig, fc.integer({ min: 3, max: 60 }))
  .map(([config, numGpuBlocks]): SimulationConfig => {
    const { slidingWindow: _, numSlidingLayers: __, ...model } = config.model;
    const { kvCacheCapacity: ___, tensorParallel: ____, ...hardware } = config.hardware;
    return { ...config, hardware, model, scheduler: { ...config.scheduler, numGpuBlocks } };
  });

/** Small blocks, few of them, all cached: requests are preempted, find what is left of their own, and are preempted again. */
const arbTight = fc
  .tuple(arbFullAttention, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 6, max: 50 }))
  .map(([config, blockSize, numGpuBlocks]): SimulationConfig => ({
    ...config,
    scheduler: {
      ...config.scheduler,
      blockSize,
      numGpuBlocks,
      enablePrefixCaching: true,
      schedulerReserveFullIsl: false,
      prefixCacheRetentionInterval: 0,
    },
  }));

/** The same with windows: blocks are given back while requests run, and of a window only some are worth keeping. */
const arbTightWindows = fc
  .record({
    config: arbConfig,
    blockSize: fc.integer({ min: 1, max: 4 }),
    cacheTokens: fc.integer({ min: 20, max: 70 }),
    numLayers: fc.integer({ min: 1, max: 3 }),
    numSlidingLayers: fc.integer({ min: 1, max: 3 }),
    slidingWindow: fc.integer({ min: 1, max: 30 }),
    outputLength: fc.integer({ min: 8, max: 40 }),
    numRetainedBlocks: fc.constantFrom(null, 0, 0, 1, 2, 5),
  })
  .map(({ config, blockSize, cacheTokens, numRetainedBlocks, ...rest }): SimulationConfig => {
    const { outputLength, ...layers } = rest;
    const { kvCacheCapacity: _, tensorParallel: __, ...hardware } = config.hardware;
    const numSlidingLayers = Math.min(layers.numLayers, layers.numSlidingLayers);
    const outputLenDist = { type: "uniform", min: 1, max: outputLength } as const;
    return {
      ...config,
      workload:
        "outputLenDist" in config.workload
          ? { ...config.workload, outputLenDist }
          : config.workload,
      hardware,
      model: { ...config.model, ...layers, numSlidingLayers },
      scheduler: {
        ...config.scheduler,
        blockSize,
        maxNumSeqs: 8,
        numGpuBlocks: 2 + Math.ceil(cacheTokens / blockSize) * Math.min(2, layers.numLayers),
        enablePrefixCaching: true,
        schedulerReserveFullIsl: false,
        prefixCacheRetentionInterval: numRetainedBlocks && numRetainedBlocks * blockSize,
      },
    };
  });

test("also with windows", () => {
  fc.assert(
    fc.property(arbTightWindows, (config) => {
      expect(outcome(config, true)).toEqual(outcome(config, false));
    }),
    { numRuns: Number(process.env.RUNS ?? 300) },
  );
}, 600_000);

/** Everybody begins as the one before. */
function sharing(trace: readonly TraceRow[]): TraceRow[] {
  const inOrder = trace.toSorted((a, b) => a.arrivalTime - b.arrivalTime);
  return inOrder.map((row, i) => {
    if (i === 0) return row;
    const numTokens = Math.min(row.numPromptTokens, inOrder[i - 1]!.numPromptTokens);
    return { ...row, prefix: { row: i - 1, numTokens } };
  });
}

test("also with windows where prefixes are shared", () => {
  fc.assert(
    fc.property(arbTightWindows, arbTrace, (config, trace) => {
      const sharingConfig = { ...config, workload: { trace: sharing(trace) } };
      expect(outcome(sharingConfig, true)).toEqual(outcome(sharingConfig, false));
    }),
    { numRuns: Number(process.env.RUNS ?? 300) },
  );
}, 600_000);

test("with and without block ids where nobody shares a prefix, every column and sum has the same bits", () => {
  fc.assert(
    fc.property(arbTight, (config) => {
      expect(outcome(config, true)).toEqual(outcome(config, false));
    }),
    { numRuns: Number(process.env.RUNS ?? 300) },
  );
}, 300_000);

/** Conversations, references to earlier rows and ids of blocks, a few milliseconds apart. */
const arbSharing = fc
  .tuple(arbTight, arbPrefixedRows, fc.integer({ min: 0, max: 5 }), fc.boolean())
  .map(([config, rows, gap, isWide]): SimulationConfig => {
    const trace = rows.map((row, i) => ({ ...row, arrivalTime: (gap * i) / 1000 }));
    const { blockSize, numGpuBlocks } = config.scheduler;
    const scheduler = {
      ...config.scheduler,
      // Ids are of 8 or 24 tokens.
      blockSize: 2 ** (blockSize % 4),
      numGpuBlocks: isWide ? 4 * numGpuBlocks! : numGpuBlocks,
      schedulerReserveFullIsl: isWide,
    };
    return {
      ...config,
      model: { ...config.model, maxSeqLen: 128 },
      scheduler,
      workload: { trace },
    };
  });

test("with and without block ids where prefixes are shared, every column and sum has the same bits", () => {
  fc.assert(
    fc.property(arbSharing, (config) => {
      expect(outcome(config, true)).toEqual(outcome(config, false));
    }),
    { numRuns: Number(process.env.RUNS ?? 300) },
  );
}, 300_000);

/** Who has got least of what is being served goes first: it has to know how far every running request is. */
const leastServed: PolicyPlugin = {
  name: "least served",
  create() {
    const running = new Map<RequestView, string>();
    const served = (tenant: string) =>
      [...running].reduce((sum, [r, t]) => sum + (t === tenant ? r.numComputedTokens : 0), 0);
    return {
      name: "least served",
      orderChangesWithTime: true,
      compareWaiting: (a, b) => served(a.tenant) - served(b.tenant),
      selectVictim: (all, cursor) => (all[cursor]!.numOutputTokens % 2 === 0 ? cursor : 0),
      onAdmission: (request) => void running.set(request, request.tenant),
      onRequestEnd: (request) => void running.delete(request),
    };
  },
};

test("also under a policy that watches what is running", () => {
  fc.assert(
    fc.property(arbConfig, ({ scheduler, ...config }) => {
      const watching = { ...config, scheduler: { ...scheduler, policy: leastServed } };
      expect(outcome(watching, true)).toEqual(outcome(watching, false));
    }),
    { numRuns: Number(process.env.RUNS ?? 200) },
  );
}, 300_000);

test("with and without the decode set, every column and sum has the same bits", () => {
  fc.assert(
    fc.property(fc.oneof({ arbitrary: arbFullAttention, weight: 2 }, arbConfig), (config) => {
      expect(outcome(config, true)).toEqual(outcome(config, false));
    }),
    { numRuns: Number(process.env.RUNS ?? 300) },
  );
}, 300_000);

/** Two users in two blocks: whoever is preempted leaves the pipeline empty, and fills its first block just then. */
test("also after a pause of asynchronous scheduling", () => {
  const config: SimulationConfig = {
    hardware: { computeFlops: 1e7, memoryBandwidth: 1e6, memoryCapacity: 5887, bytesPerParam: 1 },
    model: {
      numParameters: 2802,
      numLayers: 6,
      hiddenDim: 36,
      numHeads: 6,
      numKvHeads: 1,
      headDim: 2,
      maxSeqLen: 93,
    },
    scheduler: {
      maxNumBatchedTokens: 24,
      maxNumSeqs: 6,
      blockSize: 16,
      numGpuBlocks: 3,
      enableChunkedPrefill: true,
      longPrefillTokenThreshold: 4,
      asyncScheduling: true,
      enablePrefixCaching: true,
      schedulerReserveFullIsl: false,
      policy: leastServed,
    },
    workload: {
      arrivalPattern: "closed_loop",
      numConcurrentUsers: 2,
      numRequests: 10,
      seed: 7429688119714121,
      inputLenDist: { type: "uniform", min: 1, max: 15 },
      outputLenDist: { type: "normal", mean: 5, stdDev: 0 },
    },
  };
  expect(outcome(config, true)).toEqual(outcome(config, false));
});

/** Whoever was preempted is admitted again later, with all but one token cached, so that its prefill looks like a decode. */
test("also after a pause of asynchronous scheduling that takes time", () => {
  const startedLast: SchedulingPolicy = {
    name: "started-last",
    orderChangesWithTime: true,
    compareWaiting: (a, b) =>
      Number(a.numOutputTokens > 0) - Number(b.numOutputTokens > 0) || b.priority - a.priority,
  };
  const config: SimulationConfig = {
    hardware: { computeFlops: 1e9, memoryBandwidth: 1e6, memoryCapacity: 1e9, bytesPerParam: 1 },
    model: { numParameters: 1000, numLayers: 2, hiddenDim: 16, numHeads: 4, maxSeqLen: 64 },
    scheduler: {
      maxNumBatchedTokens: 6,
      maxNumSeqs: 8,
      blockSize: 1,
      numGpuBlocks: 17,
      enableChunkedPrefill: false,
      asyncScheduling: true,
      enablePrefixCaching: true,
      schedulerReserveFullIsl: false,
      policy: startedLast,
    },
    workload: {
      trace: [
        { arrivalTime: 0, numPromptTokens: 1, numOutputTokens: 15 },
        {
          arrivalTime: 0.003,
          numPromptTokens: 5,
          numOutputTokens: 12,
          priority: 1,
          abortTime: 5,
        },
        { arrivalTime: 0.0191, numPromptTokens: 1, numOutputTokens: 8 },
      ],
    },
  };
  expect(outcome(config, true)).toEqual(outcome(config, false));
});

test("a step is told of alike, whether the steps before it were passed or taken one by one", () => {
  fc.assert(
    fc.property(
      fc.oneof(arbFullAttention, arbConfig),
      fc.integer({ min: 4, max: 40 }),
      fc.boolean(),
      ({ hardware, ...config }, numGpuBlocks, asyncScheduling) => {
        const { kvCacheCapacity: _, ...bare } = hardware;
        const scheduler = { ...config.scheduler, numGpuBlocks, asyncScheduling };
        const told = (maxSteps: number): Map<number, unknown> => {
          const { engine } = assemble(resolve({ ...config, hardware: bare, scheduler }));
          const steps = new Map<number, unknown>();
          try {
            while (engine.advance(Infinity, maxSteps))
              steps.set(engine.numSteps, engine.lastStep());
          } catch (error) {
            steps.set(Infinity, String(error));
          }
          return steps;
        };
        const oneByOne = told(1);
        for (const [step, counts] of told(Infinity)) expect(counts).toEqual(oneByOne.get(step));
      },
    ),
    { numRuns: Number(process.env.RUNS ?? 300) },
  );
}, 300_000);
