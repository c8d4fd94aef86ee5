/** Configs from the file system, with the files that they name. */
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, extname, isAbsolute, join } from "node:path";
import { InferenceLabError, TraceError } from "../base/errors.js";
import { parseConfig } from "../config/index.js";
import { readTrace } from "../io/index.js";
import type { SimulationConfig } from "../simulation/config.js";
import type { TraceRow } from "../workload/replay.js";

/**
 * Reads a config file, as JSON if it is named `.json`, else as TOML, and the trace that its `trace_path` names (relative to the
 * file).
 *
 * @throws InferenceLabError if the file cannot be read; ConfigError listing every problem of the config; TraceError if
 * the trace cannot be read
 */
export async function loadConfig(path: string): Promise<SimulationConfig> {
  const format = extname(path).toLowerCase() === ".json" ? "json" : "toml";
  const config = parseConfig(await readText(path), { format, source: path });
  const { workload } = config;
  if ("create" in workload || workload.tracePath === undefined) return config;
  const { tracePath } = workload;
  const trace = await loadTrace(isAbsolute(tracePath) ? tracePath : join(dirname(path), tracePath));
  return { ...config, workload: { ...workload, trace } };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new InferenceLabError(`${path}: ${reasonOf(error)}`, { cause: error });
  }
}

async function loadTrace(path: string): Promise<TraceRow[]> {
  try {
    return await readTrace(createReadStream(path), { name: path });
  } catch (error) {
    if (error instanceof InferenceLabError) throw error;
    throw new TraceError(reasonOf(error), path);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EISDIR: "is a directory, not a file",
  EACCES: "permission denied",
  EPERM: "permission denied",
};

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ""] ?? `cannot be read (${message})`;
}
