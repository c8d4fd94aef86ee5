/** A run of steps priced at once costs, to the bit, what its steps cost one by one. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { hardwareNames, modelNames, withPresets } from "../../src/catalog/index.js";
import { calibrated } from "../../src/cost/calibrated.js";
import { checkedCostModel } from "../../src/cost/checked.js";
import type { CostModel, StepCost } from "../../src/cost/cost-model.js";
import { pipelined } from "../../src/cost/pipeline.js";
import { idealRoofline } from "../../src/cost/roofline.js";
import { priceRun, StepRun } from "../../src/cost/step-run.js";
import type { BatchShape } from "../../src/request/batch-shape.js";
import type { DeploymentDescription } from "../../src/spec/deployment-description.js";
import { resolve } from "../../src/simulation/resolve.js";

const arbDeployment: fc.Arbitrary<DeploymentDescription> = fc
  .record({
    gpu: fc.constantFrom(...hardwareNames),
    model: fc.constantFrom(...modelNames),
    asyncScheduling: fc.boolean(),
  })
  .map(({ gpu, model, asyncScheduling }) => {
    const config = withPresets({
      // Enough for any model, whatever the device holds: prices do not depend on it.
      hardware: { preset: gpu, tensorParallel: 1, memoryCapacity: 1e13 },
      model: { preset: model, maxSeqLen: 4096 },
      scheduler: {
        maxNumBatchedTokens: 2048,
        maxNumSeqs: 64,
        blockSize: 16,
        enableChunkedPrefill: true,
        asyncScheduling,
      },
      workload: {
        arrivalPattern: "closed_loop",
        numConcurrentUsers: 1,
        numRequests: 1,
        inputLenDist: { type: "fixed", value: 8 },
        outputLenDist: { type: "fixed", value: 8 },
      },
    });
    return resolve(config).deployment.description;
  });

/** Prompts beside the decodes, too: they stay what they are. */
const arbRun = fc.record({
  numPrefills: fc.nat(3),
  numDecodes: fc.integer({ min: 1, max: 600 }),
  kvTokens: fc.integer({ min: 1, max: 200_000 }),
  growth: fc.nat(600),
  numSteps: fc.integer({ min: 1, max: 40 }),
});

function shapeAt(run: RunOf<typeof arbRun>, windows: readonly number[], step: number): BatchShape {
  const { numPrefills, numDecodes, kvTokens, growth } = run;
  return {
    numPrefills,
    numDecodes,
    numPrefillTokens: 100 * numPrefills,
    numSamples: numDecodes,
    attention: windows.map((window, i) => ({
      window,
      prefillPairs: 5050 * numPrefills,
      prefillKvTokens: 100 * numPrefills,
      decodeKvTokens: kvTokens + step * (i === 0 ? growth : 0),
    })),
  };
}

type RunOf<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never;

/** Costs of the run's steps in one go, and one after the other. */
function bothWays(model: CostModel, run: RunOf<typeof arbRun>, windows: readonly number[]) {
  const { growth, numSteps } = run;
  const out = new StepRun(numSteps);
  const first = shapeAt(run, windows, 0);
  const growths = Float64Array.from(windows, (_, i) => (i === 0 ? growth : 0));
  priceRun(model, first, growths, numSteps, out);
  expect(first).toEqual(shapeAt(run, windows, 0));
  const atOnce: StepCost[] = [];
  const oneByOne: StepCost[] = [];
  for (let n = 0; n < numSteps; n++) {
    const cost: StepCost = { seconds: 0, flops: 0, bytes: 0 };
    model.stepCost(shapeAt(run, windows, n), cost);
    oneByOne.push(cost);
    atOnce.push({ seconds: out.seconds[n]!, flops: out.flops[n]!, bytes: out.bytes[n]! });
  }
  return { atOnce, oneByOne };
}

/** The windows that a model's layers have, full attention first where there is any. */
function windowsOf({ model }: DeploymentDescription): number[] {
  const windows = model.layers.map((layer) =>
    layer.type === "attention" ? (layer.window ?? layer.chunk ?? Infinity) : Infinity,
  );
  return [...new Set(windows)].sort((a, b) => b - a);
}

describe("a run of steps", () => {
  const models: Record<string, (deployment: DeploymentDescription) => CostModel> = {
    "the ideal roofline": idealRoofline,
    "the calibrated cost model": calibrated,
    "a pipeline": (deployment) => pipelined(idealRoofline(deployment), 3),
    "a model that is checked": (deployment) => checkedCostModel(idealRoofline(deployment)),
  };
  for (const [name, build] of Object.entries(models)) {
    test.prop([arbDeployment, arbRun])(
      `by ${name} costs what its steps cost`,
      (deployment, run) => {
        const { atOnce, oneByOne } = bothWays(build(deployment), run, windowsOf(deployment));
        expect(atOnce).toEqual(oneByOne);
        expect(atOnce.every(({ seconds }) => seconds > 0 && seconds < Infinity)).toBe(true);
      },
    );
  }

  test("by a model that answers nonsense is an error that names the step", () => {
    const model: CostModel = {
      name: "mine",
      peakFlops: 1,
      peakBandwidth: 1,
      stepCost: (_, out) => Object.assign(out, { seconds: 1, flops: 1, bytes: 1 }),
      stepCosts: (_, __, numSteps, out) => out.seconds.fill(-1, numSteps - 1),
    };
    const run = { numPrefills: 0, numDecodes: 1, kvTokens: 1, growth: 1 };
    const price = () => bothWays(checkedCostModel(model), { ...run, numSteps: 3 }, [Infinity]);
    expect(price).toThrow(/cost model "mine": stepCosts wrote seconds\[2\] = -1/);
  });
});
