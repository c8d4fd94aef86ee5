/**
 * Theory to hold simulations against: the documented formulas for one model on two devices, written out once more and
 * sharing no code with the library.
 */
import type { SimulationConfig, WorkloadConfig } from "../../src/simulation/config.js";

/** 70 billion bf16 parameters, 80 layers, 64 heads and 8 KV heads of 128, on two devices. */
export const seventyB: Pick<SimulationConfig, "hardware" | "model" | "scheduler"> = {
  hardware: {
    computeFlops: 1.513e15,
    memoryBandwidth: 3.35e12,
    memoryCapacity: 85899345920,
    bytesPerParam: 2,
    tensorParallel: 2,
  },
  model: {
    numParameters: 70e9,
    numLayers: 80,
    hiddenDim: 8192,
    numHeads: 64,
    numKvHeads: 8,
    maxSeqLen: 8192,
  },
  scheduler: {
    maxNumBatchedTokens: 8192,
    maxNumSeqs: 256,
    blockSize: 16,
    enableChunkedPrefill: true,
  },
};

/** A chunk of `n` tokens after `c` computed ones. */
export interface Chunk {
  readonly c: number;
  readonly n: number;
}

/** What one step takes: the longer of FLOPs / peak and bytes / bandwidth. */
function stepSeconds(chunks: readonly Chunk[]): number {
  let flops = 0;
  let bytes = 2 * 70e9;
  for (const { c, n } of chunks) {
    flops += 2 * 70e9 * n + 4 * 64 * 128 * 80 * (n * c + (n * (n + 1)) / 2);
    bytes += 2 * 8 * 128 * 2 * 80 * (c + n);
  }
  return Math.max(flops / (2 * 1.513e15), bytes / (2 * 3.35e12));
}

/** One request alone: the prompt in one step, then every output token but the first in a step of its own. */
export function servedAlone(prompt: number, output: number): { ttft: number; e2e: number } {
  const ttft = stepSeconds([{ c: 0, n: prompt }]);
  let e2e = ttft;
  for (let i = 0; i < output - 1; i++) e2e += stepSeconds([{ c: prompt + i, n: 1 }]);
  return { ttft, e2e };
}

export interface FixedTraffic {
  readonly arrivalTimes: readonly number[];
  readonly prompt: number;
  readonly output: number;
  /** Tokens of one step. */
  readonly budget: number;
}

/** Means over requests that all look alike, first come, first served, with memory and seats for all. */
export function servedTogether({ arrivalTimes, prompt, output, budget }: FixedTraffic) {
  const requests = arrivalTimes.map((arrival) => ({ arrival, computed: 0, times: [] as number[] }));
  let now = 0;
  for (;;) {
    const active = requests.filter((r) => r.arrival <= now && r.times.length < output);
    if (active.length === 0) {
      now = Math.min(...requests.filter((r) => r.arrival > now).map((r) => r.arrival));
      if (now === Infinity) break;
      continue;
    }
    let left = budget;
    const chunks = active.map(({ computed, times }) => {
      const n = Math.min(left, prompt + times.length - computed);
      left -= n;
      return { c: computed, n };
    });
    now += stepSeconds(chunks.filter(({ n }) => n > 0));
    active.forEach((request, i) => {
      request.computed += chunks[i]!.n;
      if (request.computed === prompt + request.times.length) request.times.push(now);
    });
  }
  const mean = (of: (r: (typeof requests)[number]) => number) =>
    requests.reduce((sum, r) => sum + of(r), 0) / requests.length;
  return {
    ttft: mean((r) => r.times[0]! - r.arrival),
    e2e: mean((r) => r.times.at(-1)! - r.arrival),
    perToken: mean((r) => (r.times.at(-1)! - r.times[0]!) / (output - 1)),
  };
}

/** One request at a time; every step takes `seconds`, whatever is in it. */
export function oneAtATime(workload: WorkloadConfig, seconds: number): SimulationConfig {
  return {
    ...seventyB,
    scheduler: { ...seventyB.scheduler, maxNumSeqs: 1 },
    workload,
    costModel: {
      name: "constant",
      peakFlops: 1,
      peakBandwidth: 1,
      stepCost: (_, out) => Object.assign(out, { seconds, flops: 0, bytes: 0 }),
    },
  };
}
