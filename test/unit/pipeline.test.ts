import { describe, expect, test } from "vitest";
import type { CostModel } from "../../src/cost/cost-model.js";
import { pipelined } from "../../src/cost/pipeline.js";
import { roofline } from "../../src/cost/roofline.js";
import type { BatchShape } from "../../src/request/batch-shape.js";
import { h100, llama70b } from "../support/models.js";
import { shapeOf } from "../support/shapes.js";

const stage = roofline({ ...h100, tensorParallel: 2 }, llama70b);

function price(model: CostModel, shape: BatchShape) {
  const out = { seconds: NaN, flops: NaN, bytes: NaN };
  model.stepCost(shape, out);
  return out;
}

const decodes = (n: number) => shapeOf(Array(n).fill([999, 1]));

describe("a pipeline of stages", () => {
  test("of one stage is the stage", () => expect(pipelined(stage, 1)).toBe(stage));

  test("a lone request goes through all stages, as long as through the whole model on one", () => {
    expect(price(pipelined(stage, 4), decodes(1))).toEqual(price(stage, decodes(1)));
  });

  test("full batches follow each other: the time of one of them, the work of all", () => {
    const all = price(pipelined(stage, 4), decodes(64));
    const one = price(stage, decodes(16));
    expect(all.seconds).toBe(one.seconds);
    expect(all.flops).toBe(4 * one.flops);
    expect(all.bytes).toBe(4 * one.bytes);
  });

  test("weights are read once per small batch, so tensor parallelism decodes faster on as many devices", () => {
    const tensor = roofline({ ...h100, tensorParallel: 8 }, llama70b);
    const wide = price(tensor, decodes(64)).seconds;
    expect(price(pipelined(stage, 4), decodes(64)).seconds).toBeGreaterThan(wide);
  });

  test("peaks are those of all stages, and the caller's shape is left alone", () => {
    const model = pipelined(stage, 4);
    expect(model.peakFlops).toBe(4 * stage.peakFlops);
    expect(model.peakBandwidth).toBe(4 * stage.peakBandwidth);
    const shape = shapeOf([
      [0, 1000],
      [5, 1],
    ]);
    const before = structuredClone(shape);
    price(model, shape);
    expect(shape).toEqual(before);
  });
});
