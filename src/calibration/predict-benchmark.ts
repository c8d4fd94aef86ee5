/** What the client of a benchmark would measure. */
import { ConfigError } from "../base/errors.js";
import type { Seconds, Tokens } from "../base/units.js";
import type { Workload } from "../workload/workload.js";
import { BenchmarkClient, FIRST_TOKEN_TRIP } from "../workload/benchmark-client.js";
import { SyntheticBodies } from "../workload/bodies.js";
import { LabelSampler } from "../workload/labels.js";
import type { LengthConfig } from "../workload/lengths.js";
import type { SimulationConfig } from "../simulation/config.js";
import { simulate } from "../simulation/simulation.js";

/** What a benchmark sends, as `vllm bench serve` does. */
export interface BenchmarkLoad {
  /** Requests in flight; absent where they are sent at a rate. */
  readonly concurrency?: number;
  /** Requests per second, at random moments; Infinity, the default: all at once. */
  readonly requestRate?: number;
  readonly numRequests: number;
  /** Means. */
  readonly inputTokens: Tokens;
  readonly outputTokens: Tokens;
  /**
   * Lengths are uniform within this share of their means, to either side, as `--random-range-ratio` says; below 1. Default 0.1, about
   * that of lengths within 80 to 100 % of the longest.
   */
  readonly lengthSpread?: number;
}

/** Means of a benchmark. */
export interface BenchmarkLatencies {
  readonly ttft: Seconds;
  readonly tpot: Seconds;
}

const SEED = 42;

/**
 * Mean latencies as a client sees them: between its answers and its next prompts there is HTTP, 5 to 10 ms, so that a prompt misses
 * the step that begins meanwhile, and its TTFT holds 5 ms more. `simulate` reports what the server sees. The workload of `config` is not
 * looked at.
 *
 * ```ts
 * const load = { concurrency: 32, numRequests: 320, inputTokens: 1024, outputTokens: 256 };
 * const { ttft, tpot } = predictBenchmark(config, load);
 * ```
 *
 * @throws ConfigError if the config or the load is none
 */
export function predictBenchmark(
  config: SimulationConfig,
  load: BenchmarkLoad,
): BenchmarkLatencies {
  checkLoad(load);
  const { ttft, tpot } = simulate({ ...config, workload: workloadOf(load) });
  return { ttft: ttft.mean + FIRST_TOKEN_TRIP, tpot: tpot.mean };
}

function checkLoad(load: BenchmarkLoad): void {
  const { concurrency = 1, requestRate = Infinity, numRequests } = load;
  const { inputTokens, outputTokens, lengthSpread = 0 } = load;
  const isCount = (value: number) => Number.isInteger(value) && value >= 1;
  const checks: [keyof BenchmarkLoad, boolean, string][] = [
    ["concurrency", isCount(concurrency), "a whole number above 0"],
    ["requestRate", requestRate > 0, "a number above 0"],
    ["numRequests", isCount(numRequests), "a whole number above 0"],
    ["inputTokens", inputTokens >= 1 && inputTokens < Infinity, "a number of at least 1"],
    ["outputTokens", outputTokens >= 1 && outputTokens < Infinity, "a number of at least 1"],
    ["lengthSpread", lengthSpread >= 0 && lengthSpread < 1, "at least 0 and below 1"],
  ];
  const problems = checks
    .filter(([, isRight]) => !isRight)
    .map(([key, , allowed]) => ({
      path: [key],
      message: `${String(load[key])} is none`,
      fix: `give ${allowed}`,
    }));
  if (problems.length > 0) throw new ConfigError(problems);
}

function workloadOf({
  concurrency,
  requestRate = Infinity,
  numRequests,
  inputTokens,
  outputTokens,
  lengthSpread = 0.1,
}: BenchmarkLoad): SimulationConfig["workload"] {
  const inputLenDist = around(inputTokens, lengthSpread);
  const outputLenDist = around(outputTokens, lengthSpread);
  if (concurrency === undefined) {
    const lengths = { numRequests, inputLenDist, outputLenDist };
    return requestRate === Infinity
      ? { ...lengths, arrivalPattern: "batched" }
      : { ...lengths, arrivalPattern: "poisson", arrivalRate: requestRate };
  }
  return {
    name: "benchmark client",
    seed: SEED,
    create(seed): Workload {
      const labels = new LabelSampler({}, seed);
      const bodies = new SyntheticBodies(
        inputLenDist,
        outputLenDist,
        undefined,
        undefined,
        labels,
        seed,
      );
      return new BenchmarkClient(concurrency, numRequests, bodies, seed);
    },
  };
}

function around(mean: Tokens, spread: number): LengthConfig {
  return {
    type: "uniform",
    min: Math.max(1, Math.round((1 - spread) * mean)),
    max: Math.max(1, Math.round((1 + spread) * mean)),
  };
}
