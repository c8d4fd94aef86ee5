/**
 * This library's own form: one TraceRow a line, its keys in snake_case; `prefix.runs` is a flat list of pairs. It holds all that the other
 * formats do.
 */
import type { PrefixIds, SharedPrefix, TraceRow } from "../../workload/trace-row.js";
import {
  checkList,
  checkNumber,
  checkRecord,
  checkSeconds,
  checkText,
  checkTokens,
  FieldError,
  MAX_INT32,
  type JsonRecord,
} from "../fields.js";
import type { JsonFormat } from "./json-format.js";

const KEYS = [
  "arrival_time",
  "num_prompt_tokens",
  "num_output_tokens",
  "max_tokens",
  "priority",
  "abort_time",
  "prefix",
  "after",
  "session",
  "tenant",
  "class",
];

export const requests: JsonFormat = {
  title: "request lines",
  keys: [["arrival_time", "num_prompt_tokens", "num_output_tokens"]],
  open: (draft) => (record) => void draft.add(rowFrom(record)),
};

/** A row as a line of the format, without a line end. */
export function formatRow(row: TraceRow): string {
  return JSON.stringify({
    arrival_time: row.arrivalTime,
    num_prompt_tokens: row.numPromptTokens,
    num_output_tokens: row.numOutputTokens,
    max_tokens: row.maxTokens,
    priority: row.priority,
    abort_time: row.abortTime,
    prefix: row.prefix && formatPrefix(row.prefix),
    after: row.after,
    session: row.session,
    tenant: row.tenant,
    class: row.class,
  });
}

function formatPrefix(prefix: PrefixIds | SharedPrefix): JsonRecord {
  return "runs" in prefix
    ? { block_size: prefix.blockSize, runs: [...prefix.runs] }
    : { row: prefix.row, num_tokens: prefix.numTokens };
}

function rowFrom(record: JsonRecord): TraceRow {
  refuseUnknown(record, KEYS, "");
  const arrivalTime = checkSeconds(record["arrival_time"], "arrival_time");
  const numPromptTokens = checkTokens(record["num_prompt_tokens"], "num_prompt_tokens");
  const abortTime = optional(record, "abort_time", checkSeconds);
  if (abortTime !== undefined && abortTime < arrivalTime) {
    throw new FieldError(`abort_time is ${abortTime}, before the arrival at ${arrivalTime}`);
  }
  return {
    arrivalTime,
    numPromptTokens,
    numOutputTokens: checkTokens(record["num_output_tokens"], "num_output_tokens"),
    maxTokens: optional(record, "max_tokens", checkTokens),
    priority: optional(record, "priority", checkNumber),
    abortTime,
    prefix: optional(record, "prefix", (value) => prefixFrom(value, numPromptTokens)),
    after: optional(record, "after", afterFrom),
    session: optional(record, "session", (value, name) => checkTokens(value, name, 0)),
    tenant: optional(record, "tenant", checkText),
    class: optional(record, "class", checkText),
  };
}

function prefixFrom(value: unknown, numPromptTokens: number): PrefixIds | SharedPrefix {
  const prefix = checkRecord(value, "prefix");
  if ("row" in prefix) {
    refuseUnknown(prefix, ["row", "num_tokens"], "prefix.");
    return {
      row: checkTokens(prefix["row"], "prefix.row", 0),
      numTokens: checkTokens(prefix["num_tokens"], "prefix.num_tokens", 0),
    };
  }
  refuseUnknown(prefix, ["block_size", "runs"], "prefix.");
  const blockSize = checkTokens(prefix["block_size"], "prefix.block_size");
  return { blockSize, runs: runsFrom(prefix["runs"], blockSize, numPromptTokens) };
}

function runsFrom(value: unknown, blockSize: number, numPromptTokens: number): Int32Array {
  const list = checkList(value, "prefix.runs");
  if (list.length % 2 !== 0) {
    throw new FieldError("prefix.runs must be pairs of a first id and a count");
  }
  const runs = Int32Array.from(list, (entry, i) =>
    checkTokens(entry, `prefix.runs[${i}]`, i % 2 === 0 ? 0 : 1),
  );
  let numIds = 0;
  for (let i = 0; i < runs.length; i += 2) {
    numIds += runs[i + 1]!;
    if (runs[i]! + runs[i + 1]! - 1 > MAX_INT32) {
      throw new FieldError(`prefix.runs[${i + 1}]: the last id of the run exceeds ${MAX_INT32}`);
    }
  }
  const numBlocks = Math.ceil(numPromptTokens / blockSize);
  if (numIds <= numBlocks) return runs;
  throw new FieldError(
    `prefix.runs holds ${numIds} ids, but a prompt of ${numPromptTokens} tokens has ${numBlocks} blocks of ${blockSize}`,
  );
}

function afterFrom(value: unknown): NonNullable<TraceRow["after"]> {
  const after = checkRecord(value, "after");
  refuseUnknown(after, ["row", "delay"], "after.");
  return {
    row: checkTokens(after["row"], "after.row", 0),
    delay: checkSeconds(after["delay"], "after.delay"),
  };
}

function optional<T>(
  record: JsonRecord,
  key: string,
  check: (value: unknown, name: string) => T,
): T | undefined {
  return record[key] === undefined ? undefined : check(record[key], key);
}

function refuseUnknown(record: JsonRecord, known: readonly string[], prefix: string): void {
  for (const key of Object.keys(record)) {
    if (!known.includes(key)) {
      throw new FieldError(`unknown key "${prefix}${key}"; known are ${known.join(", ")}`);
    }
  }
}
