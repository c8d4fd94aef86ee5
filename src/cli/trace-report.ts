/** The statistics of a trace for people, in 80 columns. */
import Table from "cli-table3";
import { counted } from "../base/counted.js";
import type { LengthStats, Trace, TraceStats } from "../io/index.js";
import { formatCount, formatDuration, formatNumber, formatPercent } from "./number-format.js";
import type { Colors } from "./terminal.js";
import { labelled, LABEL_WIDTH, WIDTH, wrap } from "./text.js";

const COLUMNS = ["mean", "p50", "p90", "p99", "max"] as const;

export function formatTraceStats(
  path: string,
  trace: Trace,
  stats: TraceStats,
  colors: Colors,
): string {
  const { bold } = colors;
  const skipped = trace.numSkipped === 0 ? "" : ` (${formatCount(trace.numSkipped)} more skipped)`;
  const title = `${path}: ${counted(stats.count, "request")}${skipped}, format ${trace.format}`;
  const figures = groups(stats).flatMap(([label, rows]) => labelled(label, rows.map(align), bold));
  const paragraphs = [wrap(title, WIDTH).map(bold), [lengthTable(stats, bold)], figures];
  return paragraphs.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

function lengthTable({ input, output }: TraceStats, bold: Colors["bold"]): string {
  const table = new Table({
    head: ["Tokens", ...COLUMNS].map(bold),
    colAligns: ["left", ...COLUMNS.map(() => "right" as const)],
    colWidths: [11, ...COLUMNS.map(() => 10)],
    style: { head: [], border: [], compact: true },
  });
  const row = (name: string, lengths: LengthStats) => [
    name,
    ...COLUMNS.map((column) => formatNumber(lengths[column])),
  ];
  table.push(row("Input", input), row("Output", output));
  return table.toString();
}

type Figure = readonly [name: string, value: string];

function groups(stats: TraceStats): (readonly [string, readonly Figure[]])[] {
  const { prefix, dispersion, numFollowUps } = stats;
  const all: (readonly [string, readonly Figure[]])[] = [
    ["Lengths", [["Correlation of input and output", formatNumber(stats.correlation)]]],
  ];
  if (stats.duration > 0) {
    all.push([
      "Arrivals",
      [
        ["Duration", formatDuration(stats.duration)],
        ["Rate", `${formatNumber(stats.rate)} requests/s`],
        ["Variation of gaps (Poisson: 1)", formatNumber(stats.cvInterarrival)],
        ["Dispersion in 1 s (Poisson: 1)", formatNumber(dispersion.s1)],
        ["Dispersion in 10 s", formatNumber(dispersion.s10)],
        ["Dispersion in 60 s", formatNumber(dispersion.s60)],
        ["Peak by mean of 60 s", formatNumber(stats.peakOverMean60s)],
        ["Gaps of zero", formatPercent(stats.zeroGapShare)],
      ],
    ]);
  }
  if (numFollowUps > 0 || stats.numSessions > 0) {
    all.push([
      "Sessions",
      [
        ["Of more than one request", formatCount(stats.numSessions)],
        ["Requests that follow another", formatCount(numFollowUps)],
      ],
    ]);
  }
  if (prefix !== undefined) {
    all.push([
      "Prefix reuse",
      [
        ["Distinct blocks", formatCount(prefix.uniqueBlocks)],
        ["Blocks", formatCount(prefix.totalBlocks)],
        ["Blocks hit, infinite cache", formatPercent(prefix.blockHitRate)],
        ["Tokens hit, infinite cache", formatPercent(prefix.tokenHitRate)],
        ["Requests hit in whole", formatPercent(prefix.fullHitShare)],
      ],
    ]);
  }
  return all;
}

const NAME_WIDTH = 34;

function align([name, value]: Figure): string {
  return name.padEnd(NAME_WIDTH) + value.padStart(WIDTH - LABEL_WIDTH - NAME_WIDTH - 12);
}
