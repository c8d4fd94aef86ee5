/** Finds the conversations in a trace that tells what prompts have in common, but not which request follows which. */
import type { Tokens } from "../base/units.js";
import type { PrefixIds, TraceRow } from "./trace-row.js";

/**
 * The rows, with links from each request to the one that it continues: the last one before it whose full blocks of prompt it begins with, and
 * more. It then arrives after the end of that one; the delay is the recorded time between their two arrivals, since such traces
 * do not say when an answer ended.
 *
 * Only a request whose last full block was new when it came can be continued. Otherwise a short request that holds nothing but a common
 * system prompt would be taken for the beginning of all that came after it. Rows that follow another one already are left as they are.
 *
 * @param rows in order of arrival
 */
export function deriveSessions(rows: readonly TraceRow[]): readonly TraceRow[] {
  /** The last request of those that end with a block, by block size and id; undefined where one cannot be continued. */
  const ends = new Map<number, Map<number, number | undefined>>();
  return rows.map((row, i) => {
    const { prefix } = row;
    if (prefix === undefined || "row" in prefix || row.after !== undefined) return row;
    let endsOfSize = ends.get(prefix.blockSize);
    if (endsOfSize === undefined) ends.set(prefix.blockSize, (endsOfSize = new Map()));
    const ids = fullBlocks(prefix, row.numPromptTokens);
    const known = ids.findLast((id) => endsOfSize.get(id) !== undefined);
    const parent = known === undefined ? undefined : endsOfSize.get(known)!;
    // The blocks before the last one can be continued by nobody, unless somebody ended there already.
    const last = ids.pop();
    for (const id of ids) if (!endsOfSize.has(id)) endsOfSize.set(id, undefined);
    if (last !== undefined && (!endsOfSize.has(last) || endsOfSize.get(last) !== undefined)) {
      endsOfSize.set(last, i);
    }
    if (parent === undefined || rows[parent]!.numPromptTokens >= row.numPromptTokens) return row;
    return { ...row, after: { row: parent, delay: row.arrivalTime - rows[parent]!.arrivalTime } };
  });
}

/** The ids of the blocks that the prompt fills. */
function fullBlocks({ runs, blockSize }: PrefixIds, numPromptTokens: Tokens): number[] {
  const numFull = Math.floor(numPromptTokens / blockSize);
  const ids: number[] = [];
  for (let i = 0; i + 1 < runs.length; i += 2) {
    const end = runs[i]! + Math.min(runs[i + 1]!, numFull - ids.length);
    for (let id = runs[i]!; id < end; id++) ids.push(id);
  }
  return ids;
}
