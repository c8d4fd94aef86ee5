/** What a trace file is like, and its conversion into request lines. */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
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
  const stats = traceStats(trace.rows);
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
    const { rows, skipped } = scaleTrace(trace.rows, options, options.seed ?? 42);
    if (rows.length === 0) {
      throw new InferenceLabError(
        `the options leave none of the ${formatCount(trace.rows.length)} requests`,
      );
    }
    const bytes = linesOf(rows);
    await output.commit(to.endsWith(".gz") ? await promisify(gzip)(bytes) : bytes);
    const left = [
      ...(trace.numSkipped > 0 ? [`${formatCount(trace.numSkipped)} skipped in reading`] : []),
      ...skipped.map(({ key, count }) => `${formatCount(count)} left out by ${FLAGS[key]}`),
    ];
    terminal.stdout.write(
      `Wrote ${formatCount(rows.length)} of ${formatCount(trace.numRead)} requests to ${to}${left.length === 0 ? "" : `: ${left.join(", ")}`}\n`,
    );
  } finally {
    await output.discard();
  }
}

const FLAGS: Readonly<Record<keyof TraceScaling, string>> = {
  rateScale: "--rate-scale",
  timeWindow: "--time-window",
  maxRequests: "--max-requests",
  sample: "--sample",
  traceJitter: "--trace-jitter",
};

/** Reads a trace, and puts what it has to say of it on standard error. */
async function load(path: string, options: TraceOptions, terminal: Terminal): Promise<Trace> {
  const trace = await loadTrace(path, { tokenizer: options.tokenizer });
  for (const warning of trace.warnings) warn(`${path}: ${warning}`, options, terminal);
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
