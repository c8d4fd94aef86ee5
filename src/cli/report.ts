/** The final report: every figure of a result that a reader asks for first, each with its unit, in 80 columns. */
import Table from "cli-table3";
import { counted } from "../base/counted.js";
import type { Distribution, LabelName, RequestGroup, SimulationResult } from "../index.js";
import { headline } from "./describe-config.js";
import {
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  NONE,
  timeUnit,
} from "./number-format.js";
import type { Colors } from "./terminal.js";
import { labelled, LABEL_WIDTH, WIDTH, wrap } from "./text.js";

export function formatReport(result: SimulationResult, colors: Colors): string {
  const paragraphs = [
    heading(result, colors),
    [latencyTable(result, colors)],
    figures(result, colors),
    groupTable(result, "tenant", colors),
    groupTable(result, "class", colors),
    rejections(result, colors),
    formatConfidence(result, colors),
    formatRemarks(result, colors),
  ];
  return paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

function heading(result: SimulationResult, { bold, yellow }: Colors): string[] {
  const { counts, duration, numSteps, seed, partial, config } = result;
  const requests = `${formatCount(counts.completed)} of ${counted(counts.total, "request")}`;
  const time = `${formatDuration(duration)} of simulated time (${counted(numSteps, "step")})`;
  const lines = [
    ...wrap(`${headline(config)}, seed ${seed}`, WIDTH).map(bold),
    ...wrap(`${requests} completed in ${time}`, WIDTH),
  ];
  if (partial) {
    lines.push(yellow("PARTIAL RESULT: the run was stopped before its end."));
  }
  return lines;
}

const COLUMNS = ["min", "mean", "p50", "p90", "p99"] as const;

function latencyTable(result: SimulationResult, { bold }: Colors): string {
  const table = new Table({
    head: ["Latency", ...COLUMNS].map(bold),
    colAligns: ["left", ...COLUMNS.map(() => "right" as const)],
    colWidths: [11, ...COLUMNS.map(() => 10)], // the same in every report, so that two can be compared
    style: { head: [], border: [], compact: true },
  });
  table.push(
    latencyRow("TTFT", result.ttft),
    latencyRow("E2E", result.e2e),
    latencyRow("Per token", result.itl),
  );
  return table.toString();
}

/** One unit for the whole row, so that its figures can be compared at a glance. */
function latencyRow(name: string, distribution: Distribution): string[] {
  const unit = timeUnit(Math.max(distribution.mean, distribution.p99));
  return [name, ...COLUMNS.map((column) => formatDuration(distribution[column], unit))];
}

/** Beyond these a table tells less than the JSON result. */
const MAX_GROUPS = 20;

/** What each tenant or class got; nothing where requests have no such label. */
function groupTable(result: SimulationResult, by: LabelName, { bold }: Colors): string[] {
  if (!(by in result.requests)) return [];
  const groups = result.by(by);
  const head = [by === "tenant" ? "Tenant" : "Class", "done", "TTFT p50", "p99", "E2E p50", "p99"];
  const table = new Table({
    head: [...head, "out/s"].map(bold),
    colAligns: ["left", ...head.map(() => "right" as const)],
    colWidths: [13, 10, 10, 10, 10, 10, 9],
    style: { head: [], border: [], compact: true },
  });
  table.push(...groups.slice(0, MAX_GROUPS).map(groupRow));
  const more = groups.length - MAX_GROUPS;
  return [table.toString(), ...(more > 0 ? [`and ${formatCount(more)} more; -o has all`] : [])];
}

/** The median and the p99 of a latency share their unit; output is in tokens a second. */
function groupRow({ label, counts, ttft, e2e, throughput }: RequestGroup): string[] {
  return [
    label === "" ? NONE : label.replace(/\p{Cc}/gu, " "),
    formatCount(counts.completed),
    ...[ttft, e2e].flatMap(({ p50, p99 }) =>
      [p50, p99].map((time) => formatDuration(time, timeUnit(p99))),
    ),
    formatNumber(throughput.outputTokensPerSec),
  ];
}

type Figure = readonly [name: string, figure: string, unit?: string];

function figures(result: SimulationResult, { bold }: Colors): string[] {
  const { throughput, utilization, preemptions, counts, prefixCache, slo } = result;
  const groups: (readonly [string, readonly Figure[]])[] = [
    [
      "Throughput",
      [
        ["Input", formatNumber(throughput.inputTokensPerSec), "tokens/s"],
        ["Output", formatNumber(throughput.outputTokensPerSec), "tokens/s"],
        ["Requests", formatNumber(throughput.requestsPerSec), "requests/s"],
      ],
    ],
    [
      "Utilisation",
      [
        ["KV cache", ...percent(utilization.kvCache)],
        ["FLOPS", ...percent(utilization.flops)],
        ["Bandwidth", ...percent(utilization.bandwidth)],
      ],
    ],
    [
      "Preemptions",
      [
        ["Total", ...count(preemptions.total, "preemption")],
        ["Per request", formatNumber(preemptions.perRequestMean), "preemptions"],
      ],
    ],
    [
      "Requests",
      [
        ["Completed", ...count(counts.completed, "request")],
        ["Rejected", ...count(counts.rejected, "request")],
        ...optional("Aborted", counts.aborted),
        ...optional("Unfinished", counts.unfinished),
      ],
    ],
  ];
  if (prefixCache.hits > 0 || prefixCache.evictions > 0) {
    groups.push([
      "Prefix cache",
      [
        ["Hits", ...count(prefixCache.hits, "token")],
        ["Hit rate", ...percent(prefixCache.hitRate)],
        ["Per request", formatNumber(result.cachedTokens.mean), "tokens"],
        ["Median", formatNumber(result.cachedTokens.p50), "tokens"],
        ["Evictions", ...count(prefixCache.evictions, "block")],
      ],
    ]);
  }
  if (slo !== undefined) groups.push(["SLO", sloFigures(slo)]);
  return groups.flatMap(([label, rows]) => labelled(label, rows.map(alignFigure), bold));
}

function sloFigures({ goodput, attainment }: NonNullable<SimulationResult["slo"]>): Figure[] {
  const met = (["ttft", "tpot", "e2e"] as const).flatMap((target): Figure[] => {
    const share = attainment[target];
    return share === undefined ? [] : [[`${target.toUpperCase()} met`, ...percent(share)]];
  });
  return [
    ["Goodput", formatNumber(goodput), "requests/s"],
    ...met,
    ["All met", ...percent(attainment.all)],
  ];
}

/** Figures end in one column, units begin in the next. */
function alignFigure([name, figure, unit = ""]: Figure): string {
  return `${name.padEnd(12)}${figure.padStart(14)} ${figure === NONE ? "" : unit}`.trimEnd();
}

function percent(share: number): [figure: string, unit?: string] {
  const [figure = "", unit] = formatPercent(share).split(" ");
  return [figure, unit];
}

function count(number: number, noun: string): [figure: string, unit: string] {
  return [formatCount(number), number === 1 ? noun : `${noun}s`];
}

function optional(name: string, number: number): Figure[] {
  return number === 0 ? [] : [[name, ...count(number, "request")]];
}

function rejections({ rejections: groups }: SimulationResult, { yellow }: Colors): string[] {
  const lines = groups.flatMap(({ reason, count, firstIndex }) =>
    wrap(
      `${formatCount(count)} × ${reason} (the first: request ${firstIndex})`,
      WIDTH - LABEL_WIDTH,
    ),
  );
  return labelled("Rejected", lines, yellow);
}

/** How sure the means are, where their cost model is from, and what was never measured. */
function formatConfidence(
  { confidence, provenance }: SimulationResult,
  { dim, yellow }: Colors,
): string[] {
  if (confidence === undefined) return [];
  const { level, coverage, basis, ttft, tpot, e2e, throughput } = confidence;
  const time = ([low, high]: readonly [number, number]) =>
    `${formatDuration(low)} to ${formatDuration(high)}`;
  const [slow, fast] = throughput;
  const intervals =
    `mean TTFT ${time(ttft)}, TPOT ${time(tpot)}, E2E ${time(e2e)}, ` +
    `${formatNumber(slow)} to ${formatNumber(fast)} requests/s`;
  const inherited = provenance.terms.filter((term) => term.inherited).map(({ term }) => term);
  const width = WIDTH - LABEL_WIDTH;
  return [
    ...labelled(`${formatPercent(level)} sure`, wrap(intervals, width), (text) => text),
    ...labelled(
      "Basis",
      wrap(
        `${basis} (such intervals held ${formatPercent(coverage)} of measurements)` +
          (inherited.length > 0 ? `; inherited from other devices: ${inherited.join(", ")}` : ""),
        width,
      ),
      dim,
    ),
    ...provenance.outsideRange.flatMap((line) => labelled("Beyond", wrap(line, width), yellow)),
  ];
}

/** One paragraph for each note and warning, beside its label. */
export function formatRemarks(
  { notes, warnings }: Pick<SimulationResult, "notes" | "warnings">,
  { dim, yellow }: Colors,
): string[] {
  const paragraphs = (label: string, texts: readonly string[], paint: Colors["dim"]) =>
    texts.flatMap((text) => labelled(label, wrap(text, WIDTH - LABEL_WIDTH), paint));
  return [...paragraphs("Note", notes, dim), ...paragraphs("Warning", warnings, yellow)];
}
