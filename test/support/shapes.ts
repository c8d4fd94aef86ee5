/** Batch shapes, request by request from the definitions. */
import type { BatchShape } from "../../src/request/batch-shape.js";

/** [tokens computed before, tokens computed now]; one token now is a decode. */
export type Chunk = readonly [numComputed: number, numNew: number];

export function shapeOf(
  chunks: readonly Chunk[],
  windows: readonly number[] = [Infinity],
): BatchShape {
  const prefills = chunks.filter(([, n]) => n > 1);
  const decodes = chunks.filter(([, n]) => n === 1);
  return {
    numPrefills: prefills.length,
    numDecodes: decodes.length,
    numPrefillTokens: sum(prefills, ([, n]) => n),
    numSamples: chunks.length,
    attention: windows.map((window) => ({
      window,
      prefillPairs: sum(prefills, (chunk) => pairs(chunk, window)),
      prefillKvTokens: sum(prefills, ([c, n]) => Math.min(c + n, window + n - 1)),
      decodeKvTokens: sum(decodes, ([c]) => Math.min(c + 1, window)),
    })),
  };
}

function pairs([c, n]: Chunk, window: number): number {
  let total = 0;
  for (let i = 1; i <= n; i++) total += Math.min(c + i, window);
  return total;
}

const sum = <T>(items: readonly T[], of: (item: T) => number) =>
  items.reduce((total, item) => total + of(item), 0);
