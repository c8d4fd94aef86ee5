/** Published traces replayed in full: what the prefix cache finds is what the traces hold, and less where it is small. */
import { describe, expect, test } from "vitest";
import type { TraceRow } from "../../src/simulation/config.js";
import { simulate } from "../../src/simulation/simulation.js";
import {
  publishedStatistics,
  publishedTraces,
  readPublished,
} from "../support/published-traces.js";

/** Devices so fast that no queue forms: what is found then depends on the trace alone. */
function replay(
  trace: readonly TraceRow[],
  blockSize: number,
  numGpuBlocks: number,
  sample?: number,
) {
  const { prefixCache, counts, notes } = simulate({
    hardware: {
      computeFlops: 1e16,
      memoryBandwidth: 1e14,
      memoryCapacity: 1e12,
      bytesPerParam: 1,
      tensorParallel: 1,
    },
    model: {
      numParameters: 8e9,
      numLayers: 32,
      hiddenDim: 4096,
      numHeads: 32,
      numKvHeads: 8,
      maxSeqLen: 2_000_000,
    },
    scheduler: {
      maxNumBatchedTokens: 65_536,
      maxNumSeqs: 1024,
      blockSize,
      enableChunkedPrefill: true,
      numGpuBlocks,
    },
    workload: { trace, sample },
  });
  if (sample === undefined) {
    expect(counts).toMatchObject({ total: trace.length, completed: trace.length });
    expect(notes.at(-1)).toMatch(/ simulated \+ 0 rejected \+ 0 skipped$/);
  }
  return prefixCache;
}

describe.skipIf(publishedTraces() === undefined)("the share of prompt tokens found", () => {
  test.each([
    ["mooncake_conversation", "mooncake_fast25_conversation.jsonl.gz"],
    ["mooncake_synthetic", "mooncake_fast25_synthetic.jsonl.gz"],
  ])(
    "in %s is that of its statistics, at any block size",
    { timeout: 300_000 },
    async (name, file) => {
      const { rows } = await readPublished(file);
      const expected = publishedStatistics(name)("prefix_token_hit");
      for (const blockSize of [16, 512]) {
        const { hitRate, evictions } = replay(rows, blockSize, 6_400_000 * (16 / blockSize));
        expect(evictions).toBe(0);
        expect(Math.abs(hitRate - expected)).toBeLessThan(0.002);
      }
      const small = replay(rows, 512, 4000);
      expect(small.hitRate).toBeLessThan(0.9 * expected);
      expect(small.evictions).toBeGreaterThan(0);
    },
  );

  test("in agentic sessions is 96 %, and less in a small cache", { timeout: 300_000 }, async () => {
    const { rows } = await readPublished("claude_code_agentic_sessions.jsonl.gz");
    const large = replay(rows, 64, 4_000_000);
    expect(large.evictions).toBe(0);
    expect(Math.abs(large.hitRate - 0.96)).toBeLessThan(0.01);
    expect(replay(rows, 64, 10_000, 0.05).hitRate).toBeLessThan(0.9 * large.hitRate);
  });
});
