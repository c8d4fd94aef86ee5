/** What no single key shows: keys that contradict each other, and keys that others make necessary. */
import type { ConfigProblem } from "../base/errors.js";
import type { LengthConfig } from "../workload/lengths.js";
import type { LengthDistribution } from "../workload/workload.js";
import type { Draft } from "./draft.js";

export interface CheckOptions {
  /** `tracePath` is enough: its rows will be read later. */
  readonly traceLater?: boolean;
}

/** Every contradiction between keys that are right by themselves. */
export function checkTables(draft: Draft, options: CheckOptions): ConfigProblem[] {
  return [
    ...checkModel(draft),
    ...checkScheduler(draft),
    ...(draft.tables.workload === undefined ? [] : checkWorkload(draft, options)),
  ];
}

function checkModel({ tables, isGiven }: Draft): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const { numParameters, numActiveParameters, numHeads, numKvHeads, hiddenDim, ...model } =
    tables.model;
  const { numLayers, numSlidingLayers } = model;
  const add = (key: string, message: string, fix?: string) =>
    problems.push({ path: ["model", key], message, fix });

  if (numHeads !== undefined && numKvHeads !== undefined && numHeads % numKvHeads !== 0) {
    add(
      "numKvHeads",
      `must divide numHeads (${numHeads}), found ${numKvHeads}`,
      `use one of ${divisors(numHeads).join(", ")}`,
    );
  }
  const headDimDerived = !isGiven("model", "headDim");
  if (
    headDimDerived &&
    numHeads !== undefined &&
    hiddenDim !== undefined &&
    hiddenDim % numHeads !== 0
  ) {
    add(
      "hiddenDim",
      `must be a multiple of numHeads (${numHeads}), found ${hiddenDim}`,
      "or give headDim",
    );
  }
  if (numActiveParameters !== undefined && numActiveParameters > (numParameters ?? Infinity)) {
    add(
      "numActiveParameters",
      `must be at most numParameters (${numParameters}), found ${numActiveParameters}`,
    );
  }
  if (numSlidingLayers !== undefined && numSlidingLayers > (numLayers ?? Infinity)) {
    add("numSlidingLayers", `must be at most numLayers (${numLayers}), found ${numSlidingLayers}`);
  }
  if (
    numSlidingLayers !== undefined &&
    numSlidingLayers > 0 &&
    !isGiven("model", "slidingWindow")
  ) {
    add(
      "slidingWindow",
      `is missing: ${numSlidingLayers} layers slide`,
      "give their window in tokens",
    );
  }
  return problems;
}

/** All groups of a simulated model share one block size, so it is the least common multiple that vLLM asks for. */
function checkScheduler({ tables }: Draft): ConfigProblem[] {
  const { blockSize, prefixCacheRetentionInterval: interval } = tables.scheduler;
  if (!interval || blockSize === undefined || interval % blockSize === 0) return [];
  const message = `must be a multiple of blockSize (${blockSize}), found ${interval}`;
  return [{ path: ["scheduler", "prefixCacheRetentionInterval"], message }];
}

function checkWorkload(draft: Draft, { traceLater = false }: CheckOptions): ConfigProblem[] {
  const has = (key: string) => draft.isGiven("workload", key);
  if (has("datasetPath")) {
    const message = "dataset mode is not available yet";
    const fix =
      "describe the lengths with inputLenDist and outputLenDist, or replay a trace with tracePath";
    return [{ path: ["workload", "datasetPath"], message, fix }];
  }
  const problems: ConfigProblem[] = [];
  const add = (key: string, message: string, fix?: string) =>
    problems.push({ path: ["workload", key], message, fix });
  const need = (key: string, why: string) => has(key) || add(key, `is missing: ${why}`);

  if (has("tracePath") && !has("trace") && !traceLater) {
    add(
      "tracePath",
      "names a file, and simulations read no files",
      "load the config with loadConfig of inference-lab/node, or give the rows as trace",
    );
  }
  const hasTrace = has("trace") || has("tracePath");
  if (!hasTrace) {
    need("arrivalPattern", 'must say how requests arrive, such as "poisson"');
    need("inputLenDist", "must say how long prompts are");
    need("outputLenDist", "must say how long outputs are");
    if (!has("numRequests") && !has("durationSecs")) {
      const message = "has neither numRequests nor durationSecs, so it would never end";
      problems.push({ path: ["workload"], message, fix: "add one of them" });
    }
  }
  problems.push(...checkArrivals(draft, hasTrace), ...checkLengths(draft));
  return problems;
}

const ARRIVAL_KEYS = ["arrivalRate", "numConcurrentUsers", "burstSize", "batchSize", "burstiness"];

function checkArrivals({ tables, isGiven }: Draft, hasTrace: boolean): ConfigProblem[] {
  const pattern = tables.workload?.arrivalPattern;
  const has = (key: string) => isGiven("workload", key);
  const problem = (key: string, message: string, fix?: string) => [
    { path: ["workload", key], message, fix },
  ];
  if (hasTrace && !has("arrivalPattern")) {
    const key = ARRIVAL_KEYS.find(has);
    if (key === undefined) return [];
    return problem(
      key,
      "has no meaning without arrivalPattern",
      "add arrivalPattern, or remove this to keep the trace's times",
    );
  }
  if (pattern === undefined) return [];
  if (pattern === "closed_loop") {
    if (has("numConcurrentUsers")) return [];
    return problem("numConcurrentUsers", "is missing: closed_loop needs the number of users");
  }
  if (pattern === "batched" && !has("batchSize")) {
    if (has("numRequests") || (hasTrace && !has("durationSecs"))) return [];
    return problem(
      "numRequests",
      "is missing: all requests arrive at once, so there must be a number of them",
      "add it, or batchSize and arrivalRate",
    );
  }
  if (has("arrivalRate")) return [];
  return problem("arrivalRate", `is missing: ${pattern} arrivals need requests per second`);
}

function checkLengths({ tables }: Draft): ConfigProblem[] {
  const { inputLenDist, outputLenDist } = tables.workload ?? {};
  const check = (key: string, lengths: LengthConfig | LengthDistribution | undefined) => {
    if (lengths === undefined || "sample" in lengths || lengths.type !== "uniform") return [];
    const { min, max } = lengths;
    if (min <= max) return [];
    return [
      { path: ["workload", key, "max"], message: `must be at least min (${min}), found ${max}` },
    ];
  };
  return [...check("inputLenDist", inputLenDist), ...check("outputLenDist", outputLenDist)];
}

function divisors(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1).filter((i) => n % i === 0);
}
