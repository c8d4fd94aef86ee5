/** `table(…)`: whatever there is to tabulate. */
import { formatNumber } from "../cli/number-format.js";
import { InferenceLabError } from "../base/errors.js";
import type { SimulationResult } from "../simulation/result.js";
import { htmlTable, type Table } from "./html-table.js";
import { comparisonTable, resultTable, type NamedResults } from "./result-table.js";

/** Rows of one's own: the keys of the first row are the columns, numbers come with three significant digits. */
export type TableRows = readonly Readonly<Record<string, string | number | boolean>>[];

/**
 * A table that shows itself: the latencies of a result, several results side by side, or rows of your own.
 *
 * @example
 * ```ts
 * table(result);
 * table({ "first come": fcfs, "shortest first": sif });
 * table([{ policy: "fcfs", "p99 TTFT (s)": 12.3 }]);
 * ```
 *
 * @throws InferenceLabError if there is nothing to show
 */
export function table(content: SimulationResult | NamedResults | TableRows): Table {
  if (Array.isArray(content)) return rowTable(content as TableRows);
  if (isResult(content)) return resultTable(content);
  return comparisonTable(checkedResults(content as NamedResults));
}

/** Whether it is one result, rather than several by name. */
export function isResult(content: object): content is SimulationResult {
  return "requests" in content && "timeSeries" in content;
}

/** @throws InferenceLabError unless there is at least one result, and nothing else */
export function checkedResults(results: NamedResults): NamedResults {
  const found = Object.entries(results);
  const wrong = found.find(([, result]) => typeof result !== "object" || !isResult(result));
  if (found.length === 0 || wrong !== undefined) {
    const what = wrong === undefined ? "none" : `"${wrong[0]}", which is none`;
    throw new InferenceLabError(
      `expected a result, or results by name such as { fcfs: simulate(config) }; found ${what}`,
    );
  }
  return results;
}

function rowTable(rows: TableRows): Table {
  if (rows.length === 0) throw new InferenceLabError("table([]) has no rows to show");
  const head = Object.keys(rows[0]!);
  return htmlTable({
    head,
    rows: rows.map((row) => head.map((key) => formatCell(row[key]))),
  });
}

/** A key that a row lacks is an empty cell. */
function formatCell(value: string | number | boolean = ""): string {
  return typeof value === "number" ? formatNumber(value) : String(value);
}
