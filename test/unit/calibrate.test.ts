import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { withPresets } from "../../src/catalog/index.js";
import { noFactors, profiled, type ProfileFactors } from "../../src/calibration/profiled.js";
import type { BatchShape } from "../../src/request/batch-shape.js";
import {
  calibrate,
  profileOf,
  withProfile,
  type BenchmarkMeasurement,
  type CalibrationProfile,
  type StepMeasurement,
} from "../../src/calibration/calibrate.js";
import type { SimulationConfig } from "../../src/simulation/config.js";
import { predictBenchmark } from "../../src/calibration/predict-benchmark.js";
import { resolve } from "../../src/simulation/resolve.js";
import { simulate } from "../../src/simulation/simulation.js";

const configOn = (hardware: { readonly pipelineParallel?: number } = {}): SimulationConfig =>
  withPresets({
    hardware: { preset: "h100-sxm", ...hardware },
    model: { preset: "llama-3.1-8b", maxSeqLen: 4096 },
    scheduler: {
      maxNumBatchedTokens: 2048,
      maxNumSeqs: 64,
      blockSize: 16,
      enableChunkedPrefill: true,
    },
    workload: {
      arrivalPattern: "closed_loop",
      numConcurrentUsers: 8,
      numRequests: 40,
      inputLenDist: { type: "uniform", min: 300, max: 500 },
      outputLenDist: { type: "uniform", min: 50, max: 80 },
    },
  });
const config = configOn();
const deployment = resolve(config).deployment.description;
const loadOf = (concurrency: number) => ({
  concurrency,
  numRequests: 6 * concurrency,
  inputTokens: 400,
  outputTokens: 65,
});
const withFactors = (factors: ProfileFactors): CalibrationProfile => ({
  ...profileOf(config),
  factors,
});

/** What an engine with these factors, and with errors of measurement, shows at a concurrency. */
function measuredAt(
  concurrency: number,
  factors: ProfileFactors,
  noise = { ttft: 1, tpot: 1 },
): BenchmarkMeasurement {
  const load = loadOf(concurrency);
  const { ttft, tpot } = predictBenchmark(withProfile(config, withFactors(factors)), load);
  return { type: "benchmark", ...load, ttft: noise.ttft * ttft, tpot: noise.tpot * tpot };
}

function shapeOf(numPrefills: number, numDecodes: number): BatchShape {
  const length = 500;
  return {
    numPrefills,
    numDecodes,
    numPrefillTokens: numPrefills * length,
    numSamples: numPrefills + numDecodes,
    attention: [
      {
        window: Infinity,
        prefillPairs: (numPrefills * length * (length + 1)) / 2,
        prefillKvTokens: numPrefills * length,
        decodeKvTokens: 800 * numDecodes,
      },
    ],
  };
}

function stepOf(shape: BatchShape, factors: ProfileFactors, noise = 1): StepMeasurement {
  const cost = { seconds: 0, flops: 0, bytes: 0 };
  profiled(deployment, factors).stepCost(shape, cost);
  return { type: "step", shape, seconds: noise * cost.seconds };
}

const factor = fc.double({ min: 0.8, max: 1.3, noNaN: true });
const steps = Array.from({ length: 40 }, (_, i) => shapeOf(i % 2, 1 + ((7 * i) % 60)));

describe("calibrate", () => {
  test.prop([factor, factor], { numRuns: 20 })(
    "predicts any step as the engine with unknown factors takes it, after many noisy ones",
    (prefill, decode) => {
      const truth = { ...noFactors, prefill, decode };
      const measured = steps.map((shape, i) => stepOf(shape, truth, 1 + 0.02 * ((i % 3) - 1)));
      const { factors } = calibrate(profileOf(config), measured, config);
      for (const shape of [shapeOf(1, 5), shapeOf(2, 0), shapeOf(0, 33)]) {
        const found = stepOf(shape, factors).seconds / stepOf(shape, truth).seconds;
        expect(Math.abs(found - 1)).toBeLessThan(0.02);
      }
    },
  );

  test("three points of a slower engine improve a fourth, in TTFT and TPOT", () => {
    const truth = { prefill: 1.4, decode: 1.2, overhead: 1.3 };
    const noises = [
      { ttft: 1.04, tpot: 0.99 },
      { ttft: 0.95, tpot: 1.01 },
      { ttft: 1.02, tpot: 1 },
    ];
    const measured = [2, 8, 32].map((users, i) => measuredAt(users, truth, noises[i]));
    const profile = calibrate(profileOf(config), measured, config);
    const fourth = measuredAt(16, truth);
    const errorsOf = (given: SimulationConfig) => {
      const { ttft, tpot } = predictBenchmark(given, loadOf(16));
      return [Math.abs(ttft / fourth.ttft! - 1), Math.abs(tpot / fourth.tpot! - 1)] as const;
    };
    const [before, after] = [errorsOf(config), errorsOf(withProfile(config, profile))];
    expect(after[0]).toBeLessThan(0.5 * before[0]);
    expect(after[1]).toBeLessThan(0.4 * before[1]);
    // Plain data.
    expect(JSON.parse(JSON.stringify(profile))).toEqual(profile);
  });

  test.prop(
    [fc.array(fc.double({ min: 0.3, max: 3, noNaN: true }), { minLength: 1, maxLength: 5 })],
    {
      numRuns: 30,
    },
  )("leaves no larger error on its own points, counted as it counts them", (noises) => {
    const measured = noises.map((noise, i) => stepOf(steps[i]!, noFactors, noise));
    const { residuals } = calibrate(profileOf(config), measured, config);
    const loss = (of: "before" | "after") =>
      residuals.reduce((sum, one) => {
        const ratio = Math.log(one[of] / one.measured) / (1.4 * 0.035 * 1.345);
        return sum + Math.sqrt(1 + ratio * ratio) - 1;
      }, 0);
    expect(loss("after")).toBeLessThanOrEqual(loss("before") * (1 + 1e-9));
  });

  test("the more points say the same, the nearer it comes to them", () => {
    const shape = shapeOf(0, 16);
    const left = [1, 2, 4, 8, 16].map((n) => {
      const measured = Array.from({ length: n }, () => stepOf(shape, noFactors, 1.1));
      const [{ after, measured: seconds }] = calibrate(profileOf(config), measured, config)
        .residuals as [CalibrationProfile["residuals"][0]];
      return seconds / after - 1;
    });
    expect(left).toEqual(left.toSorted((a, b) => b - a));
    expect(left[0]).toBeLessThan(0.1);
    expect(left.at(-1)!).toBeLessThan(0.02);
  });

  test("one point that is far off moves no other by much", () => {
    const right = steps.slice(0, 6).map((shape) => stepOf(shape, noFactors));
    const wrong = stepOf(shapeOf(0, 20), noFactors, 5);
    const { factors } = calibrate(profileOf(config), [...right, wrong], config);
    const moved =
      stepOf(shapeOf(0, 30), factors).seconds / stepOf(shapeOf(0, 30), noFactors).seconds;
    expect(moved).toBeGreaterThan(1);
    expect(moved).toBeLessThan(1.05);
  });

  test("a duration of nothing is refused, with its label", () => {
    const wrong = { ...stepOf(shapeOf(0, 4), noFactors, 0), label: "third" };
    expect(() => calibrate(profileOf(config), [wrong], config)).toThrow(/third\.step: 0 is no/);
  });

  test.each([1, 2])(
    "the profile of nobody's measurements changes no result, on %i stages",
    (pipelineParallel) => {
      const given = configOn({ pipelineParallel });
      const same = simulate(withProfile(given, profileOf(given)));
      expect(same.tpot.mean).toBeCloseTo(simulate(given).tpot.mean, 12);
    },
  );
});

describe("a run under a profile", () => {
  const measurements = [4, 8].map((users) => measuredAt(users, { ...noFactors, decode: 1.2 }));
  const profile = calibrate(profileOf(config), measurements, config);
  const plain = simulate(config);

  test("says what was measured, and is as sure as one of such a deployment without it", () => {
    const { provenance, confidence } = simulate(withProfile(config, profile));
    expect(provenance.costModel).toBe("calibrated, profile of llama-3.1-8b on h100-sxm");
    expect(provenance.terms.slice(0, -1)).toEqual(plain.provenance.terms);
    expect(provenance.terms.at(-1)!.source).toMatch(/^4 latencies that were measured/);
    expect(provenance.heldOut).toEqual(plain.provenance.heldOut);
    expect(confidence!.basis).toBe(plain.confidence!.basis);
    expect(provenance.outsideRange).toEqual([
      ...plain.provenance.outsideRange,
      expect.stringMatching(/longest request: \d+, measured for the profile were up to 465$/),
    ]);
  });

  test("that holds nothing measured is that without one", () => {
    const { provenance } = simulate(withProfile(config, profileOf(config)));
    expect(provenance.terms).toEqual(plain.provenance.terms);
  });
});

describe("a benchmark's client", () => {
  test("sees the way through HTTP in TTFT, and its prompts miss the step that has begun", () => {
    const load = { ...loadOf(1), lengthSpread: 0 };
    const one = predictBenchmark(config, load);
    const server = simulate({
      ...config,
      workload: {
        arrivalPattern: "closed_loop",
        numConcurrentUsers: 1,
        numRequests: load.numRequests,
        inputLenDist: { type: "fixed", value: 400 },
        outputLenDist: { type: "fixed", value: 65 },
      },
    });
    expect(one.ttft).toBeCloseTo(server.ttft.mean + 0.005, 6);
    const many = predictBenchmark(config, { ...loadOf(32), lengthSpread: 0 });
    expect(many.ttft).toBeGreaterThan(one.ttft);
  });
  test("that sends at a rate, or all at once, waits for no answer", () => {
    const { concurrency: _, ...load } = loadOf(32);
    const atOnce = predictBenchmark(config, load);
    const slowly = predictBenchmark(config, { ...load, requestRate: 0.5 });
    expect(slowly.ttft).toBeLessThan(atOnce.ttft);
  });
  test("cannot have half a user, nor prompts of nothing: all that is wrong is said", () => {
    const load = { ...loadOf(1.5), inputTokens: 0, lengthSpread: 1 };
    expect(() => predictBenchmark(config, load)).toThrow(
      /concurrency[\s\S]*inputTokens[\s\S]*lengthSpread/,
    );
  });
});
