/** vLLM's retention rule: of a sliding window only blocks that end a segment or lead up to a likely branching point are registered. */
import type { Tokens } from "../base/units.js";
import type { LayerKind } from "./layer-kind.js";

export class Retention {
  /** vLLM's prefix_cache_retention_interval. */
  readonly #interval: Tokens | null;
  readonly #alignment: Tokens;

  constructor(interval: Tokens | null, alignment: Tokens) {
    this.#interval = interval;
    this.#alignment = alignment;
  }

  /** `junction`: as `BlockTables.junction`. */
  isKept(kind: LayerKind, block: number, numPromptTokens: Tokens, junction: Tokens): boolean {
    const numTail = kind.numBlocksBeforeBoundary;
    if (numTail === Infinity) return true;
    const interval = this.#interval;
    if (interval !== 0) {
      const perSegment = (interval ?? this.#alignment) / kind.blockSize;
      if (block % perSegment >= perSegment - numTail) return true;
      if (interval === null) return false;
    }
    return (
      isTail(block, this.#tailEnd(kind, numPromptTokens - 1), numTail) ||
      isTail(block, this.#tailEnd(kind, junction), numTail)
    );
  }

  /**
   * Writes the blocks of `[from, to)` that are kept as runs, the last first: two numbers for each, its first block and the one after
   * its last. Returns how many numbers.
   */
  keptRuns(
    kind: LayerKind,
    from: number,
    to: number,
    numPromptTokens: Tokens,
    junction: Tokens,
    runs: number[],
  ): number {
    const numTail = kind.numBlocksBeforeBoundary;
    if (numTail === Infinity) return addRun(runs, 0, from, to);
    if (this.#interval !== 0) return this.#scan(kind, from, to, numPromptTokens, junction, runs);
    const a = this.#tailEnd(kind, numPromptTokens - 1);
    const b = this.#tailEnd(kind, junction);
    const first = Math.min(a, b);
    const last = Math.max(a, b);
    const lastStart = Math.max(last - numTail, first);
    const length = addRun(runs, 0, Math.max(from, lastStart), Math.min(to, last));
    return addRun(runs, length, Math.max(from, first - numTail), Math.min(to, first));
  }

  #scan(
    kind: LayerKind,
    from: number,
    to: number,
    numPromptTokens: Tokens,
    junction: Tokens,
    runs: number[],
  ): number {
    let length = 0;
    for (let end = to; end > from; end--) {
      let start = end;
      while (start > from && this.isKept(kind, start - 1, numPromptTokens, junction)) start--;
      length = addRun(runs, length, start, end);
      end = start;
    }
    return length;
  }

  #tailEnd({ blockSize }: LayerKind, boundary: Tokens): number {
    return (Math.floor(boundary / this.#alignment) * this.#alignment) / blockSize;
  }
}

function isTail(block: number, end: number, numTail: number): boolean {
  return block < end && block >= end - numTail;
}

function addRun(runs: number[], length: number, from: number, to: number): number {
  if (from >= to) return length;
  runs[length] = from;
  runs[length + 1] = to;
  return length + 2;
}
