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
    return this.#isTail(kind, block, numPromptTokens - 1) || this.#isTail(kind, block, junction);
  }

  /** Where the last blocks of `[from, to)` that are kept without a gap begin: `to`, if the last one is not. */
  startOfKept(
    kind: LayerKind,
    from: number,
    to: number,
    numPromptTokens: Tokens,
    junction: Tokens,
  ): number {
    if (kind.numBlocksBeforeBoundary === Infinity) return from;
    let start = to;
    while (start > from && this.isKept(kind, start - 1, numPromptTokens, junction)) start--;
    return start;
  }

  #isTail(kind: LayerKind, block: number, boundary: Tokens): boolean {
    const end = (Math.floor(boundary / this.#alignment) * this.#alignment) / kind.blockSize;
    return block < end && block >= end - kind.numBlocksBeforeBoundary;
  }
}
