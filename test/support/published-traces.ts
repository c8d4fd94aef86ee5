/** The folder of published traces, which is not part of the repository; tests on it are skipped where it is absent. */
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readTrace, type Trace } from "../../src/io/index.js";

const folder = join(process.env["INFERENCE_LAB_DATA"] ?? "../shared/data", "traces");

/** The folder, or undefined, which is said aloud. */
export function publishedTraces(): string | undefined {
  if (existsSync(folder)) return folder;
  console.warn(`skipped: no published traces in ${folder} (INFERENCE_LAB_DATA)`);
  return undefined;
}

export function readPublished(name: string): Promise<Trace> {
  return readTrace(createReadStream(join(folder, name)), { name });
}

/** A row of trace_stats.csv: NaN for what it does not have. */
export function publishedStatistics(name: string): (column: string) => number {
  const lines = readFileSync(join(folder, "trace_stats.csv"), "utf8").trim().split(/\r?\n/);
  const [header, ...rows] = lines.map((line) => line.split(","));
  const values = rows.find(([first]) => first === name)!;
  return (column) => parseFloat(values[header!.indexOf(column)]!);
}
