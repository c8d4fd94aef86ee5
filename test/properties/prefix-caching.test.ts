/** Prefix caching saves work and changes nothing else, and finds what there is to find. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SimulationConfig } from "../../src/simulation/config.js";
import { Simulation, simulate } from "../../src/simulation/simulation.js";
import type { TraceRow } from "../../src/workload/trace-row.js";
import { arbConfig, tinyConfig } from "../support/configs.js";
import { arbPrefixedRows, tokensOf } from "../support/traffic.js";

const BLOCK_SIZE = 4;

/** Room for prompts of 60 tokens and outputs of 20. */
function replay(trace: readonly TraceRow[], numUsableBlocks: number, enablePrefixCaching = true) {
  return simulate(configOf(trace, numUsableBlocks, enablePrefixCaching));
}

function configOf(trace: readonly TraceRow[], numUsableBlocks: number, enablePrefixCaching = true) {
  return tinyConfig({
    model: { maxSeqLen: 128 },
    scheduler: {
      blockSize: BLOCK_SIZE,
      numGpuBlocks: numUsableBlocks + 1,
      enablePrefixCaching,
      maxNumBatchedTokens: 128,
    },
    workload: {
      arrivalPattern: undefined,
      arrivalRate: undefined,
      numRequests: undefined,
      inputLenDist: undefined,
      outputLenDist: undefined,
      trace,
    },
  });
}

/** One request at a time. */
const arbSequence = arbPrefixedRows.map((rows) =>
  rows.map((row, i) => ({ ...row, arrivalTime: 10 * i })),
);
/** All within a few steps of each other. */
const arbCrowd = arbPrefixedRows.map((rows) =>
  rows.map((row, i) => ({ ...row, arrivalTime: 0.002 * i })),
);

const holds = <Ts extends [unknown, ...unknown[]]>(
  property: fc.IPropertyWithHooks<Ts>,
  numRuns = 150,
) => fc.assert(property, { numRuns });

/** Tokens found by one request after the other in a cache that never forgets: a set of prefixes, block by block. */
function reusableTokens(rows: readonly TraceRow[]): number[] {
  const known = new Set<string>();
  const prefixesOf = (tokens: readonly string[]) =>
    Array.from({ length: Math.floor(tokens.length / BLOCK_SIZE) }, (_, i) =>
      tokens.slice(0, (i + 1) * BLOCK_SIZE).join(),
    );
  return tokensOf(rows).map((tokens, i) => {
    const prompt = tokens.slice(0, rows[i]!.numPromptTokens);
    // The last token of a prompt is computed always, and the last one of an output never.
    const prefixes = prefixesOf(prompt.slice(0, -1));
    const firstNew = prefixes.findIndex((prefix) => !known.has(prefix));
    for (const prefix of prefixesOf(tokens.slice(0, -1))) known.add(prefix);
    return BLOCK_SIZE * (firstNew < 0 ? prefixes.length : firstNew);
  });
}

test("a cache that never evicts finds all that there is to reuse", () => {
  holds(
    fc.property(arbSequence, (rows) => {
      const { requests, prefixCache } = replay(rows, 1000);
      expect([...requests.numCachedTokens]).toEqual(reusableTokens(rows));
      const numHits = reusableTokens(rows).reduce((sum, n) => sum + n, 0);
      const numPromptTokens = rows.reduce((sum, row) => sum + row.numPromptTokens, 0);
      expect(prefixCache).toMatchObject({
        hits: numHits,
        misses: numPromptTokens - numHits,
        evictions: 0,
      });
    }),
  );
}, 60_000);

test("without identities nothing that could be found is evicted, however small the cache", () => {
  holds(
    fc.property(arbSequence, fc.integer({ min: 20, max: 60 }), (rows, numBlocks) => {
      const bare = rows.map((row) => ({ ...row, prefix: undefined }));
      expect(replay(bare, numBlocks).prefixCache).toMatchObject({ hits: 0, evictions: 0 });
    }),
  );
}, 60_000);

test("what preempted requests find of their own is no hit, and what they lose no eviction", () => {
  const { preemptions, prefixCache } = simulate(
    tinyConfig({
      scheduler: { numGpuBlocks: 12 },
      workload: { arrivalRate: 1000, numRequests: 40, outputLenDist: { type: "fixed", value: 20 } },
    }),
  );
  expect(preemptions.total).toBeGreaterThan(10);
  expect(prefixCache).toMatchObject({ hits: 0, evictions: 0 });
});

test("a small cache finds no more than that, request by request", () => {
  holds(
    fc.property(arbSequence, fc.integer({ min: 20, max: 60 }), (rows, numBlocks) => {
      const most = reusableTokens(rows);
      replay(rows, numBlocks).requests.numCachedTokens.forEach((numCached, i) =>
        expect(numCached).toBeLessThanOrEqual(most[i]!),
      );
    }),
  );
}, 60_000);

test("one request after the other, a larger cache never finds less", () => {
  holds(
    fc.property(
      arbSequence,
      fc.integer({ min: 20, max: 60 }),
      fc.integer({ min: 1, max: 40 }),
      (rows, numBlocks, numMore) => {
        const small = replay(rows, numBlocks).prefixCache.hits;
        expect(replay(rows, numBlocks + numMore).prefixCache.hits).toBeGreaterThanOrEqual(small);
      },
    ),
    400,
  );
}, 60_000);

const row = (arrivalTime: number, numPromptTokens: number, numOutputTokens: number) => ({
  arrivalTime,
  numPromptTokens,
  numOutputTokens,
});

test("under load it may: a smaller cache preempts, and who comes back finds its own blocks", () => {
  const rows = [row(0, 1, 12), row(0.002, 60, 10)];
  const found = (numUsableBlocks: number) => {
    let sum = 0;
    for (const event of new Simulation(configOf(rows, numUsableBlocks))) {
      if (event.type === "admission") sum += event.numCachedTokens;
    }
    return sum;
  };
  expect(found(20)).toBeGreaterThan(0);
  expect(found(21)).toBe(0);
});

test("what a preempted request finds of its own does not count as a hit of the traffic", () => {
  const rows = [row(0, 1, 12), row(0.002, 60, 10)];
  const { preemptions, prefixCache } = replay(rows, 20);
  expect(preemptions.total).toBeGreaterThan(0);
  expect(prefixCache).toMatchObject({ hits: 0, misses: 61 });
});

test("a hit changes times and never what is served: prompts, outputs, endings", () => {
  holds(
    fc.property(arbCrowd, fc.integer({ min: 20, max: 200 }), (rows, numBlocks) => {
      const on = replay(rows, numBlocks).requests;
      const off = replay(rows, numBlocks, false).requests;
      for (const column of [
        "numPromptTokens",
        "numOutputTokens",
        "status",
        "arrivalTime",
      ] as const) {
        expect([...on[column]]).toEqual([...off[column]]);
      }
    }),
  );
}, 60_000);

test("one request after the other, a hit makes a request faster, and no hit leaves it as it was", () => {
  holds(
    fc.property(arbSequence, (rows) => {
      const on = replay(rows, 1000).requests;
      const off = replay(rows, 1000, false).requests;
      on.numCachedTokens.forEach((numCached, i) => {
        const [fast, plain] = [on, off].map((r) => r.firstTokenTime[i]! - r.arrivalTime[i]!);
        if (numCached === 0) expect(fast).toBe(plain);
        else expect(fast).toBeLessThanOrEqual(plain!);
      });
    }),
  );
}, 60_000);

describe("without identities", () => {
  const withCaching = (config: SimulationConfig, enablePrefixCaching: boolean) =>
    simulate({ ...config, scheduler: { ...config.scheduler, enablePrefixCaching } });

  test("caching changes nothing as long as nothing is preempted", () => {
    holds(
      fc.property(arbConfig, (config) => {
        const on = withCaching(config, true);
        const off = withCaching(config, false);
        if (on.preemptions.total + off.preemptions.total > 0) return;
        expect(on.prefixCache.hits).toBe(0);
        for (const [column, values] of Object.entries(on.requests)) {
          // As texts, since matchers take milliseconds for a typed array.
          expect(JSON.stringify(values), column).toBe(
            JSON.stringify(off.requests[column as keyof typeof off.requests]),
          );
        }
        expect(on.numSteps).toBe(off.numSteps);
      }),
      300,
    );
  }, 60_000);
});
