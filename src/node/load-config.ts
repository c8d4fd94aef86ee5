/** Configs from the file system, with the files that they name. */
import { access } from "node:fs/promises";
import { dirname, extname, isAbsolute, join, resolve } from "node:path";
import { InferenceLabError, TraceError } from "../base/errors.js";
import { type FileConfig, openConfig, type OpenedConfig } from "../config/parse-config.js";
import type { LoadDatasetOptions } from "./dataset-files.js";
import { reasonOf } from "./read-error.js";
import { readText } from "./text-file.js";

/**
 * Reads a config file, as JSON if it is named `.json`, else as TOML, and the files that it names, relative to it: the trace of
 * `trace_path`; the dataset of `dataset_path`, for which a tokenizer must be given. Paths in the options are as they
 * are for any other program. In the config that is returned, and so in results, the two paths are absolute: it can be run again
 * from anywhere.
 *
 * @throws InferenceLabError if a file cannot be read; ConfigError listing every problem of the config; TraceError if
 * the trace or dataset cannot be read
 */
export async function loadConfig(
  path: string,
  options: LoadDatasetOptions = {},
): Promise<FileConfig> {
  const { config, check } = await openFile(path);
  const { workload, scheduler } = config;
  if (workload.datasetPath === undefined) {
    refuseDatasetOptions(options, workload.tracePath !== undefined);
  }
  const { numRequests } = workload;
  const datasetPath = await fileBeside(path, workload.datasetPath, "dataset_path");
  const tracePath = await fileBeside(path, workload.tracePath, "trace_path");
  let complete = config;
  if (datasetPath !== undefined) {
    const { loadDataset } = await import("./dataset-files.js");
    const dataset = await loadDataset(datasetPath, scheduler.blockSize, numRequests, options);
    complete = { ...config, workload: { ...workload, datasetPath: resolve(datasetPath), dataset } };
  } else if (tracePath !== undefined) {
    const { loadTrace } = await import("./trace-files.js");
    const trace = await loadTrace(tracePath, { tokenizer: options.tokenizer });
    complete = { ...config, workload: { ...workload, tracePath: resolve(tracePath), trace } };
  }
  if (complete !== config) check(complete);
  return complete;
}

/**
 * The path of a file that a config names, if it names one.
 * @throws TraceError if it is missing where the config says it is
 */
async function fileBeside(config: string, name: string | undefined, key: string) {
  if (name === undefined) return undefined;
  const file = isAbsolute(name) ? name : join(dirname(config), name);
  try {
    await access(file);
  } catch (error) {
    const where = `workload.${key} of ${config} names it, relative to that file`;
    throw new TraceError(`${reasonOf(error)}; ${where}`, file);
  }
  return file;
}

/** The config of a file alone, checked, without the files that it names. */
export async function readConfig(path: string): Promise<FileConfig> {
  return (await openFile(path)).config;
}

async function openFile(path: string): Promise<OpenedConfig> {
  const format = extname(path).toLowerCase() === ".json" ? "json" : "toml";
  return openConfig(await readText(path), { format, source: path });
}

/** A trace of texts needs a tokenizer too. */
function refuseDatasetOptions(
  { tokenizer, chatTemplate }: LoadDatasetOptions,
  hasTrace: boolean,
): void {
  if (chatTemplate === undefined && (tokenizer === undefined || hasTrace)) return;
  const option =
    chatTemplate === undefined ? "a tokenizer (--tokenizer)" : "a chat template (--chat-template)";
  throw new InferenceLabError(
    `${option} is given, and the config has no workload.dataset_path that it would be for`,
  );
}
