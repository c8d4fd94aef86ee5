/** From lists of block ids to PrefixIds, checked against the length of the prompt. */
import type { Tokens } from "../base/units.js";
import type { PrefixIds } from "../workload/trace-row.js";
import { FieldError, MAX_INT32, shown } from "./fields.js";

/** Whether a trace gives an id to the last block of a prompt when the prompt does not fill it. */
export type LastBlock = "any" | "full";

/**
 * Runs of consecutive ids. Undefined when there are none.
 * @throws FieldError for what is no id, and unless there is one id per block of the prompt
 */
export function prefixFromIds(
  ids: readonly unknown[],
  blockSize: Tokens,
  numPromptTokens: Tokens,
  lastBlock: LastBlock,
  name: string,
): PrefixIds | undefined {
  checkNumIds(ids.length, blockSize, numPromptTokens, lastBlock, name);
  const runs: number[] = [];
  for (const id of ids) {
    if (!Number.isInteger(id) || (id as number) < 0 || (id as number) > MAX_INT32) {
      throw new FieldError(
        `${name} holds ${shown(id)}; ids must be integers from 0 to ${MAX_INT32}`,
      );
    }
    const last = runs.length - 2;
    if (last >= 0 && runs[last]! + runs[last + 1]! === id) runs[last + 1]!++;
    else runs.push(id as number, 1);
  }
  return runs.length === 0 ? undefined : { blockSize, runs: Int32Array.from(runs) };
}

/** @throws FieldError unless there is one id per block of the prompt */
export function checkNumIds(
  numIds: number,
  blockSize: Tokens,
  numPromptTokens: Tokens,
  lastBlock: LastBlock,
  name: string,
): void {
  const numBlocks = numPromptTokens / blockSize;
  const expected = lastBlock === "any" ? Math.ceil(numBlocks) : Math.floor(numBlocks);
  if (numIds === expected) return;
  const blocks = lastBlock === "any" ? "blocks" : "full blocks";
  throw new FieldError(
    `${name} holds ${numIds} ids, but a prompt of ${numPromptTokens} tokens has ${expected} ${blocks} of ${blockSize}`,
  );
}
