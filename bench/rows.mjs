/**
 * The workloads that are measured. Each row makes a config from `lab`, the built package, and says how many requests it has.
 * An 8 B model on one H100, ideal roofline, unless it says otherwise.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

export const hardware = {
  computeFlops: 989e12,
  memoryBandwidth: 3.35e12,
  memoryCapacity: 80 * 2 ** 30,
  bytesPerParam: 2,
};
export const model = {
  numParameters: 8e9,
  numLayers: 32,
  hiddenDim: 4096,
  numHeads: 32,
  numKvHeads: 8,
  maxSeqLen: 8192,
};
export const scheduler = {
  maxNumBatchedTokens: 8192,
  maxNumSeqs: 256,
  blockSize: 16,
  enableChunkedPrefill: true,
  enablePrefixCaching: false,
};
export const quickStartLengths = {
  inputLenDist: { type: "lognormal", mean: 6.9, stdDev: 0.7 },
  outputLenDist: { type: "lognormal", mean: 5.3, stdDev: 0.8 },
};
/** Requests per second that this deployment can serve at these lengths; see saturation.mjs. */
const SATURATION = 29.9;

export const poisson = (numRequests, load, settings = {}, extra = {}) => ({
  hardware,
  model: { ...model, ...extra.model },
  scheduler: { ...scheduler, ...settings },
  workload: {
    arrivalPattern: "poisson",
    arrivalRate: load * SATURATION,
    numRequests,
    seed: 42,
    ...quickStartLengths,
  },
});

const closedLoop = (numRequests, users, input, output, settings = {}) => ({
  hardware,
  model,
  scheduler: { ...scheduler, ...settings },
  workload: {
    arrivalPattern: "closed_loop",
    numConcurrentUsers: users,
    numRequests,
    inputLenDist: { type: "fixed", value: input },
    outputLenDist: { type: "fixed", value: output },
  },
});

const burst = (numRequests, settings) => {
  const config = poisson(numRequests, 1, settings);
  return { ...config, workload: { ...config.workload, arrivalPattern: "batched" } };
};

/** Short prompts, outputs of a million tokens, a cache that holds them all: nothing but decode steps. */
const decodes = (users) => {
  const settings = { maxNumSeqs: users, numGpuBlocks: users * 62_502 + 1 };
  const config = closedLoop(10 * users, users, 16, 1_000_000, settings);
  return { ...config, model: { ...model, maxSeqLen: 1_000_016 } };
};

/** Half of the layers have a window. */
const hybrid = (settings) =>
  poisson(MILLION / 5, 0.6, settings, { model: { slidingWindow: 1024, numSlidingLayers: 16 } });

/** The load at which a cache of 400 blocks is nearly always full. */
const FULL_400 = 0.08;

const MILLION = 1_000_000;
const caching = { enablePrefixCaching: true };
const policies = ["priority", "sof", "sif", "stf", "lif", "lof", "ltf"];

/** name → how to make its config. `target` is in requests/s unless it says otherwise. */
export const rows = {
  "poisson 60 %": { make: () => poisson(MILLION, 0.6), target: 600_000 },
  "poisson 60 %, async": {
    make: () => poisson(MILLION, 0.6, { asyncScheduling: true }),
    target: 500_000,
  },
  "poisson 60 %, caching": { make: () => poisson(MILLION, 0.6, caching), target: 200_000 },
  "poisson 60 %, 100,000": { make: () => poisson(MILLION / 10, 0.6), growth: "poisson 60 %" },
  ...Object.fromEntries(
    [64, 256, 1024].map((users) => [
      `decode, ${users} running`,
      { make: () => decodes(users), target: 40_000_000, unit: "steps/s" },
    ]),
  ),
  "decode, calibrated": {
    make: (lab) => ({ ...decodes(256), ...presets(lab, 1_000_016), costModel: "calibrated" }),
    target: 0.6 * 40_000_000,
    unit: "steps/s",
  },
  "closed loop": { make: () => closedLoop(MILLION, 16, 1024, 128), target: 1_200_000 },
  "closed loop, caching": {
    make: () => closedLoop(MILLION, 16, 1024, 128, caching),
    target: 400_000,
  },
  overload: { make: () => poisson(MILLION / 10, 2), target: 200_000 },
  ...Object.fromEntries(
    policies.map((policy) => [
      `overload, ${policy}`,
      {
        make: () => poisson(MILLION / 10, 2, { policy }),
        target: policy === "priority" ? 150_000 : undefined,
      },
    ]),
  ),
  "overload, caching": { make: () => poisson(MILLION / 10, 2, caching), target: 100_000 },
  "all at once": { make: () => burst(MILLION / 10), target: 200_000 },
  "400 blocks": {
    make: () => poisson(MILLION / 10, FULL_400, { numGpuBlocks: 400 }),
    target: 300_000,
  },
  "400 blocks, caching": {
    make: () => poisson(MILLION / 10, FULL_400, { numGpuBlocks: 400, ...caching }),
    target: 80_000,
  },
  "400 blocks, thrashing": {
    // Short prompts whose answers are long, more of them than is served: all are admitted at once, and each is preempted 2.5 times.
    make: () => {
      const config = poisson(MILLION / 10, 0.5, { numGpuBlocks: 400 });
      const inputLenDist = { type: "fixed", value: 64 };
      return { ...config, workload: { ...config.workload, inputLenDist } };
    },
    target: 150_000,
  },
  "sliding window": {
    make: () => poisson(MILLION / 5, 0.6, {}, { model: { slidingWindow: 1024 } }),
    target: 100_000,
  },
  "sliding window, caching": {
    make: () => poisson(MILLION / 5, 0.6, caching, { model: { slidingWindow: 1024 } }),
    target: 100_000,
  },
  "hybrid window": { make: () => hybrid(), target: 100_000 },
  "hybrid window, caching": { make: () => hybrid(caching), target: 100_000 },
  "poisson 60 %, preset, ideal": { make: (lab) => preset(lab, "ideal") },
  "poisson 60 %, calibrated": { make: (lab) => preset(lab, "calibrated") },
  "mooncake conversation": { make: mooncake, target: 30_000 },
};

/** The same model and device by their presets. */
const presets = ({ h100Sxm, llama31_8b }, maxSeqLen) => ({
  hardware: { ...h100Sxm, tensorParallel: 1 },
  model: { ...llama31_8b, maxSeqLen },
});

/** Both cost models price the same steps; calibrated ones take longer. */
const preset = (lab, costModel) => {
  const config = poisson(MILLION / 2, costModel === "ideal" ? 0.6 : 0.35);
  return { ...config, ...presets(lab, 8192), costModel };
};

/** 70 B on the KV cache of 8 devices. Needs the trace, which does not come with the package. */
async function mooncake(lab) {
  const data = process.env.INFERENCE_LAB_DATA ?? join(import.meta.dirname, "../../shared/data");
  const file = join(data, "traces/mooncake_fast25_conversation.jsonl.gz");
  const bytes = await readFile(file).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const { rows: trace } = await lab.readTrace(new Blob([bytes]).stream(), { name: file });
  return {
    hardware: { ...hardware, tensorParallel: 8 },
    model: {
      numParameters: 70e9,
      numLayers: 80,
      hiddenDim: 8192,
      numHeads: 64,
      numKvHeads: 8,
      maxSeqLen: 131_072,
    },
    scheduler: { ...scheduler, maxNumSeqs: 256, enablePrefixCaching: true },
    workload: { trace },
  };
}
