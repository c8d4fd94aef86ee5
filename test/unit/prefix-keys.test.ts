import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { IdSpace } from "../../src/workload/id-space.js";
import { FreshKeys, KeyRuns, MAX_KEY } from "../../src/workload/key-runs.js";
import { PrefixKeys } from "../../src/workload/prefix-keys.js";
import type { TraceRow } from "../../src/workload/trace-row.js";
import { arbPrefixedRows, numCommon, tokensOf } from "../support/traffic.js";

const row = (prompt: number, output: number, prefix?: TraceRow["prefix"]): TraceRow => ({
  arrivalTime: 0,
  numPromptTokens: prompt,
  numOutputTokens: output,
  ...(prefix && { prefix }),
});
const ids = (blockSize: number, ...runs: number[]) => ({ blockSize, runs: Int32Array.from(runs) });
const allKeys = (rows: readonly TraceRow[], blockSize: number, pass = 0): number[][] => {
  const keys = new PrefixKeys(rows, blockSize);
  return rows.map((_, i) => Array.from(keys.of(i, pass) ?? []));
};

describe("block keys", () => {
  test.prop([
    arbPrefixedRows,
    fc.constantFrom(1, 2, 4, 8),
    fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 20, maxLength: 20 }),
  ])(
    "are equal exactly where the tokens up to the end of the block are, in whatever order rows are asked for",
    (rows, blockSize, ranks) => {
      const tokens = tokensOf(rows);
      const maker = new PrefixKeys(rows, blockSize);
      const order = rows.map((_, i) => i).sort((a, b) => ranks[a]! - ranks[b]!);
      const keys: (Int32Array | undefined)[] = [];
      for (const i of order) keys[i] = maker.of(i, 0);
      for (let a = 0; a < rows.length; a++) {
        for (let b = 0; b < a; b++) {
          const numEqual = Math.floor(numCommon(tokens[a]!, tokens[b]!) / blockSize);
          expect(numEqualKeys(keys[a], keys[b])).toBe(numEqual);
        }
      }
      const all = keys.map((some) => Array.from(some ?? []));
      for (const some of all) expect(new Set(some).size).toBe(some.length);
      for (const key of all.flat()) expect(key).toBeGreaterThanOrEqual(0);
    },
  );

  /** Also that keys are never equal further on, or in different places. */
  function numEqualKeys(a: Int32Array = new Int32Array(), b: Int32Array = new Int32Array()) {
    const numEqual = a.filter((key, i) => key === b[i]).length;
    expect(a.filter((key) => b.includes(key))).toHaveLength(numEqual);
    expect(a.subarray(0, numEqual)).toEqual(b.subarray(0, numEqual));
    return numEqual;
  }

  test("are not made where nobody else can have the content", () => {
    const rows = [row(100, 10), row(100, 10), row(64, 8, { row: 0, numTokens: 40 })];
    expect(allKeys(rows, 16).map((keys) => keys.length)).toEqual([2, 0, 2]);
  });

  test("of ids cover the full blocks of the prompt: the last id may be partly filled", () => {
    expect(allKeys([row(40, 100, ids(16, 7, 3))], 4)[0]).toHaveLength(10);
    expect(allKeys([row(43, 100, ids(16, 7, 3))], 4)[0]).toHaveLength(10);
    expect(allKeys([row(43, 100, ids(16, 7, 2))], 4)[0]).toHaveLength(8);
  });

  test("are dense, however sparse the ids are", () => {
    const rows = [row(32, 1, ids(16, 5, 1, 2 ** 31 - 1, 1)), row(32, 1, ids(16, 1_000_000, 2))];
    expect(allKeys(rows, 16)).toEqual([
      [0, 3],
      [1, 2],
    ]);
  });

  test("of a row that is sent again are equal with ids, and new where rows refer to each other", () => {
    const rows = [row(32, 1, ids(16, 0, 2)), row(32, 1), row(32, 1, { row: 1, numTokens: 32 })];
    const maker = new PrefixKeys(rows, 16);
    const passes = [0, 1].map((pass) => rows.map((_, i) => maker.of(i, pass)));
    expect(passes[1]![0]).toEqual(passes[0]![0]);
    expect(passes[1]![1]).toEqual(passes[1]![2]);
    expect(passes[1]![1]![0]).not.toBe(passes[0]![1]![0]);
  });

  test("of a chain of 20,000 turns are made without a deep stack, and the last row may ask first", () => {
    const rows: TraceRow[] = [row(16, 16)];
    for (let i = 1; i < 20_000; i++) rows.push(row(16, 16, { row: i - 1, numTokens: 16 }));
    const maker = new PrefixKeys(rows, 16);
    expect(maker.of(19_999, 0)).toEqual(maker.of(0, 0));
  });

  test("are refused where there are more different blocks than keys", () => {
    expect(() => new PrefixKeys([row(1, 1, ids(512, 0, 2 ** 31 - 1))], 16)).toThrow(
      "more than 2147483647",
    );
  });
});

test.prop([
  fc.array(
    fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 9 })), {
      maxLength: 5,
    }),
  ),
])("ids are numbered from 0 without gaps, in their order, one number for each", (rows) => {
  const space = new IdSpace(rows.map((runs) => Int32Array.from(runs.flat())));
  const present = new Set(
    rows.flat().flatMap(([first, count]) => Array.from({ length: count }, (_, i) => first + i)),
  );
  const sorted = [...present].sort((a, b) => a - b);
  expect(space.numIds).toBe(sorted.length);
  expect(sorted.map((id) => space.numberOf(id))).toEqual(sorted.map((_, i) => i));
});

test("fresh keys start again after the last one", () => {
  const fresh = new FreshKeys(10);
  expect(fresh.take(5)).toBe(10);
  expect(fresh.take(MAX_KEY - 20)).toBe(15);
  expect(fresh.take(6)).toBe(10);
});

test("runs of keys give their head back, and join where they touch", () => {
  const runs = new KeyRuns().add(5, 3).add(8, 2).add(20, 4);
  expect(Array.from(runs.toKeys()!)).toEqual([5, 6, 7, 8, 9, 20, 21, 22, 23]);
  expect(Array.from(runs.head(6).toKeys()!)).toEqual([5, 6, 7, 8, 9, 20]);
  expect(runs.head(100).numBlocks).toBe(9);
  expect(runs.head(0).toKeys()).toBeUndefined();
});
