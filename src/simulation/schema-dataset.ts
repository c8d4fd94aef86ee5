/** The schema of a dataset's rows: a loop, since there may be a million of them. */
import * as z from "zod/mini";
import { lazy } from "../base/lazy.js";
import type { DatasetRow } from "../workload/dataset.js";
import { documentation, MAX_COUNT } from "./schema-leaves.js";
import { isPrefixIds, type Issue, prefixIdsIssue } from "./schema-prefix.js";

export const dataset = lazy(() =>
  z
    .custom<readonly DatasetRow[]>(Array.isArray, { error: "a list of dataset rows" })
    .check(({ value, issues }) => {
      const issue = Array.isArray(value) ? datasetIssue(value) : undefined;
      if (issue !== undefined) issues.push({ code: "custom", input: value, ...issue });
    })
    .register(documentation, { plugin: true }),
);

/** The first thing that is wrong. */
function datasetIssue(rows: readonly unknown[]): Issue | undefined {
  if (rows.length === 0) return { message: "a list of at least one row", path: [] };
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (typeof row !== "object" || row === null) return { message: "a dataset row", path: [i] };
    const { numPromptTokens, maxTokens, prefix } = row as Partial<DatasetRow>;
    if (!isCount(numPromptTokens))
      return { message: "a whole number above 0", path: [i, "numPromptTokens"] };
    if (maxTokens !== undefined && !isCount(maxTokens))
      return { message: "a whole number above 0", path: [i, "maxTokens"] };
    if (prefix === undefined) continue;
    if (!isPrefixIds(prefix))
      return { message: "prefix ids: a blockSize and runs of ids", path: [i, "prefix"] };
    const issue = prefixIdsIssue(prefix, numPromptTokens!, [i, "prefix"]);
    if (issue !== undefined) return issue;
  }
  return undefined;
}

const isCount = (value: unknown) =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_COUNT;
