import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StepCost } from "../../src/cost/cost-model.js";
import { roofline } from "../../src/cost/roofline.js";
import type { HardwareSpec } from "../../src/spec/hardware-spec.js";
import type { ModelSpec } from "../../src/spec/model-spec.js";
import { h100, llama70b, moe140b } from "../support/models.js";
import { type Chunk, shapeOf } from "../support/shapes.js";

function price(hardware: HardwareSpec, model: ModelSpec, chunks: readonly Chunk[]): StepCost {
  const windows = model.slidingWindow === undefined ? [Infinity] : [Infinity, model.slidingWindow];
  const out = { seconds: NaN, flops: NaN, bytes: NaN };
  roofline(hardware, model).stepCost(shapeOf(chunks, windows), out);
  return out;
}

const chunk = fc.tuple(fc.nat(50_000), fc.integer({ min: 1, max: 2000 }));
const two = { ...h100, tensorParallel: 2 };

describe("a dense model with full attention, by hand", () => {
  test("a prompt of 1,000 tokens is bound by arithmetic", () => {
    const cost = price(two, llama70b, [[0, 1000]]);
    const flops = 2 * 70e9 * 1000 + 4 * 64 * 128 * 80 * ((1000 * 1001) / 2);
    expect(cost.flops).toBe(flops);
    expect(cost.bytes).toBe(140e9 + 1000 * 327_680);
    expect(cost.seconds).toBe(flops / (2 * 1.513e15));
  });

  test("a decode at 1,000 tokens is bound by memory", () => {
    const cost = price(two, llama70b, [[1000, 1]]);
    expect(cost.flops).toBe(2 * 70e9 + 4 * 64 * 128 * 80 * 1001);
    expect(cost.bytes).toBe(140e9 + 1001 * 327_680);
    expect(cost.seconds).toBe((140e9 + 1001 * 327_680) / (2 * 3.35e12));
  });

  test("a chunk of n tokens on c attends n·c + n(n + 1)/2 pairs and reads c + n tokens", () => {
    const cost = price(two, llama70b, [[300, 200]]);
    const attended = 200 * 300 + (200 * 201) / 2;
    expect(cost.flops).toBe(2 * 70e9 * 200 + 4 * 64 * 128 * 80 * attended);
    expect(cost.bytes).toBe(140e9 + 500 * 327_680);
  });
});

describe("sliding layers", () => {
  const slidingOnly = { ...moe140b, numActiveParameters: 140e9, numSlidingLayers: 56 };
  const bytesPerToken = 2 * 8 * 128 * 2;

  test("a decode reads the window in sliding layers and everything in full ones", () => {
    const dense = { ...moe140b, numActiveParameters: 140e9 };
    const { bytes, flops } = price(h100, dense, [[9999, 1]]);
    expect(bytes).toBe(280e9 + bytesPerToken * 28 * (10_000 + 4096));
    expect(flops).toBe(2 * 140e9 + 4 * 48 * 128 * 28 * (10_000 + 4096));
  });

  test("all layers may slide", () => {
    const out = { seconds: 0, flops: 0, bytes: 0 };
    roofline(h100, slidingOnly).stepCost(shapeOf([[9999, 1]], [4096]), out);
    expect(out.bytes).toBe(280e9 + bytesPerToken * 56 * 4096);
  });

  test("a window longer than the sequence changes nothing", () => {
    const wide = { ...llama70b, slidingWindow: 100_000, numSlidingLayers: 40 };
    expect(price(two, wide, [[500, 700]])).toEqual(price(two, llama70b, [[500, 700]]));
  });

  test("a batch summed over another model's window is refused", () => {
    const out = { seconds: 0, flops: 0, bytes: 0 };
    const model = roofline(h100, slidingOnly);
    const price = () => model.stepCost(shapeOf([[0, 1]], [128]), out);
    expect(price).toThrow("attention windows of the model");
    expect(price).toThrow("attention windows of the model");
  });
});

describe("a mixture of experts", () => {
  const weights = (numTokens: number) => {
    const out = { seconds: 0, flops: 0, bytes: 0 };
    const shape = { ...shapeOf([]), numPrefillTokens: numTokens };
    roofline(h100, moe140b).stepCost(shape, out);
    return out.bytes;
  };

  test("no token reads no weights, one token the active ones, many tokens all", () => {
    expect(weights(0)).toBe(0);
    expect(weights(1)).toBeCloseTo(2 * 12e9, -1);
    expect(weights(2)).toBeCloseTo(2 * 140e9 * (1 - (128 / 140) ** 2), -1);
    expect(weights(100_000)).toBe(2 * 140e9);
  });

  test("computes with the active parameters only", () => {
    const out = { seconds: 0, flops: 0, bytes: 0 };
    roofline(h100, moe140b).stepCost(shapeOf([[0, 8]], []), out);
    expect(out.flops).toBe(2 * 12e9 * 8);
  });

  test("with all parameters active it is a dense model", () => {
    const dense = { ...moe140b, numActiveParameters: 140e9 };
    expect(price(h100, dense, [[0, 1]]).bytes).toBe(280e9 + 2 * 8 * 128 * 2 * 56);
  });
});

describe("several devices", () => {
  test("peaks are pooled", () => {
    const model = roofline(two, llama70b);
    expect([model.peakFlops, model.peakBandwidth]).toEqual([2 * 1.513e15, 2 * 3.35e12]);
    expect(price(two, llama70b, [[0, 999]]).seconds).toBe(
      price(h100, llama70b, [[0, 999]]).seconds / 2,
    );
  });

  test("beyond the KV heads every device reads its own copy", () => {
    const kvBytes = (tensorParallel: number) =>
      price({ ...h100, tensorParallel }, llama70b, [[999, 1]]).bytes - 140e9;
    expect(kvBytes(8)).toBe(1000 * 327_680);
    expect(kvBytes(16)).toBe(2 * kvBytes(8));
  });
});

describe("laws", () => {
  const model = fc.constantFrom(llama70b, moe140b);

  test("more work is never cheaper: another request, or a longer chunk", () => {
    fc.assert(
      fc.property(
        model,
        fc.array(chunk, { minLength: 1, maxLength: 5 }),
        chunk,
        (m, chunks, one) => {
          const before = price(h100, m, chunks);
          const [c, n] = chunks[0]!;
          for (const more of [
            [...chunks, one],
            [[c, n + 1] as const, ...chunks.slice(1)],
          ]) {
            const after = price(h100, m, more);
            expect(after.seconds).toBeGreaterThanOrEqual(before.seconds);
            expect(after.flops).toBeGreaterThan(before.flops);
            expect(after.bytes).toBeGreaterThanOrEqual(before.bytes);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test("no device works faster than its peaks, and one of them is reached", () => {
    fc.assert(
      fc.property(model, fc.array(chunk, { minLength: 1, maxLength: 5 }), (m, chunks) => {
        const { seconds, flops, bytes } = price(h100, m, chunks);
        const use = [flops / seconds / h100.computeFlops, bytes / seconds / h100.memoryBandwidth];
        expect(Math.max(...use)).toBeCloseTo(1, 12);
      }),
      { numRuns: 50 },
    );
  });
});
