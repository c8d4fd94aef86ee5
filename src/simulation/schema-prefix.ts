/** The check of a prefix that is told by ids of blocks. */
import { counted } from "../base/counted.js";
import type { Tokens } from "../base/units.js";
import type { PrefixIds } from "../workload/trace-row.js";

/** The first thing that is wrong with a list of rows. */
export interface Issue {
  readonly message: string;
  readonly path: (string | number)[];
  /** What was found, where the value itself does not tell. */
  readonly params?: { readonly found: string };
}

const MAX_INT32 = 2 ** 31 - 1;

/** Whether a value is a block size and runs of ids. The runs may be a plain list, which is what JSON makes of them. */
export function isPrefixIds(value: unknown): value is PrefixIds {
  if (typeof value !== "object" || value === null) return false;
  const { blockSize, runs } = value as Partial<PrefixIds>;
  if (!isInt32(blockSize) || blockSize === 0) return false;
  if (!(runs instanceof Int32Array || Array.isArray(runs)) || runs.length % 2 !== 0) return false;
  for (let i = 0; i < runs.length; i++) if (!isInt32(runs[i])) return false;
  return true;
}

/** What is wrong with a prefix of a prompt, if anything is. */
export function prefixIdsIssue(
  prefix: PrefixIds,
  numPromptTokens: Tokens,
  path: readonly (string | number)[],
): Issue | undefined {
  const { blockSize, runs } = prefix;
  const numBlocks = Math.ceil(numPromptTokens / blockSize);
  let numIds = 0;
  for (let i = 1; i < runs.length; i += 2) numIds += runs[i]!;
  if (numIds <= numBlocks) return undefined;
  return {
    message: `runs of at most ${counted(numBlocks, "id")}, one for each ${blockSize} tokens of the prompt's ${numPromptTokens}`,
    path: [...path, "runs"],
    params: { found: counted(numIds, "id") },
  };
}

function isInt32(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_INT32;
}
