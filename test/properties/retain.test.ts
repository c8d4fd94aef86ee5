/** A run that keeps no rows says the same as one that does, percentiles within 0.4 %. */
import { expect, test } from "vitest";
import { simulate } from "../../src/index.js";
import type { Distribution, SimulationConfig, SimulationResult } from "../../src/index.js";
import { tinyConfig } from "../support/configs.js";
import { law } from "../support/law.js";

const keep = (config: SimulationConfig, retain: "requests" | "summary"): SimulationConfig => ({
  ...config,
  slo: { ttft: 0.5, tpot: 0.05, e2e: 5 },
  simulation: { ...config.simulation, retain },
});

function outcome(config: SimulationConfig): SimulationResult | string {
  try {
    return simulate(config);
  } catch (error) {
    return String(error);
  }
}

const distributions = ["ttft", "e2e", "tpot", "queueTime", "itl", "cachedTokens"] as const;
const exact = [
  "counts",
  "preemptions",
  "prefixCache",
  "throughput",
  "utilization",
  "numSteps",
  "timeSeries",
  "slo",
] as const;
const percentiles = ["p50", "p90", "p95", "p99"] as const;

function expectClose(actual: Distribution, exact: Distribution): void {
  expect(actual.count).toBe(exact.count);
  expect(actual.min).toBe(exact.min);
  expect(actual.max).toBe(exact.max);
  expectRatio(actual.mean, exact.mean, 1e-9);
  for (const p of percentiles) expectRatio(actual[p], exact[p], 0.004);
}

function expectRatio(actual: number, exact: number, tolerance: number): void {
  if (Number.isNaN(exact)) expect(actual).toBeNaN();
  else expect(Math.abs(actual - exact)).toBeLessThanOrEqual(tolerance * Math.abs(exact) + 1e-18);
}

law(
  "a summary has the counts and sums of the rows, and their percentiles within 0.4 %",
  (config) => {
    const rows = outcome(keep(config, "requests"));
    const summary = outcome(keep(config, "summary"));
    if (typeof rows === "string" || typeof summary === "string") {
      expect(summary).toEqual(rows);
      return;
    }
    expect(summary.requests).toHaveLength(0);
    for (const key of exact) expect(summary[key], key).toEqual(rows[key]);
    for (const name of distributions) expectClose(summary[name], rows[name]);
  },
);

test("a summary has no rows to group, and says so", () => {
  const config = tinyConfig();
  const workload = { ...config.workload, tenants: [{ name: "a", weight: 1 }] };
  const { notes, requests, ...result } = simulate({
    ...config,
    workload,
    simulation: { retain: "summary" },
  });
  expect(result.by("tenant")).toEqual([]);
  expect(requests.tenant).toBeUndefined();
  expect(notes.join()).toContain("not grouped");
});
