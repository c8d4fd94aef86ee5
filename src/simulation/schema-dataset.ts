/** The schema of a dataset's rows: a loop, since there may be a million of them. */
import * as z from "zod";
import type { DatasetRow } from "../workload/dataset.js";
import { MAX_COUNT } from "./schema-leaves.js";

export const dataset = () =>
  z
    .custom<readonly DatasetRow[]>(Array.isArray, { error: "a list of dataset rows" })
    .check(({ value, issues }) => {
      const issue = Array.isArray(value) ? datasetIssue(value) : undefined;
      if (issue !== undefined) issues.push({ code: "custom", input: value, ...issue });
    })
    .meta({ plugin: true });

/** The first thing that is wrong. */
function datasetIssue(
  rows: readonly unknown[],
): { message: string; path: (string | number)[] } | undefined {
  if (rows.length === 0) return { message: "a list of at least one row", path: [] };
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (typeof row !== "object" || row === null) return { message: "a dataset row", path: [i] };
    const { numPromptTokens, maxTokens, prefix } = row as Partial<DatasetRow>;
    if (!isCount(numPromptTokens))
      return { message: "a whole number above 0", path: [i, "numPromptTokens"] };
    if (maxTokens !== undefined && !isCount(maxTokens))
      return { message: "a whole number above 0", path: [i, "maxTokens"] };
    if (prefix !== undefined && !isPrefix(prefix))
      return { message: "prefix ids: a blockSize and runs of ids", path: [i, "prefix"] };
  }
  return undefined;
}

const isCount = (value: unknown) =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_COUNT;

const isCountOrZero = (value: unknown) => value === 0 || isCount(value);

function isPrefix(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { blockSize, runs } = value as Partial<NonNullable<DatasetRow["prefix"]>>;
  if (!isCount(blockSize) || !(runs instanceof Int32Array || Array.isArray(runs))) return false;
  const list: ArrayLike<unknown> = runs; // a plain array is what JSON makes of it
  return list.length % 2 === 0 && Array.from(list).every(isCountOrZero);
}
