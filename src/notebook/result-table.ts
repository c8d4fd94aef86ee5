/** Results as tables: one of its latencies, several side by side. */
import { counted } from "../base/counted.js";
import {
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  timeUnit,
} from "../cli/number-format.js";
import type { Distribution, SimulationResult } from "../simulation/result.js";
import { htmlTable, type Table } from "./html-table.js";

/** Results by the names under which tables and charts show them. */
export type NamedResults = Readonly<Record<string, SimulationResult>>;

const STATISTICS = ["mean", "p50", "p90", "p95", "p99", "max"] as const;

/** The latencies of one result, under a line of what else there is to know. */
export function resultTable(result: SimulationResult): Table {
  const { counts, throughput, utilization, preemptions, partial } = result;
  const caption = [
    `${formatCount(counts.completed)} of ${counted(counts.total, "request")} completed in ${formatDuration(result.duration)}`,
    `${formatNumber(throughput.outputTokensPerSec)} output tokens/s`,
    `${formatPercent(utilization.kvCache)} of the KV cache in use`,
    counted(preemptions.total, "preemption"),
    ...(partial ? ["stopped before the end"] : []),
  ];
  return htmlTable({
    caption: caption.join("; "),
    head: ["Latency", ...STATISTICS],
    rows: [
      latencyRow("TTFT", result.ttft),
      latencyRow("TPOT", result.tpot),
      latencyRow("ITL", result.itl),
      latencyRow("E2E", result.e2e),
      latencyRow("Queue time", result.queueTime),
    ],
  });
}

/** One unit for the whole row. */
function latencyRow(name: string, distribution: Distribution): string[] {
  const unit = timeUnit(distribution.p99);
  return [name, ...STATISTICS.map((statistic) => formatDuration(distribution[statistic], unit))];
}

/** A row for each result. */
export function comparisonTable(results: NamedResults): Table {
  const all = Object.values(results);
  const rows = Object.entries(results).map(([name, result]) => [
    name,
    ...COMPARED.map(({ cell }) => cell(result, all)),
  ]);
  return htmlTable({
    head: ["Run", ...COMPARED.map(({ name }) => name)],
    rows,
  });
}

interface Compared {
  readonly name: string;
  /** `all` results stand in the column; they share a unit. */
  readonly cell: (result: SimulationResult, all: readonly SimulationResult[]) => string;
}

const duration = (name: string, of: (result: SimulationResult) => number): Compared => ({
  name,
  cell: (result, all) => formatDuration(of(result), timeUnit(Math.max(...all.map(of)))),
});

const COMPARED: readonly Compared[] = [
  {
    name: "completed",
    cell: ({ counts }) => `${formatCount(counts.completed)} of ${formatCount(counts.total)}`,
  },
  duration("TTFT p50", ({ ttft }) => ttft.p50),
  duration("TTFT p99", ({ ttft }) => ttft.p99),
  duration("TPOT p50", ({ tpot }) => tpot.p50),
  duration("TPOT p99", ({ tpot }) => tpot.p99),
  duration("E2E p50", ({ e2e }) => e2e.p50),
  duration("E2E p99", ({ e2e }) => e2e.p99),
  {
    name: "output tokens/s",
    cell: ({ throughput }) => formatNumber(throughput.outputTokensPerSec),
  },
  { name: "preemptions", cell: ({ preemptions }) => formatCount(preemptions.total) },
];
