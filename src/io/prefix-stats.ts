/** How much of the prompts of a trace came before. */
import type { PrefixIds, TraceRow } from "../workload/trace-row.js";

/**
 * The reuse of prompts by a prefix cache that never evicts, the requests one after the other in order of arrival. A request hits the
 * blocks at its start, up to the first that no earlier prompt had; of a prefix that is told by a row, all of its tokens.
 */
export interface PrefixStats {
  readonly uniqueBlocks: number;
  /** Blocks of all prompts. */
  readonly totalBlocks: number;
  /** Blocks hit per block; NaN when prefixes are told by rows. */
  readonly blockHitRate: number;
  /** Tokens in hit blocks per prompt token; the prompts without ids count too. */
  readonly tokenHitRate: number;
  /** Share of requests that hit with each of their blocks, and have any. */
  readonly fullHitShare: number;
}

/** Undefined when no row has a prefix. */
export function prefixStats(rows: readonly TraceRow[]): PrefixStats | undefined {
  const seen = new IdSet();
  let totalBlocks = 0;
  let hitBlocks = 0;
  let hitTokens = 0;
  let totalTokens = 0;
  let numFullHits = 0;
  for (const { prefix, numPromptTokens } of rows) {
    totalTokens += numPromptTokens;
    if (prefix === undefined) continue;
    if ("row" in prefix) {
      hitTokens += prefix.numTokens;
      continue;
    }
    const numBlocks = countIds(prefix);
    const numHits = addBlocks(prefix, seen);
    totalBlocks += numBlocks;
    hitBlocks += numHits;
    hitTokens += Math.min(numHits * prefix.blockSize, numPromptTokens);
    if (numBlocks > 0 && numHits === numBlocks) numFullHits++;
  }
  if (rows.every(({ prefix }) => prefix === undefined)) return undefined;
  return {
    uniqueBlocks: seen.size,
    totalBlocks,
    blockHitRate: hitBlocks / totalBlocks,
    tokenHitRate: hitTokens / totalTokens,
    fullHitShare: numFullHits / rows.length,
  };
}

function countIds({ runs }: PrefixIds): number {
  let count = 0;
  for (let i = 1; i < runs.length; i += 2) count += runs[i]!;
  return count;
}

/** Adds all ids, and returns how many of them, from the start, were there before. */
function addBlocks({ runs }: PrefixIds, seen: IdSet): number {
  let numHits = 0;
  let isPrefix = true;
  for (let i = 0; i < runs.length; i += 2) {
    const end = runs[i]! + runs[i + 1]!;
    for (let id = runs[i]!; id < end; id++) {
      isPrefix = seen.add(id) && isPrefix;
      if (isPrefix) numHits++;
    }
  }
  return numHits;
}

/** A byte for each id, in pages. The agentic trace has 81 million ids, which take 2 s here and 30 s in a Set. */
class IdSet {
  readonly #pages = new Map<number, Uint8Array>();
  #page: Uint8Array = new Uint8Array(0);
  #pageNumber = -1;
  size = 0;

  /** Whether it was there before. */
  add(id: number): boolean {
    const pageNumber = id >>> PAGE_BITS;
    if (pageNumber !== this.#pageNumber) this.#turnTo(pageNumber);
    const at = id & PAGE_MASK;
    if (this.#page[at] === 1) return true;
    this.#page[at] = 1;
    this.size++;
    return false;
  }

  #turnTo(pageNumber: number): void {
    this.#pageNumber = pageNumber;
    let page = this.#pages.get(pageNumber);
    if (page === undefined) {
      page = new Uint8Array(PAGE_MASK + 1);
      this.#pages.set(pageNumber, page);
    }
    this.#page = page;
  }
}

const PAGE_BITS = 12;
const PAGE_MASK = (1 << PAGE_BITS) - 1;
