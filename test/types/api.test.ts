/**
 * What compiles, and what does not: held by `tsc --noEmit`, which complains where an error is expected and none comes. The bodies are
 * run as well, but for what would throw.
 */
import { describe, expectTypeOf, test } from "vitest";
import { parseConfig } from "../../src/config/index.js";
import {
  type AdmissionEvent,
  type CostModel,
  type Distribution,
  type Incomplete,
  type LengthDistribution,
  lognormal,
  type OraclePolicy,
  type OracleView,
  type RequestSpec,
  type RequestView,
  type ResultJson,
  scenario,
  type Scenario,
  type SchedulingPolicy,
  sif,
  simulate,
  Simulation,
  type SimulationConfig,
  type SimulationEvent,
  type SimulationResult,
  type StepEvent,
  type Workload,
  type WorkloadConfig,
} from "../../src/index.js";
import { loadConfig } from "../../src/node/index.js";
import { tinyConfig } from "../support/configs.js";

const { hardware, model, scheduler, workload } = tinyConfig();

describe("the builder", () => {
  test("compiles in any order of its parts", () => {
    const one = scenario().hardware(hardware).model(model).scheduler(scheduler).workload(workload);
    const other = scenario()
      .workload(workload)
      .model(model)
      .scheduler(scheduler)
      .hardware(hardware);
    expectTypeOf(one.simulate).returns.toEqualTypeOf<SimulationResult>();
    expectTypeOf(other.simulate()).toEqualTypeOf<SimulationResult>();
    expectTypeOf(other.config()).toEqualTypeOf<SimulationConfig>();
  });

  test("does not compile while a part is missing, and names it", () => {
    const noWorkload = scenario().hardware(hardware).model(model).scheduler(scheduler);
    const noModel = scenario().hardware(hardware).scheduler(scheduler).workload(workload);
    expectTypeOf(noWorkload.simulate).toEqualTypeOf<Incomplete<"workload">>();
    expectTypeOf(noModel.config).toEqualTypeOf<Incomplete<"model">>();
    expectTypeOf(scenario().simulate).toEqualTypeOf<
      Incomplete<"hardware" | "model" | "scheduler" | "workload">
    >();
    return () => {
      // @ts-expect-error: the workload is missing
      noWorkload.simulate();
      // @ts-expect-error: the model is missing
      noModel.config();
      // @ts-expect-error: everything is missing
      scenario().simulate();
      // @ts-expect-error: a policy does not make up for a scheduler
      scenario().hardware(hardware).model(model).workload(workload).policy(sif()).simulate();
    };
  });

  test("takes each part for what it is", () => {
    return () => {
      // @ts-expect-error: a model is no device
      scenario().hardware(model);
      // @ts-expect-error: a misspelt key
      scenario().scheduler({ ...scheduler, maxNumSeq: 8 });
      // @ts-expect-error: the file's spelling
      scenario().workload({ arrival_pattern: "poisson" });
      // @ts-expect-error: no such pattern
      scenario().workload({ ...workload, arrivalPattern: "poison" });
    };
  });

  test("is immutable: a part gives a new scenario", () => {
    const base = scenario().hardware(hardware).model(model).scheduler(scheduler);
    expectTypeOf(base).toEqualTypeOf<Scenario<"workload">>();
    expectTypeOf(base.workload(workload)).toEqualTypeOf<Scenario>();
    return () => {
      // @ts-expect-error: methods cannot be replaced
      base.workload(workload).simulate = () => simulate(tinyConfig());
    };
  });
});

describe("plug-ins are plain objects", () => {
  test("a policy needs a name only, and compares what a server knows", () => {
    const nameless = { compareWaiting: (a: RequestView, b: RequestView) => a.index - b.index };
    expectTypeOf<{ name: string }>().toExtend<SchedulingPolicy>();
    expectTypeOf(nameless).not.toExtend<SchedulingPolicy>();
    const leastAttainedService: SchedulingPolicy = {
      name: "least-attained-service",
      compareWaiting: (a, b) => a.numOutputTokens - b.numOutputTokens,
      selectVictim: (running) => running.length - 1,
    };
    scenario().policy(leastAttainedService).policy("sif").policy(sif());
    return (request: RequestView) => {
      // @ts-expect-error: nobody knows when the model will stop
      void request.stopLength;
      // @ts-expect-error: a policy looks and does not touch
      request.numOutputTokens = 0;
      const silent: SchedulingPolicy = {
        name: "silent",
        // @ts-expect-error: an order is a number
        compareWaiting: (a, b) => a.arrivalTime < b.arrivalTime,
      };
      void silent;
    };
  });

  test("cost models, lengths and workloads too", () => {
    expectTypeOf<{
      name: string;
      peakFlops: number;
      peakBandwidth: number;
      stepCost(shape: { numDecodes: number }, out: { seconds: number }): void;
    }>().toExtend<CostModel>();
    expectTypeOf<{
      name: string;
      sample(random: () => number): number;
    }>().toExtend<LengthDistribution>();
    expectTypeOf<{ nextArrivalTime(): number; next(): RequestSpec }>().toExtend<Workload>();
    scenario().workload({ ...workload, inputLenDist: { name: "five", sample: () => 5 } });
    scenario().workload({ ...workload, inputLenDist: lognormal(6.9, 0.7) });
  });
});

describe("results", () => {
  test("are numbers, columns and plain JSON", () => {
    const result = simulate(tinyConfig());
    expectTypeOf(result.ttft.p99).toEqualTypeOf<number>();
    expectTypeOf(result.itl).toEqualTypeOf<Distribution>();
    expectTypeOf(result.requests.finishTime).toEqualTypeOf<Float64Array>();
    expectTypeOf(result.timeSeries.numRunning).toEqualTypeOf<Int32Array>();
    expectTypeOf(result.toJSON()).toEqualTypeOf<ResultJson>();
    expectTypeOf(result.config).toEqualTypeOf<SimulationConfig>();
    return () => {
      // @ts-expect-error: results do not change
      result.partial = true;
      // @ts-expect-error: nor does the config in them
      result.config.hardware.computeFlops = 1;
    };
  });
});

describe("events", () => {
  test("are told apart by their type", () => {
    for (const event of new Simulation(tinyConfig())) {
      expectTypeOf(event).toEqualTypeOf<SimulationEvent>();
      if (event.type === "step") expectTypeOf(event).toEqualTypeOf<StepEvent>();
      if (event.type === "admission") expectTypeOf(event).toEqualTypeOf<AdmissionEvent>();
      // @ts-expect-error: a step is of many requests
      if (event.type === "step") void event.request;
      // @ts-expect-error: no such event
      if (event.type === "preempted") break;
    }
  });

  test("come from a loop that waits as well", () => {
    expectTypeOf<Simulation>().toExtend<Iterable<SimulationEvent>>();
    expectTypeOf<Simulation>().toExtend<AsyncIterable<SimulationEvent>>();
    expectTypeOf<Simulation["runAsync"]>().returns.resolves.toEqualTypeOf<SimulationResult>();
    expectTypeOf<Simulation["step"]>().returns.toEqualTypeOf<SimulationEvent | undefined>();
  });
});

describe("policies", () => {
  test("see no output length, unless they ask for it", () => {
    const oracle: OraclePolicy = {
      name: "oracle",
      needsOutputLength: true,
      compareWaiting: (a, b) => a.stopLength - b.stopLength,
    };
    scenario().policy(oracle);
    const shortest = (a: OracleView, b: OracleView) => a.stopLength - b.stopLength;
    // @ts-expect-error: it does not say that it needs the output length
    scenario().policy({ name: "cheat", compareWaiting: shortest });
    // @ts-expect-error: a policy sees requests as a server does
    const cheat: SchedulingPolicy = { name: "cheat", compareWaiting: shortest };
    expectTypeOf(cheat.name).toBeString();
  });

  test("may be made anew for each run", () => {
    scenario().policy({ name: "lots", create: (seed: number) => ({ name: `lots ${seed}` }) });
  });
});

describe("configs of files", () => {
  test("have a workload that is data, so that its keys can be read", () => {
    expectTypeOf(parseConfig).returns.toExtend<SimulationConfig>();
    expectTypeOf<ReturnType<typeof parseConfig>["workload"]>().toEqualTypeOf<WorkloadConfig>();
    expectTypeOf<
      Awaited<ReturnType<typeof loadConfig>>["workload"]
    >().toEqualTypeOf<WorkloadConfig>();
  });
});
