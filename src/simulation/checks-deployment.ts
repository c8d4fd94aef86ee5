/** Contradictions between the keys that describe a device, a model, and how one is spread over the other. */
import type { ConfigProblem } from "../base/errors.js";
import { composeModel } from "../spec/compose-model.js";
import type { Draft } from "./draft.js";

export function checkDeployment(draft: Draft): ConfigProblem[] {
  return [
    ...checkStorage(draft),
    ...checkComposition(draft),
    ...checkParallelism(draft),
    ...checkRouting(draft),
    ...checkCostModel(draft),
  ];
}

function checkStorage({ tables, isGiven, problems }: Draft): ConfigProblem[] {
  const { hardware, model } = tables;
  const isSaid = hardware.device !== undefined || model.weights !== undefined;
  const isTable = !problems.some(({ path }) => path.join() === "hardware");
  if (isSaid || !isTable || isGiven("hardware", "bytesPerParam")) return [];
  return [
    {
      path: ["hardware", "bytesPerParam"],
      message: "is missing: must be a number above 0",
    },
  ];
}

const TOTALS = [
  "numParameters",
  "numActiveParameters",
  "numLayers",
  "numHeads",
  "numKvHeads",
  "headDim",
  "slidingWindow",
  "numSlidingLayers",
] as const;

/** A composition is both lists, and the totals beside it say the same. */
function checkComposition({ tables, isGiven }: Draft): ConfigProblem[] {
  const { model } = tables;
  const { weights, layers, hiddenDim = NaN, maxSeqLen = NaN } = model;
  if (isGiven("model", "weights") !== isGiven("model", "layers")) {
    const [missing, given] = isGiven("model", "weights")
      ? ["layers", "weights"]
      : ["weights", "layers"];
    const message = `is missing: ${given} are given, and a composition is both`;
    return [{ path: ["model", missing!], message }];
  }
  if (weights === undefined || layers === undefined) return [];
  if (!layers.some(({ type }) => type !== "recurrent")) {
    const message = "has no layer with a KV cache, which is what is simulated";
    return [{ path: ["model", "layers"], message }];
  }
  const totals = composeModel({ hiddenDim, maxSeqLen, weights, layers });
  return TOTALS.filter((key) => model[key] !== undefined && model[key] !== totals[key]).map(
    (key) => ({
      path: ["model", key],
      message: `is ${model[key]}, but weights and layers come to ${totals[key] ?? "none"}`,
      fix: "a preset's shape is fixed: take this away, or describe the model by its totals alone",
    }),
  );
}

/** What vLLM refuses. */
function checkParallelism({ tables, isGiven }: Draft): ConfigProblem[] {
  const { hardware, model } = tables;
  const { tensorParallel, pipelineParallel = 1, dataParallel = 1, expertParallel = 1 } = hardware;
  const problems: ConfigProblem[] = [];
  const add = (key: string, message: string, fix?: string) =>
    problems.push({ path: ["hardware", key], message, fix });
  if (pipelineParallel > (model.numLayers ?? Infinity)) {
    add(
      "pipelineParallel",
      `must be at most numLayers (${model.numLayers}), found ${pipelineParallel}`,
    );
  }
  if (expertParallel === 1) return problems;
  const isMixture = model.weights
    ? model.weights.some(({ routing }) => routing !== undefined)
    : isGiven("model", "numActiveParameters");
  const numDevices = (tensorParallel ?? NaN) * dataParallel;
  if (!isMixture) {
    add("expertParallel", "has no meaning for a model without experts", "remove it");
  } else if (tensorParallel === undefined) {
    add("expertParallel", "needs tensorParallel beside it: experts are dealt out to all devices");
  } else if (expertParallel !== numDevices) {
    add(
      "expertParallel",
      `must be 1, or tensorParallel × dataParallel (${numDevices}), found ${expertParallel}`,
    );
  }
  return problems;
}

function checkRouting({ tables }: Draft): ConfigProblem[] {
  const { expertRouting, weights } = tables.model;
  if (expertRouting === undefined || expertRouting.type === "uniform") return [];
  if (weights?.some(({ routing }) => routing !== undefined)) return [];
  return [
    {
      path: ["model", "expertRouting"],
      message: "needs a model whose experts are described, by a preset or by weights",
    },
  ];
}

function checkCostModel({ config, tables }: Draft): ConfigProblem[] {
  if (config?.costModel !== "calibrated" || tables.hardware.device !== undefined) return [];
  return [
    {
      path: ["costModel"],
      message: '"calibrated" needs a device of the catalog, and hardware is given by bare numbers',
      fix: "name a preset, or leave costModel out for the ideal roofline",
    },
  ];
}
