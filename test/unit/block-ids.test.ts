import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { BlockIds } from "../../src/io/block-ids.js";

/** Each id by itself. */
function idsOf(prefix: ReturnType<BlockIds["prefixOf"]>): number[] {
  const ids: number[] = [];
  const { runs } = prefix ?? { runs: [] };
  for (let i = 0; i < runs.length; i += 2) {
    for (let k = 0; k < runs[i + 1]!; k++) ids.push(runs[i]! + k);
  }
  return ids;
}

const prompts = fc.array(fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 40 }), {
  maxLength: 30,
});

property.prop([prompts, fc.integer({ min: 1, max: 7 })])(
  "ids are equal exactly where all tokens up to the end of the block are, and count up from 0",
  (prompts, blockSize) => {
    const ids = new BlockIds(blockSize);
    const known = new Map<string, number>();
    for (const tokens of prompts) {
      const expected = [];
      for (let end = blockSize; end <= tokens.length; end += blockSize) {
        const key = tokens.slice(0, end).join();
        if (!known.has(key)) known.set(key, known.size);
        expected.push(known.get(key));
      }
      expect(idsOf(ids.prefixOf(tokens))).toEqual(expected);
    }
  },
);

test("a new prompt is one run, a shared beginning another", () => {
  const ids = new BlockIds(2);
  expect(ids.prefixOf([1, 2, 3, 4, 5, 6, 7])).toEqual({ blockSize: 2, runs: Int32Array.of(0, 3) });
  expect(ids.prefixOf([1, 2, 9, 9])).toEqual({ blockSize: 2, runs: Int32Array.of(0, 1, 3, 1) });
  expect(ids.prefixOf([1])).toBeUndefined();
});

test("half a million blocks that differ in one bit or in their order are told apart", () => {
  const ids = new BlockIds(1);
  const seen = new Set<number>();
  for (let i = 0; i < 250_000; i++) {
    for (const tokens of [[i], [2 ** 31 - 1 - i]]) seen.add(idsOf(ids.prefixOf(tokens))[0]!);
  }
  expect(seen.size).toBe(500_000);
});
