/** Writes a commented config to start from. */
import { writeFile } from "node:fs/promises";
import { exampleConfig } from "../config/index.js";
import { InferenceLabError } from "../index.js";
import { writeError } from "./output-file.js";
import { DEFAULT_CONFIG } from "./program.js";
import type { Terminal } from "./terminal.js";

export async function initCommand(path: string, { stdout }: Terminal): Promise<void> {
  try {
    await writeFile(path, exampleConfig(), { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw writeError(path, error);
    throw new InferenceLabError(`${path} exists already and is left as it is; name another path`);
  }
  const run = path === DEFAULT_CONFIG ? "inference-lab" : `inference-lab -c ${path}`;
  stdout.write(`Wrote ${path}. Simulate it with: ${run}\n`);
}
