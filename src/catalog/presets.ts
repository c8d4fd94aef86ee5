/** Names to presets: devices and models, as tables of a config. */
import { ConfigError } from "../base/errors.js";
import { lazy } from "../base/lazy.js";
import { editDistance } from "../base/suggest.js";
import type { HardwareConfig } from "../simulation/config.js";
import { deviceAliases, devices } from "./gpus.js";
import { modelFromHuggingFace, type ModelPreset } from "./hugging-face.js";
import type { ModelRow } from "./model-row.js";
import { denseModels } from "./models-dense.js";
import { hybridModels } from "./models-hybrid.js";
import { latentModels } from "./models-latent.js";
import { moeModels } from "./models-moe.js";
import { sources } from "./sources.js";

/** A device for a config: its numbers in bf16, and what the catalog knows beside them. */
export type HardwarePreset = HardwareConfig & Required<Pick<HardwareConfig, "name" | "device">>;

/**
 * A device by its name, in any spelling: "h100-sxm", "H100_SXM", "h100".
 *
 * @throws ConfigError with suggestions for a name that is not in the catalog
 */
export function hardwarePreset(name: string): HardwarePreset {
  const found = lookUp(name, devicesBySpelling());
  const device = found === undefined ? undefined : devices.get(found);
  if (device === undefined) throw unknown("hardware", name, devicesBySpelling());
  return {
    name: device.name,
    device,
    computeFlops: device.flops.bf16!,
    memoryBandwidth: device.memoryBandwidth,
    memoryCapacity: device.memoryCapacity,
  };
}

/**
 * A model by its name, in any spelling, or by its Hugging Face repository: "llama-3.1-70b", "Qwen/Qwen3-32B".
 *
 * @throws ConfigError with suggestions for a name that is not in the catalog
 */
export function modelPreset(name: string): ModelPreset {
  const found = lookUp(name, modelsBySpelling());
  const row = found === undefined ? undefined : models.get(found);
  if (row === undefined) throw unknown("model", name, modelsBySpelling());
  const { text, verified } = sources[row.source];
  return { ...modelFromHuggingFace(row.config, { name: row.name }), source: text, verified };
}

const models: ReadonlyMap<string, ModelRow> = new Map(
  [...denseModels, ...moeModels, ...latentModels, ...hybridModels].map((row) => [row.name, row]),
);

/** Names of models that have the shape of another. */
const modelAliases: Readonly<Record<string, string>> = {
  "deepseek-v3.1": "deepseek-v3",
  "deepseek-r1-distill-llama-8b": "llama-3.1-8b",
  "deepseek-r1-distill-llama-70b": "llama-3.3-70b",
  "deepseek-r1-distill-qwen-1.5b": "qwen2.5-1.5b",
  "deepseek-r1-distill-qwen-7b": "qwen2.5-7b",
  "deepseek-r1-distill-qwen-14b": "qwen2.5-14b",
  "deepseek-r1-distill-qwen-32b": "qwen2.5-32b",
  "minimax-m2.1": "minimax-m2",
  "qwq-32b": "qwen2.5-32b",
};

/** Names of all devices of the catalog. */
export const hardwareNames: readonly string[] = [...devices.keys()];

/** Names of all models of the catalog. */
export const modelNames: readonly string[] = [...models.keys()];

/** By their spelling without case and separators, the names that are meant. */
type Names = ReadonlyMap<string, string>;

const devicesBySpelling = lazy(
  (): Names =>
    new Map([
      ...hardwareNames.map((name) => [plain(name), name] as const),
      ...Object.entries(deviceAliases).map(([alias, name]) => [plain(alias), name] as const),
    ]),
);

const modelsBySpelling = lazy(
  (): Names =>
    new Map([
      ...modelNames.map((name) => [plain(name), name] as const),
      ...Object.entries(modelAliases).map(([alias, name]) => [plain(alias), name] as const),
    ]),
);

function lookUp(name: string, names: Names): string | undefined {
  const base = baseOf(name);
  const spellings = [name, base, base.replace(/-v\d[\d.]*$/, "")];
  const known = spellings.find((spelling) => names.has(plain(spelling)));
  return known === undefined ? undefined : names.get(plain(known));
}

/** Without owner, and without what says how a model was trained on: neither changes its shape. */
function baseOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/^[^/]*\//, "")
    .replace(/^(meta|nvidia)-/, "")
    .replace(/-17b-\d+e(?=-|$)/, "")
    .replace(/-(instruct|it|chat|base|thinking|bf16|hf|4k|2407|2501|v0\.3)(?=-|$)/g, "");
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9.]/g, "");
}

function unknown(table: string, name: string, names: Names): ConfigError {
  const wanted = plain(baseOf(name));
  const byDistance = [...names]
    .map(([spelling, known]) => ({ known, distance: editDistance(wanted, spelling) }))
    .toSorted((a, b) => a.distance - b.distance);
  const near = [...new Set(byDistance.map(({ known }) => `"${known}"`))].slice(0, 5);
  return new ConfigError([
    {
      path: [table, "preset"],
      message: `"${name}" is not in the catalog`,
      fix: `did you mean one of ${near.join(", ")}? all names: inference-lab presets`,
    },
  ]);
}
