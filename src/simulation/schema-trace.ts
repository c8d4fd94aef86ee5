/** The schema of a trace's rows: a loop, since there may be a million of them. */
import * as z from "zod";
import type { SharedPrefix, TraceRow } from "../workload/trace-row.js";
import { MAX_COUNT } from "./schema-leaves.js";
import { isPrefixIds } from "./schema-prefix.js";

export const trace = () =>
  z
    .custom<readonly TraceRow[]>(Array.isArray, { error: "a list of trace rows" })
    .check(({ value, issues }) => {
      const issue = Array.isArray(value) ? traceIssue(value) : undefined;
      if (issue !== undefined) issues.push({ code: "custom", input: value, ...issue });
    })
    .meta({ plugin: true });

interface Issue {
  readonly message: string;
  readonly path: (string | number)[];
}

/** The first thing that is wrong. */
function traceIssue(rows: readonly unknown[]): Issue | undefined {
  if (rows.length === 0) return { message: "a list of at least one row", path: [] };
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (typeof row !== "object" || row === null) return { message: "a trace row", path: [i] };
    const { arrivalTime, numPromptTokens, numOutputTokens, maxTokens, ...rest } =
      row as Partial<TraceRow>;
    const { priority, abortTime, session } = rest;
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
    const issue =
      linkIssue(rest, i) ?? prefixIssue(row as TraceRow, rows as readonly TraceRow[], i);
    if (issue !== undefined) return issue;
  }
  return undefined;
}

function linkIssue({ after }: Partial<TraceRow>, i: number): Issue | undefined {
  if (after === undefined) return undefined;
  if (!isEarlierRow(after?.row, i)) {
    return { message: "the position of an earlier row", path: [i, "after", "row"] };
  }
  if (!isTime(after.delay)) {
    return { message: "a number of at least 0", path: [i, "after", "delay"] };
  }
  return undefined;
}

/** `rows[i]` is right apart from its prefix, and so are the rows before it. */
function prefixIssue(
  { prefix, numPromptTokens }: TraceRow,
  rows: readonly TraceRow[],
  i: number,
): Issue | undefined {
  if (prefix === undefined) return undefined;
  if (isPrefixIds(prefix)) return undefined;
  const { row, numTokens } = (prefix ?? {}) as Partial<SharedPrefix>;
  if (row === undefined) {
    const message =
      "prefix ids (a blockSize and runs of ids), or a row and numTokens shared with it";
    return { message, path: [i, "prefix"] };
  }
  if (!isEarlierRow(row, i)) {
    return { message: "the position of an earlier row", path: [i, "prefix", "row"] };
  }
  const { numPromptTokens: prompt, numOutputTokens: output } = rows[row]!;
  const most = Math.min(numPromptTokens, prompt + output);
  if (!isCount(numTokens) || numTokens! > most) {
    const message = `a whole number above 0 and at most ${most}, which both rows have`;
    return { message, path: [i, "prefix", "numTokens"] };
  }
  return undefined;
}

const isEarlierRow = (row: unknown, i: number): row is number =>
  Number.isInteger(row) && (row as number) >= 0 && (row as number) < i;
const isTime = (value: unknown) => Number.isFinite(value) && (value as number) >= 0;
const isCount = (value: unknown) =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_COUNT;
