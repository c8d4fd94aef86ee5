/** Reads a CSV trace of requests. Formats are told by their header; their table is trace-formats.ts. */
import { TraceError } from "../base/errors.js";
import { sortByArrival, type TraceRow } from "../workload/replay.js";
import { splitCsvLine } from "./csv.js";
import { forEachLine, type ByteSource } from "./text-lines.js";
import {
  FieldError,
  traceFormats,
  type Field,
  type TraceFormat,
  type TraceFormatName,
} from "./trace-formats.js";

export interface ReadTraceOptions {
  /** What errors call the source, e.g. a file name. Default "trace". */
  readonly name?: string;
  /** Accept this format only. Default: the one that the header tells. */
  readonly format?: TraceFormatName;
}

/**
 * The requests of a trace in order of arrival (those of one instant in the order of the file), gzipped or not:
 *
 * - `arrival_s, input_tokens, output_tokens`, and optionally `priority` and `abort_s`: times as they are;
 * - the Azure LLM inference traces as published, `TIMESTAMP, ContextTokens, GeneratedTokens`: the earliest request arrives at 0.
 *
 * Columns come in any order. A string is the text itself, not a path.
 *
 * @throws TraceError with source and line, at the first thing that is wrong
 */
export async function readTrace(
  source: ByteSource,
  options: ReadTraceOptions = {},
): Promise<TraceRow[]> {
  const { name = "trace", format } = options;
  const rows: TraceRow[] = [];
  let table: Table | undefined;
  await forEachLine(source, name, (line, number) => {
    if (line.trim() === "") return;
    const fields = splitCsvLine(line);
    if (fields === undefined) throw new TraceError("a quoted field is not closed", name, number);
    try {
      if (table === undefined) table = openTable(fields, format);
      else rows.push(table.read(fields));
    } catch (error) {
      throw error instanceof FieldError ? new TraceError(error.message, name, number) : error;
    }
  });
  if (rows.length === 0) {
    throw new TraceError(
      table === undefined ? "the trace is empty" : "the trace has no rows",
      name,
    );
  }
  return fromZero(sortByArrival(rows));
}

/** A file whose header has been read. */
interface Table {
  read(fields: readonly string[]): TraceRow;
}

function openTable(header: readonly string[], wanted: TraceFormatName | undefined): Table {
  const names = header.map((column) => column.toLowerCase());
  const candidates = wanted === undefined ? Object.values(traceFormats) : [traceFormats[wanted]];
  const format = candidates.find(({ columns }) =>
    columns.every((column) => names.includes(column.toLowerCase())),
  );
  if (format === undefined) {
    throw new FieldError(
      `unknown header "${abbreviated(header.join(","))}"; accepted are ${candidates.map(describe).join("; ")}`,
    );
  }
  const columns = [...format.columns, ...format.optionalColumns];
  const known = columns.map((column) => column.toLowerCase());
  for (const [i, column] of names.entries()) {
    if (!known.includes(column)) {
      throw new FieldError(
        `unknown column "${abbreviated(header[i]!)}"; accepted is ${describe(format)}`,
      );
    }
    if (names.indexOf(column) !== i) throw new FieldError(`column "${header[i]}" comes twice`);
  }

  let fields: readonly string[] = [];
  const positions = new Map(columns.map((column, i) => [column, names.indexOf(known[i]!)]));
  const field: Field = (column) => fields[positions.get(column)!] || undefined;
  const readRow = format.open();
  return {
    read(line) {
      if (line.length !== header.length) {
        throw new FieldError(`${line.length} columns where the header has ${header.length}`);
      }
      fields = line;
      return readRow(field);
    },
  };
}

/** A wall clock starts at the first row, which need not be the earliest. Times have nanoseconds: rounding to them keeps them exact. */
function fromZero(rows: readonly TraceRow[]): TraceRow[] {
  const start = rows[0]!.arrivalTime;
  if (start >= 0) return rows as TraceRow[];
  return rows.map((row) => ({
    ...row,
    arrivalTime: Math.round((row.arrivalTime - start) * 1e9) / 1e9,
  }));
}

function describe({ title, columns, optionalColumns }: TraceFormat): string {
  const optional = optionalColumns.length === 0 ? "" : ` (optional: ${optionalColumns.join(",")})`;
  return `${columns.join(",")}${optional} [${title}]`;
}

function abbreviated(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
