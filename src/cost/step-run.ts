/** Prices of steps that differ only in how many tokens their decodes read. */
import type { BatchShape } from "../request/batch-shape.js";
import type { CostModel, StepCost, StepCosts } from "./cost-model.js";

/** A cost model that prices runs by itself. */
export interface RunCostModel extends CostModel {
  stepCosts: NonNullable<CostModel["stepCosts"]>;
}

let zeros = new Float64Array(8);

/** The growth of a run of one step. */
export function noGrowth({ attention }: BatchShape): Float64Array {
  if (zeros.length < attention.length) zeros = new Float64Array(attention.length);
  return zeros;
}

/**
 * Room for the costs of so many steps. A class, since literals with the same keys share one hidden class: beside arrays the numbers of
 * `StepCost` would be boxed.
 */
export class StepRun implements StepCosts {
  readonly seconds: Float64Array;
  readonly flops: Float64Array;
  readonly bytes: Float64Array;

  constructor(numSteps: number) {
    this.seconds = new Float64Array(numSteps);
    this.flops = new Float64Array(numSteps);
    this.bytes = new Float64Array(numSteps);
  }
}

/** `CostModel.stepCosts` of any cost model. */
export function priceRun(
  model: CostModel,
  shape: BatchShape,
  kvTokenGrowth: Float64Array,
  numSteps: number,
  out: StepCosts,
): void {
  if (model.stepCosts !== undefined) {
    model.stepCosts(shape, kvTokenGrowth, numSteps, out);
    return;
  }
  const cost: StepCost = { seconds: 0, flops: 0, bytes: 0 };
  for (let n = 0; n < numSteps; n++) {
    model.stepCost(shape, cost);
    out.seconds[n] = cost.seconds;
    out.flops[n] = cost.flops;
    out.bytes[n] = cost.bytes;
    grow(shape, kvTokenGrowth, 1);
  }
  grow(shape, kvTokenGrowth, -numSteps);
}

/** `CostModel.stepCost` by way of `stepCosts`: a run of one step. */
export function singleStep(
  stepCosts: RunCostModel["stepCosts"],
): (shape: BatchShape, out: StepCost) => void {
  const one = new StepRun(1);
  return (shape, out) => {
    stepCosts(shape, noGrowth(shape), 1, one);
    out.seconds = one.seconds[0]!;
    out.flops = one.flops[0]!;
    out.bytes = one.bytes[0]!;
  };
}

/** The shape so many steps later. Counts are integers, so there and back is where it was. */
function grow({ attention }: BatchShape, kvTokenGrowth: Float64Array, numSteps: number): void {
  for (let i = 0; i < attention.length; i++) {
    attention[i]!.decodeKvTokens += numSteps * kvTokenGrowth[i]!;
  }
}
