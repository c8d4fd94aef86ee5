/** What a model comes to: its parameters, bytes and FLOPs, from a Hugging Face config.json or a preset. */
import { readFile } from "node:fs/promises";
import { modelFromHuggingFace, type ModelPreset } from "../catalog/hugging-face.js";
import { hardwareNames, hardwarePreset, modelNames, modelPreset } from "../catalog/presets.js";
import { parseJson } from "../config/json.js";
import { ConfigError, InferenceLabError } from "../index.js";
import { reasonOf } from "../node/read-error.js";
import { toSnakeCase } from "../simulation/case.js";
import { describeModel } from "../spec/describe-model.js";
import {
  activeParametersOf,
  bytesPerParamOf,
  flopsPerToken,
  kvBytesPerToken,
  parametersOf,
  weightBytesOf,
} from "../spec/model-totals.js";
import { bytesPerElement, type Quantization } from "../spec/precision.js";
import { formatModel } from "./model-report.js";
import { colorsFor, type Terminal } from "./terminal.js";

export interface ModelOptions {
  readonly quantization?: Quantization;
  readonly json?: boolean;
  /** False under `--no-color`. */
  readonly color: boolean;
}

export async function modelCommand(
  path: string,
  options: ModelOptions,
  terminal: Terminal,
): Promise<void> {
  const { stdout } = terminal;
  const facts = modelFacts(await readModel(path), options.quantization);
  stdout.write(
    options.json
      ? `${JSON.stringify(toSnakeCase(facts), null, 2)}\n`
      : formatModel(path, facts, colorsFor(stdout, terminal, options.color)),
  );
}

/** The names of the catalog; a comment marks rows that no second source confirms. */
export function presetsCommand(
  { json }: { readonly json?: boolean },
  { stdout }: Pick<Terminal, "stdout">,
): void {
  const names = { hardware: hardwareNames, model: modelNames };
  const listed = (name: string, isVerified: boolean | undefined) =>
    `preset = "${name}"${isVerified === false ? " # unverified" : ""}`;
  const lines = [
    "[hardware]",
    ...hardwareNames.map((name) => listed(name, hardwarePreset(name).device.verified)),
    "",
    "[model]",
    ...modelNames.map((name) => listed(name, modelPreset(name).verified)),
    "",
  ];
  stdout.write(json ? `${JSON.stringify(names, null, 2)}\n` : lines.join("\n"));
}

/** A file if there is one of that name, else a preset. */
async function readModel(path: string): Promise<ModelPreset> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (/\.json$/i.test(path)) {
      throw new InferenceLabError(`${path}: ${reasonOf(error)}`, { cause: error });
    }
    return modelPreset(path);
  }
  const config = parseJson(text, path);
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new ConfigError([{ path: [], message: "must be a JSON object" }], path);
  }
  try {
    return modelFromHuggingFace(config as Readonly<Record<string, unknown>>);
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(error.problems, path);
    throw error;
  }
}

/** Everything that the command tells, in base units. */
export type ModelFacts = ReturnType<typeof modelFacts>;

function modelFacts(preset: ModelPreset, quantization: Quantization | undefined) {
  const model = describeModel({ ...preset, ...(quantization && { quantization }) });
  const { kvPrecision = "bf16" } = model;
  const { source, verified } = preset;
  return {
    name: preset.name,
    numParameters: preset.numParameters,
    numActiveParameters: preset.numActiveParameters,
    numLayers: preset.numLayers,
    hiddenDim: model.hiddenDim,
    maxSeqLen: model.maxSeqLen,
    weightBytes: weightBytesOf(model),
    kvPrecision,
    kvBytesPerToken: kvBytesPerToken(model, bytesPerElement[kvPrecision]),
    stateBytesPerSequence: model.layers.reduce((sum, layer) => {
      return layer.type === "recurrent" ? sum + layer.numLayers * layer.stateBytes : sum;
    }, 0),
    flopsPerToken: flopsPerToken(model, 0),
    flopsPerTokenAt32k: flopsPerToken(model, 32_767),
    weights: model.weights.map((stream) => ({
      role: stream.role,
      precision: stream.precision,
      parameters: parametersOf(stream),
      activeParameters: activeParametersOf(stream),
      bytes: parametersOf(stream) * bytesPerParamOf(stream),
      ...(stream.routing && { routing: stream.routing }),
    })),
    layers: model.layers,
    ...(source !== undefined && { source, verified }),
  };
}
