/** What no single key shows: keys that contradict each other, and keys that others make necessary. */
import type { ConfigProblem } from "../base/errors.js";
import { checkDeployment } from "./checks-deployment.js";
import { checkLength, checkSessions, checkTraceBlocks, checkTraceKeys } from "./checks-traffic.js";
import type { Draft } from "./draft.js";

export interface CheckOptions {
  /** `tracePath` and `datasetPath` are enough: their rows will be read later. */
  readonly filesLater?: boolean;
}

/** Every contradiction between keys that are right by themselves. */
export function checkTables(draft: Draft, options: CheckOptions): ConfigProblem[] {
  return [
    ...checkModel(draft),
    ...checkDeployment(draft),
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

function checkWorkload(draft: Draft, { filesLater = false }: CheckOptions): ConfigProblem[] {
  const has = (key: string) => draft.isGiven("workload", key);
  const problems: ConfigProblem[] = [];
  const add = (key: string, message: string, fix?: string) =>
    problems.push({ path: ["workload", key], message, fix });
  const need = (key: string, why: string) => has(key) || add(key, `is missing: ${why}`);

  if (has("tracePath") && !has("trace") && !filesLater) {
    add(
      "tracePath",
      "names a file, and simulations read no files",
      "load the config with loadConfig of inference-lab/node, or give the rows as trace",
    );
  }
  if (has("datasetPath") && !has("dataset") && !filesLater) {
    add(
      "datasetPath",
      "names a file, and simulations read no files",
      "load the config with loadConfig of inference-lab/node and a tokenizer, or give the rows as dataset",
    );
  }
  const hasTrace = has("trace") || has("tracePath");
  const hasDataset = has("dataset") || has("datasetPath");
  if (hasTrace && hasDataset) {
    add(
      has("datasetPath") ? "datasetPath" : "dataset",
      "is one source of requests, and a trace another",
      "remove one of them",
    );
  }
  if (!hasTrace) {
    need("arrivalPattern", 'must say how requests arrive, such as "poisson"');
    if (!hasDataset) need("inputLenDist", "must say how long prompts are");
    need("outputLenDist", "must say how long outputs are");
    const hasNumSessions = draft.tables.workload?.sessions?.numSessions !== undefined;
    if (!hasDataset && !has("numRequests") && !has("durationSecs") && !hasNumSessions) {
      const message = "has neither numRequests nor durationSecs, so it would never end";
      problems.push({ path: ["workload"], message, fix: "add one of them" });
    }
  }
  problems.push(
    ...checkArrivals(draft, hasTrace, hasTrace || hasDataset),
    ...checkLengths(draft),
    ...checkTraceKeys(draft, hasTrace),
    ...checkTraceBlocks(draft),
    ...checkSessions(draft, hasTrace || hasDataset),
    ...checkDatasetBlocks(draft),
  );
  return problems;
}

const ARRIVAL_KEYS = ["arrivalRate", "numConcurrentUsers", "burstSize", "batchSize", "burstiness"];

/** @param hasRows of a trace or dataset, which say how many requests there are */
function checkArrivals(
  { tables, isGiven }: Draft,
  hasTrace: boolean,
  hasRows: boolean,
): ConfigProblem[] {
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
    if (has("numRequests") || has("sessions") || (hasRows && !has("durationSecs"))) return [];
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
  return [
    ...checkLength(["workload", "inputLenDist"], inputLenDist),
    ...checkLength(["workload", "outputLenDist"], outputLenDist),
  ];
}

/** The blocks of a dataset are those that it was tokenized for. */
function checkDatasetBlocks({ tables }: Draft): ConfigProblem[] {
  const { blockSize } = tables.scheduler;
  const row = tables.workload?.dataset?.findIndex(
    ({ prefix }) => blockSize !== undefined && prefix && prefix.blockSize % blockSize !== 0,
  );
  if (row === undefined || row < 0) return [];
  const found = tables.workload!.dataset![row]!.prefix!.blockSize;
  return [
    {
      path: ["workload", "dataset", row, "prefix", "blockSize"],
      message: `must be a multiple of the scheduler's blockSize (${blockSize}), found ${found}`,
      fix: "give fromOpenAIBatch that blockSize",
    },
  ];
}

function divisors(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1).filter((i) => n % i === 0);
}
