/** A pipeline of stages, each of which holds a share of the layers. */
import type { BatchShape } from "../request/batch-shape.js";
import type { CostModel, StepCost } from "./cost-model.js";

/**
 * Prices steps of a pipeline of P stages, given the cost of the whole model on the devices of one stage. vLLM keeps up to P batches in
 * flight, one for each stage. Here one batch stands for all of them: its requests are dealt out to m = min(P, requests)
 * smaller ones that follow each other through the stages. Each then takes 1 / P of its cost in each stage, and the time until all stages have
 * seen one of them, in which every request advances by a step, is that of one of the small batches through the whole model. Handing
 * activations on is not priced.
 */
export function pipelined(model: CostModel, numStages: number): CostModel {
  if (numStages === 1) return model;
  let share: BatchShape | undefined;
  return {
    name: model.name,
    peakFlops: numStages * model.peakFlops,
    peakBandwidth: numStages * model.peakBandwidth,
    stepCost(shape: BatchShape, out: StepCost): void {
      const numBatches = Math.min(numStages, shape.numPrefills + shape.numDecodes);
      share = divide(shape, numBatches, share);
      model.stepCost(share, out);
      out.flops *= numBatches;
      out.bytes *= numBatches;
    },
  };
}

/** The largest of `n` nearly equal parts of a batch, written into `part` where that is given. */
function divide(shape: BatchShape, n: number, part: BatchShape = emptyLike(shape)): BatchShape {
  part.numPrefills = Math.ceil(shape.numPrefills / n);
  part.numDecodes = Math.ceil(shape.numDecodes / n);
  part.numPrefillTokens = Math.ceil(shape.numPrefillTokens / n);
  part.numSamples = Math.ceil(shape.numSamples / n);
  for (let i = 0; i < shape.attention.length; i++) {
    const from = shape.attention[i]!;
    const to = part.attention[i]!;
    to.prefillPairs = from.prefillPairs / n;
    to.prefillKvTokens = from.prefillKvTokens / n;
    to.decodeKvTokens = from.decodeKvTokens / n;
  }
  return part;
}

function emptyLike({ attention }: BatchShape): BatchShape {
  return {
    numPrefills: 0,
    numDecodes: 0,
    numPrefillTokens: 0,
    numSamples: 0,
    attention: attention.map(({ window }) => ({
      window,
      prefillPairs: 0,
      prefillKvTokens: 0,
      decodeKvTokens: 0,
    })),
  };
}
