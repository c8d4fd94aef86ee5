import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { ConfigError, type ConfigProblem } from "../../src/base/errors.js";
import type { AnyPolicy, SchedulingPolicy } from "../../src/scheduler/policy.js";
import type { SimulationConfig } from "../../src/simulation/config.js";
import { resolve } from "../../src/simulation/resolve.js";
import { simulate } from "../../src/simulation/simulation.js";
import { arbConfig, tinyConfig, type Tables } from "../support/configs.js";

type Overrides = { readonly [T in keyof Tables]?: Readonly<Record<string, unknown>> };

/** A tiny config with anything in it. */
const anyConfig = (overrides: Overrides) =>
  tinyConfig(overrides as Parameters<typeof tinyConfig>[0]);

function problemsOf(config: unknown): readonly ConfigProblem[] {
  try {
    resolve(config as SimulationConfig);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** The problems of a tiny config with these changes, a line each: `path: message; fix`. */
function linesOf(overrides: Overrides): string[] {
  return problemsOf(anyConfig(overrides)).map(
    ({ path, message, fix }) =>
      `${path.join(".")}: ${message}${fix === undefined ? "" : `; ${fix}`}`,
  );
}

test("a result says what its KV cache holds, in the figures that vLLM logs", () => {
  const config = tinyConfig({
    scheduler: { numGpuBlocks: 11, blockSize: 16 },
    model: { maxSeqLen: 60 },
  });
  const { kvCache, toJSON } = simulate(config);
  expect(kvCache).toEqual({ numGpuBlocks: 11, numTokens: 165, maxConcurrency: 11 / 4 });
  const replicated = { ...config, hardware: { ...config.hardware, dataParallel: 2 } };
  expect(simulate(replicated).kvCache.numGpuBlocks).toBe(22);
  expect(toJSON().kv_cache).toEqual({
    num_gpu_blocks: 11,
    num_tokens: 165,
    max_concurrency: 11 / 4,
  });
});

describe("one thing wrong is one problem that says what was found and what is allowed", () => {
  test.each<[Overrides, string]>([
    [{ workload: { arrivalRate: 0 } }, "workload.arrivalRate: must be a number above 0, found 0"],
    [{ workload: { arrivalRate: -1 } }, "workload.arrivalRate: must be a number above 0, found -1"],
    [
      { workload: { arrivalRate: NaN } },
      "workload.arrivalRate: must be a number above 0, found NaN",
    ],
    [
      { hardware: { computeFlops: Infinity } },
      "hardware.computeFlops: must be a number above 0, found Infinity",
    ],
    [
      { hardware: { memoryBandwidth: undefined } },
      "hardware.memoryBandwidth: is missing: must be a number above 0",
    ],
    [
      { hardware: { memoryCapacity: "80e9" } },
      'hardware.memoryCapacity: must be a number above 0, found "80e9"; remove the quotes',
    ],
    [
      { hardware: { gpuMemoryUtilization: 90 } },
      "hardware.gpuMemoryUtilization: must be a number above 0 and at most 1, found 90",
    ],
    [
      { hardware: { tensorParallel: 3 } },
      "hardware.tensorParallel: N = 3 devices do not divide the 4 heads; use one of 1, 2, 4",
    ],
    [{ model: { numLayers: 1.5 } }, "model.numLayers: must be a whole number above 0, found 1.5"],
    [{ model: { numLayers: 1e6 } }, "model.numLayers: must be at most 10000, found 1000000"],
    [
      { model: { numKvHeads: 3 } },
      "model.numKvHeads: must divide numHeads (4), found 3; use one of 1, 2, 4",
    ],
    [
      { model: { hiddenDim: 18 } },
      "model.hiddenDim: must be a multiple of numHeads (4), found 18; or give headDim",
    ],
    [
      { model: { numActiveParameters: 2e6 } },
      "model.numActiveParameters: must be at most numParameters (1000000), found 2000000",
    ],
    [
      { model: { slidingWindow: 4, numSlidingLayers: 3 } },
      "model.numSlidingLayers: must be at most numLayers (2), found 3",
    ],
    [
      { model: { numSlidingLayers: 1 } },
      "model.slidingWindow: is missing: 1 layers slide; give their window in tokens",
    ],
    [
      { scheduler: { enableChunkedPrefill: "true" } },
      'scheduler.enableChunkedPrefill: must be true or false, found "true"; remove the quotes',
    ],
    [
      { scheduler: { maxNumSeqs: 0 } },
      "scheduler.maxNumSeqs: must be a whole number above 0, found 0",
    ],
    [
      { scheduler: { watermark: 1 } },
      "scheduler.watermark: must be a number of at least 0 and below 1, found 1",
    ],
    [
      { scheduler: { policy: "fcsf" } },
      'scheduler.policy: must be one of fcfs, priority, sof, sjf, sif, stf, lif, lof, ltf, found "fcsf"; did you mean "fcfs"?',
    ],
    [
      { scheduler: { prefixCacheRetentionInterval: 6 } },
      "scheduler.prefixCacheRetentionInterval: must be a multiple of blockSize (4), found 6",
    ],
    [
      { scheduler: { numGpuBlocks: 1 } },
      "scheduler.numGpuBlocks: 1 blocks hold nothing, since the first is vLLM's null block; use at least 2",
    ],
    [
      { workload: { arrivalPattern: "Poisson" } },
      'workload.arrivalPattern: must be one of poisson, uniform, fixed_rate, burst, batched, closed_loop, gamma, found "Poisson"; did you mean "poisson"?',
    ],
    [
      { workload: { arrivalPattern: undefined } },
      'workload.arrivalPattern: is missing: must say how requests arrive, such as "poisson"',
    ],
    [
      { workload: { arrivalPattern: "gamma", arrivalRate: undefined } },
      "workload.arrivalRate: is missing: gamma arrivals need requests per second",
    ],
    [
      { workload: { arrivalPattern: "batched", batchSize: 2, arrivalRate: undefined } },
      "workload.arrivalRate: is missing: batched arrivals need requests per second",
    ],
    [
      { workload: { arrivalPattern: "closed_loop" } },
      "workload.numConcurrentUsers: is missing: closed_loop needs the number of users",
    ],
    [
      { workload: { numRequests: undefined } },
      "workload: has neither numRequests nor durationSecs, so it would never end; add one of them",
    ],
    [
      { workload: { arrivalPattern: "batched", numRequests: undefined, durationSecs: 1 } },
      "workload.numRequests: is missing: all requests arrive at once, so there must be a number of them; add it, or batchSize and arrivalRate",
    ],
    [
      { workload: { seed: 2 ** 53 } },
      "workload.seed: must be at most 9007199254740991, found 9007199254740992",
    ],
    [{ workload: { seed: -1 } }, "workload.seed: must be a whole number of at least 0, found -1"],
    [
      { workload: { inputLenDist: undefined } },
      "workload.inputLenDist: is missing: must say how long prompts are",
    ],
    [
      { workload: { inputLenDist: { type: "uniform", min: 9, max: 8 } } },
      "workload.inputLenDist.max: must be at least min (9), found 8",
    ],
    [
      { workload: { outputLenDist: { type: "norml", mean: 9 } } },
      'workload.outputLenDist.type: must be one of fixed, uniform, normal, lognormal, found "norml"; did you mean "normal"?',
    ],
    [
      { workload: { outputLenDist: { type: "normal", mean: 9, std: 1, stdDev: 1 } } },
      "workload.outputLenDist.std: unknown key; did you mean stdDev?",
    ],
    [
      { workload: { inputLenDist: { type: "lognormal", mean: 1000, stdDev: 1 } } },
      "workload.inputLenDist.mean: must be the natural logarithm of a length, at most 21 (6.9 for a median of 1000 tokens), found 1000",
    ],
    [
      { workload: { inputLenDist: { type: "fixed", value: 0 } } },
      "workload.inputLenDist.value: must be a whole number above 0, found 0",
    ],
    [
      { workload: { priorities: [] } },
      "workload.priorities: must be a list of at least one { value, weight }, found an empty list",
    ],
    [
      { workload: { priorities: [{ value: 1, weight: 0 }] } },
      "workload.priorities.0.weight: must be a number above 0, found 0",
    ],
    [
      { workload: { datasetPath: "d.jsonl" } },
      "workload.datasetPath: names a file, and simulations read no files; load the config with loadConfig of inference-lab/node and a tokenizer, or give the rows as dataset",
    ],
    [
      { workload: { tracePath: "t.csv" } },
      "workload.tracePath: names a file, and simulations read no files; load the config with loadConfig of inference-lab/node, or give the rows as trace",
    ],
    [
      { workload: { trace: [] } },
      "workload.trace: must be a list of at least one row, found an empty list",
    ],
    [
      { workload: { trace: [{ arrivalTime: 0, numPromptTokens: 1, numOutputTokens: 0 }] } },
      "workload.trace.0.numOutputTokens: must be a whole number above 0, found 0",
    ],
    [
      { simulation: { logInterval: 0 } },
      "simulation.logInterval: must be a whole number above 0, found 0",
    ],
    [{ slo: { ttft: -1 } }, "slo.ttft: must be a number above 0, found -1"],
  ])("%j", (overrides, line) => {
    expect(linesOf(overrides)).toEqual([line]);
  });
});

describe("an unknown key comes with the key that was meant", () => {
  test.each<[Overrides, string]>([
    [
      { workload: { arrivalRate: undefined, arivalRate: 5 } },
      "workload.arivalRate: unknown key; did you mean arrivalRate?",
    ],
    [
      { workload: { blockSize: 5 } },
      "workload.blockSize: unknown key; did you mean scheduler.blockSize?",
    ],
    [
      { model: { maxModelLen: 64, maxSeqLen: undefined } },
      "model.maxModelLen: unknown key; did you mean maxSeqLen?",
    ],
    [{ slo: { temperature: 1 } }, "slo.temperature: unknown key; known keys are ttft, tpot, e2e"],
  ])("%j", (overrides, line) => {
    expect(linesOf(overrides)).toEqual([line]);
  });

  test("also for a whole table", () => {
    const { scheduler, ...rest } = tinyConfig();
    expect(problemsOf({ ...rest, schedular: scheduler })).toEqual([
      { path: ["schedular"], message: "unknown key", fix: "did you mean scheduler?" },
    ]);
  });
});

test("all problems are reported at once, those between keys too", () => {
  const problems = problemsOf(
    anyConfig({
      hardware: { computeFlops: 0 },
      model: { numKvHeads: 3, numLayers: -1 },
      workload: { arivalRate: 1, arrivalRate: undefined, numRequests: undefined, maxTokens: 0 },
    }),
  );
  expect(problems.map(({ path }) => path.join("."))).toEqual([
    "workload.arivalRate",
    "hardware.computeFlops",
    "model.numLayers",
    "workload.maxTokens",
    "model.numKvHeads",
    "workload",
  ]);
});

describe("memory", () => {
  const derived = { scheduler: { numGpuBlocks: undefined } };

  test("weights that do not fit are an error with the arithmetic and the number of devices that would do", () => {
    const [line] = linesOf({ ...derived, hardware: { memoryCapacity: 1e6, tensorParallel: 1 } });
    expect(line).toMatch(
      /^hardware.tensorParallel: 1\.0 MB of weights on 1 × 1\.0 MB × 0\.9 = 900\.0 kB leaves/,
    );
    expect(line).toContain("; N = 2 leaves");
  });

  test("weights that fit on no allowed number of devices are an error of the memory", () => {
    const [line] = linesOf({ ...derived, hardware: { memoryCapacity: 1e5 } });
    expect(line).toMatch(/^hardware.memoryCapacity: .*maxSeqLen$/);
  });

  test("a block larger than the cache is an error", () => {
    const [line] = linesOf({
      scheduler: { blockSize: 100, numGpuBlocks: undefined },
      hardware: { kvCacheCapacity: 1000 },
    });
    expect(line).toMatch(/^scheduler.blockSize: blocks of 100 tokens are larger than the KV cache/);
  });

  test("more blocks than have 32-bit numbers are an error", () => {
    const [line] = linesOf({ ...derived, hardware: { memoryCapacity: 1e15 } });
    expect(line).toMatch(/^scheduler.blockSize: .* use larger blocks, or set numGpuBlocks$/);
  });

  test("a derived number of devices is in the resolved config, and said", () => {
    const { config, notes, deployment } = resolve(
      anyConfig({ ...derived, hardware: { memoryCapacity: 1e6 } }),
    );
    expect(config.hardware.tensorParallel).toBe(2);
    expect(deployment.hardware.tensorParallel).toBe(2);
    expect(notes).toEqual([expect.stringMatching(/^tensor_parallel is 2, /)]);
    expect(resolve(config).notes).toEqual([]);
  });
});

describe("defaults", () => {
  test("are filled in", () => {
    const { config } = resolve(tinyConfig());
    expect(config).toEqual({
      hardware: {
        ...tinyConfig().hardware,
        gpuMemoryUtilization: 0.9,
        tensorParallel: 1,
        pipelineParallel: 1,
        dataParallel: 1,
        expertParallel: 1,
        kvCacheDtype: "auto",
      },
      model: {
        ...tinyConfig().model,
        numActiveParameters: 1e6,
        numKvHeads: 4,
        headDim: 4,
        numSlidingLayers: 0,
      },
      scheduler: {
        ...tinyConfig().scheduler,
        policy: "fcfs",
        longPrefillTokenThreshold: 0,
        enablePreemptionFree: false,
        asyncScheduling: false,
        enablePrefixCaching: true,
        prefixCacheRetentionInterval: 0,
        watermark: 0,
        schedulerReserveFullIsl: true,
      },
      workload: { ...tinyConfig().workload, seed: 42 },
      simulation: { logInterval: 100, retain: "requests" },
    });
  });

  test("all layers slide if there is a window and no number", () => {
    const { deployment } = resolve(anyConfig({ model: { slidingWindow: 8 } }));
    expect(deployment.model.numSlidingLayers).toBe(2);
    expect(deployment.kvCache.groups).toEqual([{ type: "swa", slidingWindow: 8, blockSize: 4 }]);
  });

  test.each([
    [undefined, undefined, 0],
    [1, undefined, 0],
    [2, undefined, 327],
    [2, 100, 100],
    [2, 0, 0],
  ])("with %s partial prefills and threshold %s the threshold is %s", (n, given, threshold) => {
    const scheduler = { maxNumPartialPrefills: n, longPrefillTokenThreshold: given };
    const { deployment } = resolve(anyConfig({ model: { maxSeqLen: 8192 }, scheduler }));
    expect(deployment.scheduler.longPrefillTokenThreshold).toBe(threshold);
  });

  test("a burst has 10 requests, gamma arrivals are Poisson", () => {
    const workload = (arrivalPattern: string) =>
      resolve(anyConfig({ workload: { arrivalPattern } })).config.workload;
    expect(workload("burst")).toMatchObject({ burstSize: 10 });
    expect(workload("gamma")).toMatchObject({ burstiness: 1 });
    expect(workload("poisson")).not.toHaveProperty("burstSize");
  });
});

describe("policies", () => {
  test.each([
    ["sjf", "sof"],
    ["SJF", "sof"],
    ["Priority", "priority"],
  ])("%s is %s", (name, policy) => {
    const { config, deployment } = resolve(anyConfig({ scheduler: { policy: name } }));
    expect(config.scheduler.policy).toBe(policy);
    expect(deployment.policy).toBe(policy);
  });

  test("a plug-in is taken as it is", () => {
    const policy: SchedulingPolicy = { name: "mine", compareWaiting: (a, b) => b.index - a.index };
    const { config, deployment } = resolve(tinyConfig({ scheduler: { policy } }));
    expect(config.scheduler.policy).toBe(policy);
    expect(deployment.policy).toBe(policy);
    expect(Object.isFrozen(policy)).toBe(false);
  });

  test.each<[object, string]>([
    [
      { name: "mine", compareWaiting: 5 },
      'a policy whose compareWaiting is a function, found policy "mine" with 5',
    ],
    [
      {},
      "a policy: an object with a name, and compareWaiting or create as functions, found an object without a name",
    ],
    [
      { name: "mine", apiVersion: 2 },
      'made for version 1 of the policy interface, found policy "mine" for version 2; install a release of it for version 1, or the inference-lab that its peerDependencies name',
    ],
  ])("%j is no policy, and an error", (policy, message) => {
    const [line] = linesOf({ scheduler: { policy: policy as never } });
    expect(line).toBe(`scheduler.policy: must be ${message}`);
  });

  test.each<AnyPolicy>([
    { name: "seer", needsOutputLength: true },
    { name: "seer", needsOutputLength: true, create: () => ({ name: "seer" }) },
  ])("an oracle is said to be one", (policy) => {
    const [note] = resolve(tinyConfig({ scheduler: { policy } })).notes;
    expect(note).toContain('"seer" is an oracle: it knows the output lengths');
  });

  test.each(["sof", "lof", "stf", "ltf"])(
    "%s without max_tokens knows the true length, and says so",
    (policy) => {
      const note = expect.stringContaining("length policies know the true output length");
      expect(resolve(tinyConfig({ scheduler: { policy } })).notes).toEqual([note]);
      expect(
        resolve(tinyConfig({ scheduler: { policy }, workload: { maxTokens: 9 } })).notes,
      ).toEqual([]);
    },
  );

  test.each(["fcfs", "priority", "sif", "lif"])("%s has nothing to say", (policy) => {
    expect(resolve(tinyConfig({ scheduler: { policy } })).notes).toEqual([]);
  });
});

test.each([
  ["poisson", { burstSize: 5 }, "burst_size is not used by arrival_pattern poisson"],
  [
    "fixed_rate",
    { burstiness: 2, batchSize: 3, numConcurrentUsers: 4 },
    "num_concurrent_users, batch_size, burstiness are not used by arrival_pattern fixed_rate",
  ],
  [
    "closed_loop",
    { numConcurrentUsers: 4 },
    "arrival_rate is not used by arrival_pattern closed_loop",
  ],
  ["batched", {}, "arrival_rate is not used by arrival_pattern batched"],
  ["batched", { batchSize: 3 }, undefined],
  ["burst", { burstSize: 3 }, undefined],
  ["gamma", { burstiness: 3 }, undefined],
  ["uniform", {}, undefined],
] as const)(
  "keys that %s arrivals do not use are named in a note",
  (arrivalPattern, more, note) => {
    const { notes } = resolve(anyConfig({ workload: { arrivalPattern, ...more } }));
    expect(notes).toEqual(note === undefined ? [] : [note]);
  },
);

describe("a trace", () => {
  const trace = [{ arrivalTime: 0, numPromptTokens: 1, numOutputTokens: 1 }];
  const alone = {
    trace,
    arrivalPattern: undefined,
    arrivalRate: undefined,
    numRequests: undefined,
    inputLenDist: undefined,
    outputLenDist: undefined,
  };

  test("brings its own arrivals and lengths", () => {
    expect(linesOf({ workload: alone })).toEqual([]);
  });

  test("is not copied", () => {
    const { workload } = resolve(anyConfig({ workload: alone })).config;
    expect("trace" in workload && workload.trace).toBe(trace);
  });

  test("with an arrival pattern needs what the pattern needs", () => {
    expect(linesOf({ workload: { ...alone, arrivalPattern: "poisson" } })).toEqual([
      "workload.arrivalRate: is missing: poisson arrivals need requests per second",
    ]);
  });

  test("with a rate and no pattern is ambiguous", () => {
    expect(linesOf({ workload: { ...alone, arrivalRate: 5 } })).toEqual([
      "workload.arrivalRate: has no meaning without arrivalPattern; add arrivalPattern, or remove this to keep the trace's times",
    ]);
  });

  test("may be what a reader gave", () => {
    const read = { rows: trace, numSkipped: 2, warnings: ["half of it is missing"], format: "x" };
    const { config, warnings } = resolve(anyConfig({ workload: { ...alone, trace: read } }));
    expect(config.workload).toMatchObject({ trace: read });
    expect(warnings).toEqual(["trace: half of it is missing"]);
    const wrong = { ...read, numSkipped: -1 };
    expect(linesOf({ workload: { ...alone, trace: wrong } })).toEqual([
      "workload.trace.numSkipped: must be a whole number of at least 0, found -1",
    ]);
    expect(
      linesOf({ workload: { ...alone, trace: { rows: [{ ...trace[0]!, priority: NaN }] } } }),
    ).toEqual(["workload.trace.rows.0.priority: must be a number, found NaN"]);
  });

  const ids = (...runs: number[]) => ({ prefix: { blockSize: 4, runs: Int32Array.from(runs) } });

  test("with more prefix ids than the prompt has blocks is refused", () => {
    const rows = [{ ...trace[0]!, numPromptTokens: 9, ...ids(0, 3) }];
    expect(linesOf({ workload: { ...alone, trace: rows } })).toEqual([]);
    expect(
      linesOf({ workload: { ...alone, trace: [{ ...rows[0]!, ...ids(0, 3, 9, 1) }] } }),
    ).toEqual([
      "workload.trace.0.prefix.runs: must be runs of at most 3 ids, one for each 4 tokens of the prompt's 9, found 4 ids",
    ]);
  });

  test("out of order is sorted, with a warning", () => {
    const rows = [
      { ...trace[0]!, arrivalTime: 5 },
      { ...trace[0]!, numPromptTokens: 2 },
    ];
    const config = anyConfig({ workload: { ...alone, trace: rows } });
    expect(resolve(config).warnings).toEqual([
      "trace: sorted by arrival: 1 of 2 requests stood below one that arrives later",
    ]);
    expect([...simulate(config).requests.numPromptTokens]).toEqual([2, 1]);
  });

  test("in which a row follows one that arrives later is refused", () => {
    const late = { ...trace[0]!, arrivalTime: 5 };
    const link = { after: { row: 0, delay: 1 } };
    expect(linesOf({ workload: { ...alone, trace: [late, { ...trace[0]!, ...link }] } })).toEqual([
      "workload.trace.1.after.row: must be the position of a row that stands before and arrives no later, found 0",
    ]);
  });

  test("that is shorter than num_requests is sent once, and a note says so", () => {
    const { notes, counts } = simulate(anyConfig({ workload: { ...alone, numRequests: 1000 } }));
    expect(counts.total).toBe(1);
    expect(notes).toContain(
      "num_requests (1,000) is more than the 1 of the trace, and without arrival_pattern each is sent once, at its time",
    );
  });

  test("that starts late is counted from its first arrival, and a note says so", () => {
    const rows = [0, 5].map((time) => ({ ...trace[0]!, arrivalTime: 1.7e9 + time }));
    const { notes, requests, timeSeries } = simulate(
      anyConfig({ workload: { ...alone, trace: rows } }),
    );
    expect([...requests.arrivalTime]).toEqual([0, 5]);
    expect(timeSeries.time[0]).toBeLessThan(0.1);
    expect(notes).toContain("time counts from the trace's first arrival, at 1700000000 s");
  });

  test("beside length distributions goes first, and that is said", () => {
    const { notes } = resolve(anyConfig({ workload: { trace } }));
    expect(notes).toEqual([expect.stringContaining("the length distributions are not used")]);
  });
});

describe("other plug-ins", () => {
  const create = () => ({ nextArrivalTime: () => Infinity, next: () => expect.fail() });

  test("a workload of one's own is taken as it is", () => {
    const workload = { name: "mine", create };
    const config: SimulationConfig = { ...tinyConfig(), workload };
    expect(resolve(config).config.workload).toBe(workload);
  });

  test("its seed is checked", () => {
    const [problem] = problemsOf({ ...tinyConfig(), workload: { name: "mine", seed: -1, create } });
    expect(problem).toMatchObject({
      path: ["workload", "seed"],
      message: "must be a whole number from 0 to 9007199254740991, found -1",
    });
  });

  test("its name too", () => {
    const [problem] = problemsOf({ ...tinyConfig(), workload: { create } });
    expect(problem).toMatchObject({
      path: ["workload"],
      message: expect.stringContaining("must be a workload: an object with a name"),
    });
  });

  test("a length distribution of one's own is taken as it is", () => {
    const inputLenDist = { name: "mine", sample: () => 5 };
    const { workload } = resolve(tinyConfig({ workload: { inputLenDist } })).config;
    expect("inputLenDist" in workload && workload.inputLenDist).toBe(inputLenDist);
  });

  test("a cost model without stepCost is an error", () => {
    const [problem] = problemsOf({ ...tinyConfig(), costModel: { name: "mine" } });
    expect(problem).toMatchObject({
      path: ["costModel"],
      message: expect.stringContaining("stepCost"),
    });
  });
});

test.each([
  [{ maxNumBatchedTokens: 4 }, /max_num_batched_tokens \(4\) below max_num_seqs \(8\)/],
  [{ enableChunkedPrefill: false }, /max_num_batched_tokens \(32\) below max_seq_len \(64\)/],
])("what vLLM refuses is a warning: %j", (scheduler, warning) => {
  expect(resolve(tinyConfig({ scheduler })).warnings).toEqual([expect.stringMatching(warning)]);
});

describe("for every config", () => {
  test.prop([arbConfig])("resolving again changes nothing", (config) => {
    const once = resolve(config);
    const twice = resolve(once.config);
    expect(twice.config).toStrictEqual(once.config);
    expect(twice.deployment).toStrictEqual(once.deployment);
  });

  test.prop([arbConfig])("the result is frozen and the argument untouched", (config) => {
    const before = structuredClone(config);
    const resolved = resolve(config).config;
    expect(config).toEqual(before);
    expect(unfrozen(resolved)).toEqual([]);
  });

  test.prop([arbConfig])("there is at least one usable block", (config) => {
    expect(resolve(config).deployment.kvCache.numBlocks).toBeGreaterThanOrEqual(2);
  });
});

/** Paths of what can still be changed, trace rows apart. */
function unfrozen(value: unknown, path = "config"): string[] {
  if (typeof value !== "object" || value === null || path.endsWith(".trace")) return [];
  const inner = Object.entries(value).flatMap(([key, item]) => unfrozen(item, `${path}.${key}`));
  return Object.isFrozen(value) ? inner : [path, ...inner];
}

test.prop([fc.anything()])("anything else is a ConfigError, never a crash", (value) => {
  expect(problemsOf(value).length).toBeGreaterThan(0);
});

test.prop([
  arbConfig,
  fc.constantFrom("hardware", "model", "scheduler", "workload"),
  fc.nat(),
  fc.anything(),
])(
  "one value replaced by anything is accepted, or a ConfigError in plain words",
  (config, table, which, value) => {
    const entries = Object.entries(config[table]);
    const [key] = entries[which % entries.length]!;
    for (const { message } of problemsOf({
      ...config,
      [table]: { ...config[table], [key]: value },
    })) {
      expect(message).not.toMatch(/invalid|expected|zod|undefined|\[object/i);
    }
  },
);
