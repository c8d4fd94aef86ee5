/**
 * What distinguishes the kinds of attention layers for caching: which tokens they no longer read, how many blocks they need at
 * most, and what counts as a prefix hit. One rule set per kind, as in vLLM's single-type KV cache managers.
 */
import type { Tokens } from "../base/units.js";
import type { KvCacheGroup } from "./kv-cache-config.js";

/** A prefix hit in blocks: `[0, start)` are not needed (null blocks), `[start, length)` are cached. */
export interface Hit {
  start: number;
  length: number;
}

export interface LayerKind {
  readonly type: KvCacheGroup["type"];
  readonly blockSize: Tokens;
  /** Tokens at the start that attention does not read once `numProcessed` tokens are computed. */
  numSkippedTokens(numProcessed: Tokens): Tokens;
  /** Blocks that one request needs at most at one time, in the check of its whole prompt. */
  readonly maxBlocksAtAdmission: number;
  /**
   * The longest usable hit within `maxLength` tokens. `isCached(i)` tells whether block i is cached for all groups of this
   * kind; a hit's length is a multiple of `alignment` tokens where the kind cares.
   */
  findHit(isCached: (block: number) => boolean, maxLength: Tokens, alignment: Tokens): Hit;
  /** Blocks before a boundary that a later hit at the boundary needs; Infinity: all. */
  readonly numBlocksBeforeBoundary: number;
}

/** Tokens that one request can have scheduled and unprocessed at one time: one step's budget, two with asynchronous scheduling. */
export function maxTokensInFlight(settings: {
  readonly maxNumBatchedTokens: Tokens;
  readonly asyncScheduling: boolean;
}): Tokens {
  return settings.maxNumBatchedTokens * (settings.asyncScheduling ? 2 : 1);
}

/** The most blocks that one request can hold in all groups on its way to `numTokens` computed tokens. */
export function maxBlocksFor(kinds: readonly LayerKind[], numTokens: Tokens): number {
  let sum = 0;
  for (let i = 0; i < kinds.length; i++) {
    const { blockSize, maxBlocksAtAdmission } = kinds[i]!;
    sum += Math.min(Math.ceil(numTokens / blockSize), maxBlocksAtAdmission);
  }
  return sum;
}

export function layerKind(
  group: KvCacheGroup,
  maxModelLen: Tokens,
  numTokensInFlight: Tokens,
): LayerKind {
  switch (group.type) {
    case "full":
      return fullAttention(group.blockSize);
    case "swa":
      return slidingWindow(group.blockSize, group.slidingWindow, maxModelLen, numTokensInFlight);
    case "chunked_local":
      return chunkedLocal(
        group.blockSize,
        group.attentionChunkSize,
        maxModelLen,
        numTokensInFlight,
      );
  }
}

/** Groups of one kind are looked up together. */
export function sameKind(a: KvCacheGroup, b: KvCacheGroup): boolean {
  return (
    a.blockSize === b.blockSize &&
    ((a.type === "full" && b.type === "full") ||
      (a.type === "swa" && b.type === "swa" && a.slidingWindow === b.slidingWindow) ||
      (a.type === "chunked_local" &&
        b.type === "chunked_local" &&
        a.attentionChunkSize === b.attentionChunkSize))
  );
}

function fullAttention(blockSize: Tokens): LayerKind {
  return {
    type: "full",
    blockSize,
    numSkippedTokens: () => 0,
    maxBlocksAtAdmission: Infinity,
    numBlocksBeforeBoundary: Infinity,
    findHit(isCached, maxLength, alignment) {
      const maxBlocks = Math.floor(maxLength / blockSize);
      let length = 0;
      while (length < maxBlocks && isCached(length)) length++;
      return { start: 0, length: alignDown(length, blockSize, alignment) };
    },
  };
}

function slidingWindow(
  blockSize: Tokens,
  window: Tokens,
  maxModelLen: Tokens,
  numTokensInFlight: Tokens,
): LayerKind {
  const numWindowBlocks = Math.ceil((window - 1) / blockSize);
  return {
    type: "swa",
    blockSize,
    // The next token reads itself and the window − 1 tokens before it.
    numSkippedTokens: (numProcessed) => Math.max(0, numProcessed - window + 1),
    // One block more, since a window need not start at a block's edge.
    maxBlocksAtAdmission:
      Math.ceil(Math.min(window - 1 + numTokensInFlight, maxModelLen) / blockSize) + 1,
    numBlocksBeforeBoundary: numWindowBlocks,
    findHit(isCached, maxLength, alignment) {
      let run = 0;
      for (let i = Math.floor(maxLength / blockSize) - 1; i >= 0; i--) {
        if (!isCached(i)) {
          run = 0;
          continue;
        }
        if (run === 0 && ((i + 1) * blockSize) % alignment !== 0) continue;
        run++;
        if (run >= numWindowBlocks) return { start: i, length: i + run };
      }
      return { start: 0, length: alignDown(run, blockSize, alignment) };
    },
  };
}

function chunkedLocal(
  blockSize: Tokens,
  chunk: Tokens,
  maxModelLen: Tokens,
  numTokensInFlight: Tokens,
): LayerKind {
  const numSkippedTokens = (numProcessed: Tokens) => Math.floor(numProcessed / chunk) * chunk;
  return {
    type: "chunked_local",
    blockSize,
    numSkippedTokens,
    maxBlocksAtAdmission: Math.ceil(Math.min(chunk + numTokensInFlight, maxModelLen) / blockSize),
    numBlocksBeforeBoundary: Infinity,
    findHit(isCached, maxLength) {
      const maxBlocks = Math.floor(maxLength / blockSize);
      const start = Math.floor(numSkippedTokens(maxLength) / blockSize);
      let length = start;
      while (length < maxBlocks && isCached(length)) length++;
      return { start, length };
    },
  };
}

function alignDown(numBlocks: number, blockSize: Tokens, alignment: Tokens): number {
  let aligned = numBlocks;
  while ((aligned * blockSize) % alignment !== 0) aligned--;
  return aligned;
}
