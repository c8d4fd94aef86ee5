/** Writes a commented config to start from. */
import { writeFile } from "node:fs/promises";
import { dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { exampleConfig } from "../config/index.js";
import { InferenceLabError } from "../index.js";
import { writeError } from "./output-file.js";
import { DEFAULT_CONFIG } from "./program.js";
import type { Terminal } from "./terminal.js";

export async function initCommand(path: string, { stdout }: Terminal): Promise<void> {
  try {
    await writeFile(path, exampleConfig({ schema: schemaFor(path) }), { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw writeError(path, error);
    throw new InferenceLabError(`${path} exists already and is left as it is; name another path`);
  }
  const run = path === DEFAULT_CONFIG ? "inference-lab" : `inference-lab -c ${path}`;
  stdout.write(`Wrote ${path}. Simulate it with: ${run}\n`);
}

/**
 * How editors find the schema from a file: by a relative path where the package is installed in the file's project, so that the file can be
 * shared; else by where the package is on this machine.
 *
 * @param schema the file of the package that runs
 */
export function schemaFor(path: string, schema = packageSchema()): string {
  const folder = dirname(resolve(path));
  const project = schema.split(`${sep}node_modules${sep}`)[0]!;
  if (project === schema || !`${folder}${sep}`.startsWith(`${project}${sep}`)) {
    return pathToFileURL(schema).href;
  }
  const fromFile = relative(folder, schema).replaceAll(sep, "/");
  return fromFile.startsWith(".") ? fromFile : `./${fromFile}`;
}

const packageSchema = () => fileURLToPath(new URL("config.schema.json", import.meta.url));
