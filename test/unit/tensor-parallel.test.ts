import { expect, test } from "vitest";
import {
  allowedTensorParallel,
  pooledKvBytesPerTokenAndLayer,
  tensorParallelAllowed,
} from "../../src/cost/tensor-parallel.js";

test("N divides the heads, and divides the KV heads or is a multiple of them", () => {
  expect(allowedTensorParallel({ numHeads: 64, numKvHeads: 8 })).toEqual([1, 2, 4, 8, 16, 32, 64]);
  expect(allowedTensorParallel({ numHeads: 48, numKvHeads: 8 })).toEqual([1, 2, 4, 8, 16, 24, 48]);
  expect(allowedTensorParallel({ numHeads: 28, numKvHeads: 4 })).toEqual([1, 2, 4, 28]);
});

test("a number of devices is a positive integer", () => {
  for (const n of [0, -1, 0.5, NaN]) {
    expect(tensorParallelAllowed(n, { numHeads: 8, numKvHeads: 8 })).toBe(false);
  }
});

test("with more devices than KV heads every device holds a copy of one", () => {
  const model = { numKvHeads: 8, headDim: 128 };
  expect(pooledKvBytesPerTokenAndLayer(model, 2, 1)).toBe(2 * 8 * 128 * 2);
  expect(pooledKvBytesPerTokenAndLayer(model, 2, 8)).toBe(2 * 8 * 128 * 2);
  expect(pooledKvBytesPerTokenAndLayer(model, 2, 16)).toBe(2 * 16 * 128 * 2);
});
