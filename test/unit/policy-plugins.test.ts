/** What a policy is told while it is at work, and how often it is made. */
import { describe, expect, test } from "vitest";
import {
  type AnyPolicy,
  PolicyError,
  type PolicyPlugin,
  type RequestView,
  type SchedulingPolicy,
  simulate,
  Simulation,
  type TraceRow,
} from "../../src/index.js";
import { tinyConfig } from "../support/configs.js";

/** All at once. */
const batch = (tenants: string): readonly TraceRow[] =>
  Array.from(tenants, (tenant) => tenant).map((tenant) => ({
    arrivalTime: 0,
    numPromptTokens: 4,
    numOutputTokens: 2,
    tenant,
  }));
const configOf = (policy: AnyPolicy, trace: readonly TraceRow[]) => ({
  ...tinyConfig({ scheduler: { policy, maxNumBatchedTokens: 64 } }),
  workload: { trace },
});

/** Tenants take turns. */
const turns: PolicyPlugin = {
  name: "turns",
  create() {
    const admitted = new Map<string, number>();
    const of = ({ tenant }: RequestView) => admitted.get(tenant) ?? 0;
    return {
      name: "turns",
      orderChangesWithTime: true,
      compareWaiting: (a, b) => of(a) - of(b),
      onAdmission: (request) => void admitted.set(request.tenant, of(request) + 1),
    };
  },
};

/** The tenants of the requests in the order in which they were admitted. */
function admissions(config: ConstructorParameters<typeof Simulation>[0]): string {
  const events = [...new Simulation(config)];
  return events.map((e) => (e.type === "admission" ? e.request.tenant : "")).join("");
}

describe("a policy with a memory", () => {
  test("is asked anew after each admission of a step", () => {
    expect(admissions(configOf(turns, batch("aaabbc")))).toBe("abcaba");
  });

  test("begins each run without one", () => {
    const config = configOf(turns, batch("aaabbc"));
    expect(admissions(config)).toBe(admissions(config));
    expect(simulate(config).toJSON()).toEqual(simulate(config).toJSON());
  });

  test("is handed the seed of the workload", () => {
    const seeds: number[] = [];
    const policy = { name: "lots", create: (seed: number) => (seeds.push(seed), { name: "lots" }) };
    simulate(tinyConfig({ scheduler: { policy }, workload: { seed: 7 } }));
    expect(seeds).toEqual([7]);
  });

  test("is named in results, as one that cannot be run from JSON", () => {
    const { config } = simulate(configOf(turns, batch("ab"))).toJSON();
    expect(config).toMatchObject({ scheduler: { policy: { plugin: "turns" } } });
  });
});

test("a policy is told of every arrival, admission and end, as observers are", () => {
  const told: string[] = [];
  const policy: SchedulingPolicy = {
    name: "scribe",
    onArrival: ({ index }) => void told.push(`arrival ${index}`),
    onAdmission: ({ index }, now) => void told.push(`admission ${index} at ${now}`),
    onRequestEnd: ({ index, numOutputTokens }) =>
      void told.push(`end ${index} with ${numOutputTokens}`),
  };
  const trace = Array.from({ length: 12 }, (_, i) => ({
    arrivalTime: i / 1000,
    numPromptTokens: 8,
    numOutputTokens: 6 + i,
    ...(i === 5 && { abortTime: 0.007 }),
  }));
  // So little memory that some are preempted.
  const config = {
    ...tinyConfig({ scheduler: { policy, numGpuBlocks: 12 } }),
    workload: { trace },
  };
  const seen: string[] = [];
  let numPreemptions = 0;
  for (const event of new Simulation(config)) {
    if (event.type === "arrival") seen.push(`arrival ${event.request.index}`);
    if (event.type === "preemption") numPreemptions++;
    if (event.type === "admission") seen.push(`admission ${event.request.index} at ${event.time}`);
    if (event.type === "completion" || event.type === "abort")
      seen.push(`end ${event.request.index} with ${event.request.numOutputTokens}`);
  }
  expect(numPreemptions).toBeGreaterThan(0);
  expect(told).toEqual(seen);
});

test.each<[string, AnyPolicy, string]>([
  ["a hook that throws", { name: "bad", onArrival: () => { throw new Error("full"); } }, "onArrival threw: full"],
  ["a create that throws", { name: "bad", create: () => { throw new Error("no"); } }, "create threw: no"],
  ["a create that returns none", { name: "bad", create: () => undefined as never }, "create must return a policy"],
  ["an oracle in disguise", { name: "bad", create: () => ({ name: "bad", needsOutputLength: true }) }, "create returned an oracle; set needsOutputLength"],
])("%s ends the run with its name", (_, policy, message) => {
  const run = () => simulate(configOf(policy, batch("a")));
  expect(run).toThrow(PolicyError);
  expect(run).toThrow(`policy "bad": ${message}`);
}); // prettier-ignore
