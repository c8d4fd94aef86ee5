/** What holds for every request of every run. */
import { describe, expect } from "vitest";
import { RequestStatus, type RequestView } from "../../src/request/request.js";
import type { RequestSpec } from "../../src/request/request-spec.js";
import type { SimulationConfig, WorkloadConfig } from "../../src/simulation/config.js";
import { resolve } from "../../src/simulation/resolve.js";
import type { RequestColumns } from "../../src/simulation/result.js";
import { createWorkload } from "../../src/workload/create.js";
import { watch, watchSteps } from "../support/census.js";
import { run } from "../support/drives.js";
import { law } from "../support/law.js";

const { Finished, Rejected, Aborted } = RequestStatus;

/** The rows of a table, one object each. */
function rowsOf(requests: RequestColumns) {
  const { length, tenant: _, class: __, ...columns } = requests;
  const names = Object.keys(columns) as (keyof typeof columns)[];
  const row = (i: number) => Object.fromEntries(names.map((name) => [name, columns[name][i]!]));
  return Array.from({ length }, (_, i) => row(i) as Record<(typeof names)[number], number>);
}

/** What clients sent: request i is the same in every run and under every arrival pattern. */
function specsOf({ workload }: SimulationConfig, count: number): RequestSpec[] {
  const { durationSecs: _, ...settings } = workload as WorkloadConfig;
  const source = createWorkload({
    ...settings,
    arrivalPattern: "fixed_rate",
    arrivalRate: 1,
    numRequests: count,
  });
  return Array.from({ length: count }, () => source.next());
}

law("arrival ≤ first scheduled ≤ first token ≤ finish", (config) => {
  for (const row of rowsOf(run(config).result.requests)) {
    const times = [row.arrivalTime, row.firstScheduledTime, row.firstTokenTime, row.finishTime];
    const known = times.filter((time) => !Number.isNaN(time));
    expect(known).toEqual(known.toSorted((a, b) => a - b));
    if (row.status === Finished) expect(known).toHaveLength(4);
  }
});

law("requests arrive in order", (config) => {
  const { arrivalTime } = run(config).result.requests;
  expect(arrivalTime).toEqual(arrivalTime.toSorted());
});

law(
  "a finished request has min(sampled, max_tokens, room in max_seq_len) output tokens",
  (config) => {
    const { requests } = run(config).result;
    const specs = specsOf(config, requests.length);
    rowsOf(requests).forEach((row, i) => {
      const { numPromptTokens, numOutputTokens, maxTokens = Infinity } = specs[i]!;
      const room = config.model.maxSeqLen - numPromptTokens;
      const longest = Math.min(numOutputTokens, maxTokens, room);
      expect(row.numPromptTokens).toBe(numPromptTokens);
      if (row.status === Finished) expect(row.numOutputTokens).toBe(longest);
      else expect(row.numOutputTokens).toBeLessThanOrEqual(Math.max(0, longest));
    });
  },
);

law("at the end everybody has finished, was rejected, or has given up", (config) => {
  const { result, stall } = run(config);
  const ends: number[] = [Finished, Rejected, Aborted];
  if (stall === undefined)
    expect([...result.requests.status].filter((s) => !ends.includes(s))).toEqual([]);
  expect(result.partial).toBe(stall !== undefined);
});

law("a request is rejected if and only if it can never be served", (config) => {
  const { model, scheduler, kvCache } = resolve(config).deployment;
  if (model.numSlidingLayers > 0) return;
  const { requests } = run(config).result;
  const specs = specsOf(config, requests.length);
  rowsOf(requests).forEach(({ status }, i) => {
    const { numPromptTokens, numOutputTokens, maxTokens = numOutputTokens } = specs[i]!;
    const bound = scheduler.enablePreemptionFree ? maxTokens : Math.min(numOutputTokens, maxTokens);
    const longest = Math.min(numPromptTokens + bound, model.maxSeqLen) - 1;
    const isServable =
      numPromptTokens < model.maxSeqLen &&
      (scheduler.enableChunkedPrefill || numPromptTokens <= scheduler.maxNumBatchedTokens) &&
      Math.ceil(longest / kvCache.groups[0]!.blockSize) <= kvCache.numBlocks - 1;
    expect(status === Rejected).toBe(!isServable);
  });
});

law("a request that is aborted ends at its abort time, and nobody outlives it", (config) => {
  const { requests } = run(config).result;
  const specs = specsOf(config, requests.length);
  rowsOf(requests).forEach((row, i) => {
    const { arrivalTime, abortTime = Infinity } = specs[i]!;
    // Times of their own take the place of a trace's; what stays is how long a client waits.
    const patience = abortTime - arrivalTime;
    const giveUpTime = row.arrivalTime + patience;
    if (row.status === Aborted) expect(row.finishTime).toBeCloseTo(giveUpTime, 12);
    if (row.status === Finished) expect(row.finishTime).toBeLessThanOrEqual(giveUpTime + 1e-12);
  });
});

law("what a request has generated is never lost", (config) => {
  const numOutput = new Map<RequestView, number>();
  watch(config, (event, { running, waiting }) => {
    for (const request of [...running, ...waiting]) {
      expect(request.numOutputTokens).toBeGreaterThanOrEqual(numOutput.get(request) ?? 0);
      numOutput.set(request, request.numOutputTokens);
    }
    if (event.type === "completion") {
      const before = numOutput.get(event.request) ?? 0;
      expect(event.request.numOutputTokens).toBeGreaterThanOrEqual(before);
    }
  });
});

law("preemptions are counted alike everywhere", (config) => {
  let total = 0;
  const { result } = watch(config, ({ type }) => {
    if (type === "preemption") total++;
  });
  const { numPreemptions } = result.requests;
  expect(result.preemptions.total).toBe(total);
  expect(numPreemptions.reduce((sum, n) => sum + n, 0)).toBe(total);
});

describe("tokens, from the batches of a synchronous run", () => {
  /** When each request got each of its tokens. */
  function tokenTimes(config: SimulationConfig) {
    const sync = { ...config, scheduler: { ...config.scheduler, asyncScheduling: false } };
    const times = new Map<number, number[]>();
    const { result } = watchSteps(sync, (step) => {
      for (const { request } of step.batch()) {
        const { index, numComputedTokens, numPromptTokens, numOutputTokens } = request;
        if (numComputedTokens < numPromptTokens + numOutputTokens) continue;
        if (!times.has(index)) times.set(index, []);
        times.get(index)!.push(step.time + step.duration);
      }
    });
    return rowsOf(result.requests).map((row, i) => {
      // Who is gone before a step ends gets nothing from it.
      const left = row.status === Aborted ? row.finishTime : Infinity;
      return { row, times: (times.get(i) ?? []).filter((time) => time <= left), result };
    });
  }

  law("the first token is never overwritten, and the last ends the request", (config) => {
    for (const { row, times } of tokenTimes(config)) {
      if (times.length > 0) expect(row.firstTokenTime).toBe(times[0]);
      if (row.status === Finished) expect(row.finishTime).toBe(times.at(-1));
      if (row.status === Finished) expect(row.numOutputTokens).toBe(times.length);
    }
  });

  law("TTFT + Σ ITL = E2E up to rounding", (config) => {
    for (const { row, times } of tokenTimes(config)) {
      if (row.status !== Finished) continue;
      const ttft = row.firstTokenTime - row.arrivalTime;
      const e2e = row.finishTime - row.arrivalTime;
      const gaps = times.slice(1).map((time, i) => time - times[i]!);
      expect(gaps.reduce((sum, gap) => sum + gap, ttft)).toBeCloseTo(e2e, 9);
    }
  });

  law("ITL is over all gaps of all requests", (config) => {
    const requests = tokenTimes(config);
    const gaps = requests.flatMap(({ times }) => times.slice(1).map((time, i) => time - times[i]!));
    const itl = requests[0]?.result.itl;
    if (itl === undefined || requests[0]!.result.partial) return;
    expect(itl.count).toBe(gaps.length);
    if (gaps.length === 0) return;
    expect(itl.min).toBe(Math.min(...gaps));
    expect(itl.max).toBe(Math.max(...gaps));
    expect(itl.mean).toBeCloseTo(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length, 9);
  });
});
