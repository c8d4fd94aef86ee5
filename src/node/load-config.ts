/** Configs from the file system, with the files that they name. */
import { access, readFile } from "node:fs/promises";
import { dirname, extname, isAbsolute, join } from "node:path";
import { InferenceLabError, TraceError } from "../base/errors.js";
import { parseConfig } from "../config/index.js";
import type { SimulationConfig } from "../simulation/config.js";
import { loadDataset, type LoadDatasetOptions } from "./dataset-files.js";
import { reasonOf } from "./read-error.js";
import { loadTrace } from "./trace-files.js";

/** How to load the files that a config names. */
export interface LoadConfigOptions extends LoadDatasetOptions {
  /** Called with what a user should know of the trace: requests out of order or skipped, and what was assumed. */
  readonly onWarning?: (warning: string) => void;
}

/**
 * Reads a config file, as JSON if it is named `.json`, else as TOML, and the files that it names, relative to it: the trace of
 * `trace_path`; the dataset of `dataset_path`, for which a tokenizer must be given. Paths in the options are as they
 * are for any other program.
 *
 * @throws InferenceLabError if a file cannot be read; ConfigError listing every problem of the config; TraceError if
 * the trace or dataset cannot be read
 */
export async function loadConfig(
  path: string,
  options: LoadConfigOptions = {},
): Promise<SimulationConfig> {
  const config = await readConfig(path);
  const { workload, scheduler } = config;
  const beside = (name: string) => (isAbsolute(name) ? name : join(dirname(path), name));
  if ("create" in workload || workload.datasetPath === undefined) {
    refuseDatasetOptions(options, "tracePath" in workload && workload.tracePath !== undefined);
  }
  if ("create" in workload) return config;
  const { tracePath, datasetPath, numRequests } = workload;
  if (datasetPath !== undefined) {
    await requireFile(beside(datasetPath), "dataset_path", path);
    const { blockSize } = scheduler;
    const dataset = await loadDataset(beside(datasetPath), blockSize, numRequests, options);
    return { ...config, workload: { ...workload, dataset } };
  }
  if (tracePath === undefined) return config;
  await requireFile(beside(tracePath), "trace_path", path);
  const { tokenizer, onWarning } = options;
  const trace = await loadTrace(beside(tracePath), { tokenizer });
  for (const warning of trace.warnings) onWarning?.(`${beside(tracePath)}: ${warning}`);
  return { ...config, workload: { ...workload, trace: trace.rows } };
}

/** A file that a config names is missing where the config says it is. */
async function requireFile(file: string, key: string, config: string): Promise<void> {
  try {
    await access(file);
  } catch (error) {
    const where = `workload.${key} of ${config} names it, relative to that file`;
    throw new TraceError(`${reasonOf(error)}; ${where}`, file);
  }
}

/** The config of a file alone, checked, without the files that it names. */
export async function readConfig(path: string): Promise<SimulationConfig> {
  const format = extname(path).toLowerCase() === ".json" ? "json" : "toml";
  return parseConfig(await readText(path), { format, source: path });
}

/** A trace of texts needs a tokenizer too. */
function refuseDatasetOptions(
  { tokenizer, chatTemplate }: LoadConfigOptions,
  hasTrace: boolean,
): void {
  if (chatTemplate === undefined && (tokenizer === undefined || hasTrace)) return;
  const option =
    chatTemplate === undefined ? "a tokenizer (--tokenizer)" : "a chat template (--chat-template)";
  throw new InferenceLabError(
    `${option} is given, and the config has no workload.dataset_path that it would be for`,
  );
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new InferenceLabError(`${path}: ${reasonOf(error)}`, { cause: error });
  }
}
