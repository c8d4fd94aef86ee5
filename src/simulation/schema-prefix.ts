/** The check of a prefix that is told by ids of blocks. */
import type { PrefixIds } from "../workload/trace-row.js";

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

function isInt32(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_INT32;
}
