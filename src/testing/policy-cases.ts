/** The cases in which policies are checked: situations that they are asked about, and runs. */
import fc from "fast-check";
import type { Seconds } from "../base/units.js";
import type { OracleView } from "../request/request.js";
import type { SimulationConfig, WorkloadConfig } from "../simulation/config.js";
import { arbConfig } from "./arbitraries.js";

/** The labels of requests. */
export interface Labels {
  readonly tenants: readonly string[];
  readonly classes: readonly string[];
}

/** Requests at one instant. */
export interface Situation {
  readonly now: Seconds;
  /** In order of admission. */
  readonly running: readonly OracleView[];
  /** The one of them that needs blocks. */
  readonly cursor: number;
  readonly waiting: readonly [OracleView, OracleView, OracleView];
}

const int = (min: number, max: number) => fc.integer({ min, max });
/** Mostly small ones, so that ties come up. */
const arbLength = fc.oneof(int(1, 4), int(1, 10_000));

export function arbSituation({ tenants, classes }: Labels): fc.Arbitrary<Situation> {
  const arbRequest = fc.record({
    gap: fc.oneof(int(0, 2), int(0, 1000)),
    numPromptTokens: arbLength,
    maxTokens: arbLength,
    stopQuarters: int(1, 4),
    outputThirds: int(0, 3),
    computedQuarters: int(0, 4),
    priority: int(-2, 2),
    tenant: fc.constantFrom(...tenants),
    class: fc.constantFrom(...classes),
    numPreemptions: int(0, 2),
  });
  return fc
    .record({
      requests: fc.array(arbRequest, { minLength: 4, maxLength: 9 }),
      cursor: fc.nat(),
      delay: fc.oneof(fc.constant(0), int(0, 10_000)),
    })
    .map(({ requests, cursor, delay }) => {
      const numRunning = requests.length - 3;
      let arrivalTime = 0;
      const views = requests.map((drawn, index): OracleView => {
        const { gap, stopQuarters, outputThirds, computedQuarters, ...request } = drawn;
        arrivalTime += gap;
        const stopLength = Math.ceil((request.maxTokens * stopQuarters) / 4);
        const isRunning = index < numRunning;
        const hasRun = isRunning || request.numPreemptions > 0;
        const numOutputTokens = hasRun ? Math.floor(((stopLength - 1) * outputThirds) / 3) : 0;
        const numTokens = request.numPromptTokens + numOutputTokens;
        const numComputedTokens = isRunning ? Math.floor((numTokens * computedQuarters) / 4) : 0;
        const place = { index, arrivalTime, arrivalOrder: index };
        return { ...place, ...request, stopLength, numOutputTokens, numComputedTokens };
      });
      const [a, b, c] = views.slice(numRunning);
      return {
        now: arrivalTime + delay,
        running: views.slice(0, numRunning),
        cursor: cursor % numRunning,
        waiting: [a!, b!, c!],
      };
    });
}

/** Whatever can be simulated, as plain data, so that a counterexample can be pasted into a config file. */
export function arbRun(labels: Labels): fc.Arbitrary<SimulationConfig> {
  return arbConfig.map(({ workload, ...config }) => {
    const relabelled = withLabels(workload as WorkloadConfig, labels);
    return JSON.parse(JSON.stringify({ ...config, workload: relabelled })) as SimulationConfig;
  });
}

function withLabels(workload: WorkloadConfig, { tenants, classes }: Labels): WorkloadConfig {
  const drawn = (weights: WorkloadConfig["tenants"], labels: readonly string[]) => {
    const names = labels.filter((label) => label !== "");
    if (weights === undefined || names.length === 0) return undefined;
    return names.map((name, i) => ({ name, weight: weights[i % weights.length]!.weight }));
  };
  const { trace } = workload;
  const rows = trace === undefined || "rows" in trace ? undefined : trace;
  return {
    ...workload,
    tenants: drawn(workload.tenants, tenants),
    classes: drawn(workload.classes, classes),
    ...(rows && {
      trace: rows.map((row, i) => ({
        ...row,
        tenant: tenants[i % tenants.length],
        class: classes[i % classes.length],
      })),
    }),
  };
}
