/** A step costs what its batch adds up to, in whatever order. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { CostModel } from "../../src/cost/cost-model.js";
import { roofline } from "../../src/cost/roofline.js";
import { Batch } from "../../src/request/batch.js";
import { Request } from "../../src/request/request.js";
import { h100, llama70b, moe140b } from "../support/models.js";

/** [prompt, computed before, computed now] */
type Chunk = readonly [number, number, number];

const arbChunk: fc.Arbitrary<Chunk> = fc.tuple(
  fc.integer({ min: 1, max: 20_000 }),
  fc.nat(100_000),
  fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 8192 })),
);

const arbTwoOrders = fc
  .array(arbChunk, { minLength: 1, maxLength: 300 })
  .chain((chunks) =>
    fc.tuple(
      fc.constant(chunks),
      fc.shuffledSubarray(chunks, { minLength: chunks.length, maxLength: chunks.length }),
    ),
  );

function price(model: CostModel, windows: readonly number[], chunks: readonly Chunk[]) {
  const batch = new Batch(windows);
  for (const [numPromptTokens, numComputed, numNew] of chunks) {
    const spec = { arrivalTime: 0, numPromptTokens, numOutputTokens: 1 };
    const request = new Request(spec, 0, Infinity);
    request.onAdmitted(numComputed);
    batch.addToShape(request, numNew);
  }
  const cost = { seconds: NaN, flops: NaN, bytes: NaN };
  model.stepCost(batch.shape, cost);
  return cost;
}

test("a permuted batch takes the same time, to the last bit", () => {
  const dense = roofline({ ...h100, tensorParallel: 2 }, llama70b);
  const sliding = roofline({ ...h100, tensorParallel: 4 }, moe140b);
  fc.assert(
    fc.property(arbTwoOrders, ([chunks, permuted]) => {
      expect(price(dense, [Infinity], permuted)).toEqual(price(dense, [Infinity], chunks));
      const windows = [Infinity, 4096];
      expect(price(sliding, windows, permuted)).toEqual(price(sliding, windows, chunks));
    }),
  );
});
