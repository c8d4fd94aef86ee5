import fc from "fast-check";
import { expect, test } from "vitest";
import { grown, toArray } from "../../src/collections/column.js";

test("a grown column keeps its type and its values, and goes on with zeros", () => {
  for (const column of [Float64Array.of(1.5, -2), Int32Array.of(7, -8), Uint8Array.of(1, 255)]) {
    const longer = grown(column, 4);
    expect(longer.constructor).toBe(column.constructor);
    expect([...longer]).toEqual([...column, 0, 0]);
  }
});

test("an array of a column has exactly the rows written, in memory of that size", () => {
  fc.assert(
    fc.property(fc.float64Array(), fc.nat(), fc.boolean(), (column, rows, share) => {
      const length = rows % (column.length + 1);
      const array = toArray(column, length, share);
      expect([...array]).toEqual([...column.subarray(0, length)]);
      expect(array.buffer.byteLength).toBe(8 * length);
    }),
  );
});

test("only a full column that may be shared is handed over without a copy", () => {
  const column = Float64Array.of(1, 2);
  expect(toArray(column, 2, true)).toBe(column);
  expect(toArray(column, 2)).not.toBe(column);
  expect(toArray(column, 1, true)).not.toBe(column);
});
