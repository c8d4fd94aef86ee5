/** The schema of a trace's rows: a loop, since there may be a million of them. */
import * as z from "zod";
import type { TraceRow } from "../workload/replay.js";
import { MAX_COUNT } from "./schema-leaves.js";

export const trace = () =>
  z
    .custom<readonly TraceRow[]>(Array.isArray, { error: "a list of trace rows" })
    .check(({ value, issues }) => {
      const issue = Array.isArray(value) ? traceIssue(value) : undefined;
      if (issue !== undefined) issues.push({ code: "custom", input: value, ...issue });
    })
    .meta({ plugin: true });

/** The first thing that is wrong. */
function traceIssue(
  rows: readonly unknown[],
): { message: string; path: (string | number)[] } | undefined {
  if (rows.length === 0) return { message: "a list of at least one row", path: [] };
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (typeof row !== "object" || row === null) return { message: "a trace row", path: [i] };
    const { arrivalTime, numPromptTokens, numOutputTokens, priority, abortTime } =
      row as Partial<TraceRow>;
    if (!isTime(arrivalTime))
      return { message: "a number of at least 0", path: [i, "arrivalTime"] };
    if (!isCount(numPromptTokens))
      return { message: "a whole number above 0", path: [i, "numPromptTokens"] };
    if (!isCount(numOutputTokens))
      return { message: "a whole number above 0", path: [i, "numOutputTokens"] };
    if (priority !== undefined && !Number.isFinite(priority))
      return { message: "a number", path: [i, "priority"] };
    if (abortTime !== undefined && !isTime(abortTime))
      return { message: "a number of at least 0", path: [i, "abortTime"] };
  }
  return undefined;
}

const isTime = (value: unknown) => Number.isFinite(value) && (value as number) >= 0;
const isCount = (value: unknown) =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_COUNT;
