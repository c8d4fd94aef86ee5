/** Driving a run from outside: stopping it, aborting requests, and plug-ins that misbehave. */
import { expect, test } from "vitest";
import { InferenceLabError, StalledError } from "../../src/base/errors.js";
import type { CostModel } from "../../src/cost/cost-model.js";
import { RequestStatus } from "../../src/request/request.js";
import { Simulation, simulate } from "../../src/simulation/simulation.js";
import { tinyConfig } from "../support/configs.js";

const config = tinyConfig({
  workload: {
    arrivalPattern: "batched",
    numRequests: 4,
    inputLenDist: { type: "fixed", value: 8 },
    outputLenDist: { type: "fixed", value: 20 },
  },
});

test("a request that the caller aborts leaves with its own status, and the others finish", () => {
  const simulation = new Simulation(config);
  for (const event of simulation) if (event.type === "first-token") break;
  expect(simulation.abort(1)).toBe(true);
  expect(simulation.abort(1)).toBe(false);
  expect(simulation.abort(99)).toBe(false);
  const { requests, counts } = simulation.run();
  expect(counts).toMatchObject({ completed: 3, aborted: 1, unfinished: 0 });
  expect(requests.status[1]).toBe(RequestStatus.Aborted);
});

test("a signal that is aborted before the run stops it before the first step", async () => {
  const result = await new Simulation(config).runAsync({ signal: AbortSignal.abort() });
  expect(result).toMatchObject({ partial: true, numSteps: 0 });
});

test("an asynchronous run leaves the host its turn within one long decode", async () => {
  const { hardware, model, scheduler } = config;
  const long = {
    ...config,
    hardware: { ...hardware, memoryCapacity: 1e15 },
    model: { ...model, maxSeqLen: 5_000_000 },
    scheduler: { ...scheduler, numGpuBlocks: 4_000_000, enablePrefixCaching: false },
    workload: {
      arrivalPattern: "batched" as const,
      numRequests: 1,
      inputLenDist: { type: "fixed" as const, value: 1 },
      outputLenDist: { type: "fixed" as const, value: 4_000_000 },
    },
  };
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 0);
  const result = await new Simulation(long).runAsync({ signal: abort.signal });
  expect(result.partial).toBe(true);
});

test("closed-loop users whose requests are all aborted on arrival do not hang the run", () => {
  const row = { arrivalTime: 0, numPromptTokens: 4, numOutputTokens: 2, abortTime: 0 };
  const loop = {
    ...config,
    workload: {
      arrivalPattern: "closed_loop" as const,
      numConcurrentUsers: 2,
      durationSecs: 5,
      trace: [row],
    },
  };
  expect(() => simulate(loop)).toThrow(StalledError);
});

const costing = (cost: Partial<Record<"seconds" | "flops" | "bytes", number>>): CostModel => ({
  name: "mine",
  peakFlops: 1,
  peakBandwidth: 1,
  stepCost: (_, out) => void Object.assign(out, { seconds: 1, flops: 0, bytes: 0 }, cost),
});

test.each([{ seconds: NaN }, { seconds: -1 }, { flops: Infinity }, { bytes: NaN }])(
  "a cost model that answers %o is named",
  (cost) => {
    expect(() => simulate({ ...config, costModel: costing(cost) })).toThrow(
      /cost model "mine": stepCost wrote/,
    );
  },
);

test("progressInterval must be a number of steps", () => {
  expect(() => new Simulation(config).run({ progressInterval: NaN })).toThrow(InferenceLabError);
});

test("targets that name no latency are no targets", () => {
  expect(simulate({ ...config, slo: {} }).slo).toBeUndefined();
});

test("a model with room for two thousand million tokens runs, and so does one with long outputs", () => {
  const { hardware, model, scheduler } = config;
  const roomy = {
    ...config,
    hardware: { ...hardware, memoryCapacity: 1e15 },
    model: { ...model, maxSeqLen: 2_000_000_000 },
    scheduler: { ...scheduler, numGpuBlocks: 10_000, enablePrefixCaching: false },
    workload: {
      arrivalPattern: "fixed_rate" as const,
      arrivalRate: 1000,
      numRequests: 3,
      inputLenDist: { type: "fixed" as const, value: 8 },
      outputLenDist: { type: "uniform" as const, min: 10, max: 5000 },
    },
  };
  expect(simulate(roomy).counts.completed).toBe(3);
});
