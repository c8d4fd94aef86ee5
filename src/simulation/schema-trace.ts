/** The schema of a trace's rows: a loop, since there may be a million of them. */
import * as z from "zod/mini";
import { lazy } from "../base/lazy.js";
import type { Seconds } from "../base/units.js";
import type { RecordedTrace, SharedPrefix, TraceRow } from "../workload/trace-row.js";
import { documentation, MAX_COUNT } from "./schema-leaves.js";
import { isPrefixIds, type Issue, prefixIdsIssue } from "./schema-prefix.js";

export const trace = lazy(() =>
  z
    .custom<readonly TraceRow[] | RecordedTrace>(
      (value) => Array.isArray(value) || Array.isArray((value as Partial<RecordedTrace>)?.rows),
      { error: "a list of trace rows, or what a reader of traces gives" },
    )
    .check(({ value, issues }) => {
      const issue = Array.isArray(value) ? rowsIssue(value) : recordedIssue(value as RecordedTrace);
      if (issue !== undefined) issues.push({ code: "custom", input: value, ...issue });
    })
    .register(documentation, { plugin: true }),
);

function recordedIssue(trace: RecordedTrace): Issue | undefined {
  const { rows, numSkipped = 0, warnings = [], isTimed = true } = trace;
  if (numSkipped !== 0 && !isCount(numSkipped))
    return { message: "a whole number of at least 0", path: ["numSkipped"] };
  if (!Array.isArray(warnings) || !warnings.every((warning) => typeof warning === "string"))
    return { message: "a list of texts", path: ["warnings"] };
  if (typeof isTimed !== "boolean") return { message: "true or false", path: ["isTimed"] };
  const issue = rowsIssue(rows);
  return issue && { ...issue, path: ["rows", ...issue.path] };
}

/** The first thing that is wrong. */
function rowsIssue(rows: readonly unknown[]): Issue | undefined {
  if (rows.length === 0) return { message: "a list of at least one row", path: [] };
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (typeof row !== "object" || row === null) return { message: "a trace row", path: [i] };
    const { arrivalTime, numPromptTokens, numOutputTokens, maxTokens, ...rest } =
      row as Partial<TraceRow>;
    const { priority, abortTime, session, tenant, class: serviceClass } = rest;
    if (!isTime(arrivalTime))
      return { message: "a number of at least 0", path: [i, "arrivalTime"] };
    if (!isCount(numPromptTokens))
      return { message: "a whole number above 0", path: [i, "numPromptTokens"] };
    if (!isCount(numOutputTokens))
      return { message: "a whole number above 0", path: [i, "numOutputTokens"] };
    if (maxTokens !== undefined && !isCount(maxTokens))
      return { message: "a whole number above 0", path: [i, "maxTokens"] };
    if (session !== undefined && !Number.isSafeInteger(session))
      return { message: "a whole number", path: [i, "session"] };
    if (priority !== undefined && !Number.isFinite(priority))
      return { message: "a number", path: [i, "priority"] };
    if (abortTime !== undefined && !isTime(abortTime))
      return { message: "a number of at least 0", path: [i, "abortTime"] };
    if (tenant !== undefined && typeof tenant !== "string")
      return { message: "a text", path: [i, "tenant"] };
    if (serviceClass !== undefined && typeof serviceClass !== "string")
      return { message: "a text", path: [i, "class"] };
    const issue =
      linkIssue(row as TraceRow, rows as readonly TraceRow[], i) ??
      prefixIssue(row as TraceRow, rows as readonly TraceRow[], i);
    if (issue !== undefined) return issue;
  }
  return undefined;
}

function linkIssue(
  { after, arrivalTime }: TraceRow,
  rows: readonly TraceRow[],
  i: number,
): Issue | undefined {
  if (after === undefined) return undefined;
  if (!isRowBefore(after?.row, arrivalTime, rows, i)) {
    return { message: ROW_BEFORE, path: [i, "after", "row"] };
  }
  if (!isTime(after.delay)) {
    return { message: "a number of at least 0", path: [i, "after", "delay"] };
  }
  return undefined;
}

/** `rows[i]` is right apart from its prefix, and so are the rows before it. */
function prefixIssue(
  { prefix, numPromptTokens, arrivalTime }: TraceRow,
  rows: readonly TraceRow[],
  i: number,
): Issue | undefined {
  if (prefix === undefined) return undefined;
  if (isPrefixIds(prefix)) return prefixIdsIssue(prefix, numPromptTokens, [i, "prefix"]);
  const { row, numTokens } = (prefix ?? {}) as Partial<SharedPrefix>;
  if (row === undefined) {
    const message =
      "prefix ids (a blockSize and runs of ids), or a row and numTokens shared with it";
    return { message, path: [i, "prefix"] };
  }
  if (!isRowBefore(row, arrivalTime, rows, i)) {
    return { message: ROW_BEFORE, path: [i, "prefix", "row"] };
  }
  const { numPromptTokens: prompt, numOutputTokens: output } = rows[row]!;
  const most = Math.min(numPromptTokens, prompt + output);
  if (!isCount(numTokens) || numTokens! > most) {
    const message = `a whole number above 0 and at most ${most}, which both rows have`;
    return { message, path: [i, "prefix", "numTokens"] };
  }
  return undefined;
}

const ROW_BEFORE = "the position of a row that stands before and arrives no later";

/** `rows[i]` arrives at `arrivalTime`. */
function isRowBefore(
  row: unknown,
  arrivalTime: Seconds,
  rows: readonly TraceRow[],
  i: number,
): row is number {
  if (!Number.isInteger(row) || (row as number) < 0 || (row as number) >= i) return false;
  return rows[row as number]!.arrivalTime <= arrivalTime;
}

const isTime = (value: unknown) => Number.isFinite(value) && (value as number) >= 0;
const isCount = (value: unknown) =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_COUNT;
