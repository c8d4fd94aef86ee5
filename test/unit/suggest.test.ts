import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { editDistance, nearest } from "../../src/base/suggest.js";

describe("edit distance", () => {
  test("counts insertions, deletions and substitutions", () => {
    expect(editDistance("kitten", "sitting")).toBe(3);
    expect(editDistance("", "abc")).toBe(3);
    expect(editDistance("block_size", "block_size")).toBe(0);
  });

  test.prop([
    fc.string({ maxLength: 8 }),
    fc.string({ maxLength: 8 }),
    fc.string({ maxLength: 8 }),
  ])("is a metric", (a, b, c) => {
    expect(editDistance(a, b)).toBe(editDistance(b, a));
    expect(editDistance(a, b) === 0).toBe(a === b);
    expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
  });
});

describe("the nearest candidate", () => {
  const keys = ["arrivalRate", "arrivalPattern", "batchSize", "burstSize", "seed"];

  test.each([
    ["arivalRate", "arrivalRate"],
    ["ArrivalRate", "arrivalRate"],
    ["arrival_rate", "arrivalRate"],
    ["burstsize", "burstSize"],
    ["sed", "seed"],
  ])("of %s is %s", (word, expected) => {
    expect(nearest(word, keys)).toBe(expected);
  });

  test("of a word like none of them is none", () => {
    expect(nearest("temperature", keys)).toBeUndefined();
  });
});
