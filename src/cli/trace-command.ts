/** What a trace file is like, and its conversion into request lines. */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { counted } from "../base/counted.js";
import { InferenceLabError, type TraceRow } from "../index.js";
import { formatRow, type Trace, traceStats } from "../io/index.js";
import { loadTrace } from "../node/index.js";
import { toSnakeCase } from "../simulation/case.js";
import { scaleTrace, type TraceScaling } from "../workload/scale-trace.js";
import { formatCount } from "./number-format.js";
import { openOutput } from "./output-file.js";
import { colorsFor, type Terminal, warn } from "./terminal.js";
import { formatTraceStats } from "./trace-report.js";

export interface TraceOptions {
  /** Path of a tokenizer.json, for traces of texts. */
  readonly tokenizer?: string;
  /** False under `--no-color`. */
  readonly color: boolean;
}

export interface TraceStatsOptions extends TraceOptions {
  readonly json?: boolean;
}

export interface TraceConvertOptions extends TraceOptions, TraceScaling {
  /** Of what is drawn. Default 42, as in a config. */
  readonly seed?: number;
}

export async function traceStatsCommand(
  path: string,
  options: TraceStatsOptions,
  terminal: Terminal,
): Promise<void> {
  const trace = await load(path, options, terminal);
  const stats = traceStats(trace);
  const { format, numRead, numSkipped } = trace;
  terminal.stdout.write(
    options.json
      ? `${JSON.stringify(toSnakeCase({ format, numRead, numSkipped, ...stats }), null, 2)}\n`
      : formatTraceStats(path, trace, stats, colorsFor(terminal.stdout, terminal, options.color)),
  );
}

export async function traceConvertCommand(
  from: string,
  to: string,
  options: TraceConvertOptions,
  terminal: Terminal,
): Promise<void> {
  const output = await openOutput(to);
  try {
    const trace = await load(from, options, terminal);
    const { rows, skipped, numFollowUps } = scaleTrace(trace, options, options.seed ?? 42);
    if (rows.length === 0) {
      throw new InferenceLabError(
        `the options leave none of the ${counted(trace.rows.length, "request")}`,
      );
    }
    const bytes = linesOf(rows);
    await output.commit(to.endsWith(".gz") ? await promisify(gzip)(bytes) : bytes);
    const more = [
      ...skipped.map(({ by, count }) => `${formatCount(count)} ${REASONS[by]}`),
      ...(options.traceSessions ? [`${formatCount(numFollowUps)} linked to an earlier one`] : []),
    ];
    terminal.stdout.write(
      `Wrote ${formatCount(rows.length)} of ${counted(trace.numRead, "request")} to ${to}${more.length === 0 ? "" : `: ${more.join(", ")}`}\n`,
    );
  } finally {
    await output.discard();
  }
}

const REASONS: Readonly<Record<"reader" | keyof TraceScaling, string>> = {
  reader: "skipped in reading",
  rateScale: "left out by --rate-scale",
  timeWindow: "left out by --time-window",
  maxRequests: "left out by --max-requests",
  sample: "left out by --sample",
  traceJitter: "left out by --trace-jitter",
  traceSessions: "left out by --trace-sessions",
};

/** Reads a trace, and puts what it has to say of it on standard error. */
async function load(path: string, options: TraceOptions, terminal: Terminal): Promise<Trace> {
  const trace = await loadTrace(path, { tokenizer: options.tokenizer });
  for (const warning of trace.warnings) warn(`${path}: ${warning}`, options, terminal);
  if (!trace.isTimed) warn(`${path}: says nothing of arrival times`, options, terminal);
  return trace;
}

/** Encoded in portions: a long trace may not fit into one string. */
function linesOf(rows: readonly TraceRow[]): Buffer {
  const portions: Buffer[] = [];
  for (let start = 0; start < rows.length; start += ROWS_PER_PORTION) {
    const lines = rows.slice(start, start + ROWS_PER_PORTION).map((row) => `${formatRow(row)}\n`);
    portions.push(Buffer.from(lines.join("")));
  }
  return Buffer.concat(portions);
}

const ROWS_PER_PORTION = 10_000;
