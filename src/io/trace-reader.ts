/** Reads a trace of requests, in whichever of the formats of trace-formats.ts it is. */
import { TraceError } from "../base/errors.js";
import type { RecordedTrace, TraceRow } from "../workload/trace-row.js";
import { abbreviated, checkRecord, FieldError, type JsonRecord } from "./fields.js";
import type { TextOptions } from "./formats/json-format.js";
import { ArraySplitter, LineSplitter, type OnRecord } from "./splitters.js";
import { openTable, type CsvTable } from "./csv-table.js";
import { splitText, type ByteSource } from "./text-lines.js";
import { TraceDraft, type CollectedRows } from "./trace-draft.js";
import {
  csvFormats,
  describeFormats,
  jsonFormats,
  type CsvFormatName,
  type JsonFormatName,
  type TraceFormatName,
} from "./trace-formats.js";

export interface ReadTraceOptions extends TextOptions {
  /** What errors call the source, e.g. a file name. Default "trace". */
  readonly name?: string;
  /** Accept this format only. Default: the one that the content tells. */
  readonly format?: TraceFormatName;
}

/** A trace that was read; a workload takes it as its `trace`, and a result then counts what was skipped and repeats the warnings. */
export interface Trace extends RecordedTrace {
  readonly format: TraceFormatName;
  /** In order of arrival, those of one instant in the order of the file; `after.row` and `prefix.row` are indexes of this array. */
  readonly rows: readonly TraceRow[];
  /** The requests of the source: those of `rows`, and those skipped. */
  readonly numRead: number;
  /** Requests left out, for reasons that `warnings` gives. */
  readonly numSkipped: number;
  /** What a user should know of the source: requests out of order or skipped. */
  readonly warnings: readonly string[];
  /** Whether the source says when requests arrive; if not, all times are 0. */
  readonly isTimed: boolean;
}

/**
 * Reads a trace, gzipped or not. Its content tells the format: the header of a CSV file, or the keys of the first JSON object, be it a line of
 * its own or an element of an array.
 *
 * - `plain`: arrival_s, input_tokens, output_tokens; optionally priority, abort_s. Times as they are.
 * - `lengths`: input_tokens, output_tokens.
 * - `azure`, `burstgpt`: as published. Their first request arrives at 0.
 * - `mooncake`, `llmservingsim`, `agentic`: as published, with the identities of prompts, and sessions where they hold any.
 * - `sharegpt`, `vllm-bench`: texts; `countTokens` tells their lengths.
 * - `requests`: request lines, this library's own form; `formatRow` writes it.
 *
 * A source that is a string is the text itself, not a path.
 *
 * @throws TraceError with source and line, at the first thing that is wrong
 */
export async function readTrace(
  source: ByteSource,
  options: ReadTraceOptions = {},
): Promise<Trace> {
  const { name = "trace" } = options;
  const reading = new Reading(options);
  const onRecord: OnRecord = (text, line) => {
    if (text.trim() === "") return;
    try {
      reading.read(text);
    } catch (error) {
      throw error instanceof FieldError ? new TraceError(error.message, name, line) : error;
    }
  };
  await splitText(source, name, (head) =>
    head.trimStart().startsWith("[")
      ? new ArraySplitter(name, onRecord)
      : new LineSplitter(onRecord),
  );
  return reading.finish(name);
}

/** What is known of a source so far. */
class Reading {
  readonly #options: ReadTraceOptions;
  readonly #draft = new TraceDraft();
  #format: TraceFormatName | undefined;
  #table: CsvTable | undefined;
  #readRecord: ((record: JsonRecord) => void) | undefined;

  constructor(options: ReadTraceOptions) {
    this.#options = options;
  }

  /** Throws FieldError. */
  read(text: string): void {
    if (this.#table !== undefined) this.#table.read(text);
    else if (this.#readRecord !== undefined) this.#readRecord(parseRecord(text));
    else if (text.trimStart().startsWith("{")) this.#openRecords(parseRecord(text));
    else this.#openTable(text);
  }

  finish(name: string): Trace {
    const format = this.#format;
    if (format === undefined) throw new TraceError("the trace is empty", name);
    const collected: CollectedRows = this.#draft.finish(
      format in csvFormats
        ? csvFormats[format as CsvFormatName]
        : jsonFormats[format as JsonFormatName],
    );
    if (collected.rows.length === 0) {
      throw new TraceError(
        collected.numSkipped === 0
          ? "the trace has no rows"
          : `the trace has no rows that can be used; ${collected.warnings.join("; ")}`,
        name,
      );
    }
    return { format, ...collected };
  }

  #openTable(header: string): void {
    const { format } = this.#options;
    const names = (Object.keys(csvFormats) as CsvFormatName[]).filter(
      (name) => format === undefined || format === name,
    );
    const { name, table } = openTable(header, names, this.#draft, format);
    this.#format = name;
    this.#table = table;
  }

  #openRecords(first: JsonRecord): void {
    const { format: wanted } = this.#options;
    const format = (Object.keys(jsonFormats) as JsonFormatName[]).find(
      (name) =>
        (wanted === undefined || wanted === name) &&
        jsonFormats[name].keys.some((keys) => keys.every((key) => key in first)),
    );
    if (format === undefined || "custom_id" in first) throw unknownRecord(first, wanted);
    this.#format = format;
    this.#readRecord = jsonFormats[format].open(this.#draft, this.#options);
    this.#readRecord(first);
  }
}

function parseRecord(text: string): JsonRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new FieldError(`invalid JSON: ${(error as Error).message}`);
  }
  return checkRecord(value, "the record");
}

function unknownRecord(record: JsonRecord, wanted: TraceFormatName | undefined): FieldError {
  if ("custom_id" in record) {
    return new FieldError(
      "this is a dataset in the OpenAI batch format, not a trace: a config names it as dataset_path",
    );
  }
  const keys = abbreviated(Object.keys(record).join(", "));
  return new FieldError(
    `unknown keys {${keys}}; accepted are ${describeFormats(wanted && [wanted])}`,
  );
}
