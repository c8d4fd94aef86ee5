import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import type { RequestSpec } from "../../src/request/request-spec.js";
import type { WorkloadConfig } from "../../src/simulation/config.js";
import { createWorkload, type WorkloadSettings } from "../../src/workload/create.js";
import { fixed, lognormal, uniform } from "../../src/workload/lengths.js";
import type { TraceRow } from "../../src/workload/trace-row.js";
import type { Workload } from "../../src/workload/workload.js";
import { mean, times } from "../support/statistics.js";

createWorkload satisfies (config: WorkloadConfig) => Workload; // the config is taken as it is

const lengths = { inputLenDist: uniform(1, 1000), outputLenDist: lognormal(4, 1) };
const poisson: WorkloadSettings = {
  arrivalPattern: "poisson",
  arrivalRate: 5,
  numRequests: 50,
  ...lengths,
};
const closed: WorkloadSettings = {
  arrivalPattern: "closed_loop",
  numConcurrentUsers: 3,
  numRequests: 50,
  ...lengths,
};

/** Takes every request; in a closed loop request i ends `serviceTime` after it arrives. */
function drain(settings: WorkloadSettings, serviceTime = 1): RequestSpec[] {
  const workload = createWorkload(settings);
  const requests: RequestSpec[] = [];
  let numEnded = 0;
  for (;;) {
    const nextEnd =
      numEnded < requests.length ? requests[numEnded]!.arrivalTime + serviceTime : Infinity;
    const nextArrival = workload.nextArrivalTime();
    if (nextArrival === Infinity && nextEnd === Infinity) return requests;
    if (nextArrival < nextEnd) requests.push(take(workload));
    else {
      workload.onRequestEnd?.(numEnded, nextEnd);
      numEnded++;
    }
  }
}

function take(workload: Workload): RequestSpec {
  const time = workload.nextArrivalTime();
  const request = workload.next();
  expect(request.arrivalTime).toBe(time);
  return request;
}

const arrivalTimes = (settings: WorkloadSettings, serviceTime?: number): number[] =>
  drain(settings, serviceTime).map((request) => request.arrivalTime);
const bodiesOf = (settings: WorkloadSettings): unknown[] =>
  drain(settings).map((request) => ({ ...request, arrivalTime: undefined }));

describe("an open loop", () => {
  test("ends after numRequests", () => {
    expect(drain(poisson)).toHaveLength(50);
    expect(createWorkload(poisson).numRequests).toBe(50);
  });

  test("with a duration sends what arrives before it, not at it", () => {
    const fixedRate: WorkloadSettings = {
      ...lengths,
      arrivalPattern: "fixed_rate",
      arrivalRate: 10,
      durationSecs: 1,
    };
    expect(arrivalTimes(fixedRate)).toEqual(times(10, (i) => i / 10));
    expect(createWorkload(fixedRate).numRequests).toBeUndefined();
  });

  test("with both limits ends at the first", () => {
    expect(drain({ ...poisson, durationSecs: 1e9 })).toHaveLength(50);
    expect(arrivalTimes({ ...poisson, durationSecs: 2 })).toEqual(
      arrivalTimes(poisson).filter((t) => t < 2),
    );
  });

  test("in one batch sends all numRequests at t = 0", () => {
    expect(arrivalTimes({ ...lengths, arrivalPattern: "batched", numRequests: 4 })).toEqual([
      0, 0, 0, 0,
    ]);
  });

  test("is the same for the same seed and another for another; the default seed is 42", () => {
    expect(drain(poisson)).toEqual(drain({ ...poisson, seed: 42 }));
    expect(drain(poisson)).not.toEqual(drain({ ...poisson, seed: 43 }));
  });

  test("leaves maxTokens to the default unless it is configured", () => {
    expect(drain(poisson).every((request) => request.maxTokens === undefined)).toBe(true);
    expect(drain({ ...poisson, maxTokens: 64 }).every((request) => request.maxTokens === 64)).toBe(
      true,
    );
  });
});

describe("common random numbers", () => {
  const others: WorkloadSettings[] = [
    { ...poisson, arrivalRate: 500 },
    { ...poisson, arrivalPattern: "burst" },
    { ...poisson, arrivalPattern: "gamma", burstiness: 0.2 },
    { ...poisson, arrivalPattern: "batched" },
    closed,
  ];
  test.each(others)("request i is the same for another rate or arrival pattern (%#)", (other) => {
    expect(bodiesOf(other)).toEqual(bodiesOf(poisson));
  });

  test("another output distribution leaves times and prompts as they were", () => {
    const a = drain(poisson);
    const b = drain({ ...poisson, outputLenDist: fixed(7), priorities: [{ value: 3, weight: 1 }] });
    expect(b.map((r) => [r.arrivalTime, r.numPromptTokens])).toEqual(
      a.map((r) => [r.arrivalTime, r.numPromptTokens]),
    );
  });
});

describe("priorities", () => {
  test("are 0 by default", () => {
    expect(new Set(drain(poisson).map((r) => r.priority))).toEqual(new Set([0]));
  });

  test("come in proportion to their weights, and never with weight 0", () => {
    const priorities = [
      { value: -1, weight: 1 },
      { value: 9, weight: 0 },
      { value: 5, weight: 3 },
    ];
    const values = drain({ ...poisson, numRequests: 10_000, priorities }).map((r) => r.priority);
    expect(new Set(values)).toEqual(new Set([-1, 5]));
    expect(Math.abs(mean(values.map((value) => (value === 5 ? 1 : 0))) - 0.75)).toBeLessThan(0.02);
  });
});

describe("a closed loop", () => {
  test("sends one request per user at t = 0, and the next ones when the last end", () => {
    expect(arrivalTimes({ ...closed, numRequests: 8 }, 2)).toEqual([0, 0, 0, 2, 2, 2, 4, 4]);
  });

  test("waits while every user waits", () => {
    const workload = createWorkload(closed);
    times(3, () => take(workload));
    expect(workload.nextArrivalTime()).toBe(Infinity);
    workload.onRequestEnd!(1, 0.25);
    expect(take(workload).arrivalTime).toBe(0.25);
    expect(workload.nextArrivalTime()).toBe(Infinity);
  });

  test("with fewer requests than users sends only those", () => {
    expect(arrivalTimes({ ...closed, numRequests: 2 })).toEqual([0, 0]);
  });

  test("sends nothing at or after the duration", () => {
    expect(arrivalTimes({ ...closed, numRequests: undefined, durationSecs: 2 })).toEqual([
      0, 0, 0, 1, 1, 1,
    ]);
  });

  test.prop([
    fc.integer({ min: 1, max: 8 }),
    fc.integer({ min: 1, max: 40 }),
    fc.infiniteStream(fc.nat(7)),
  ])(
    "never has more requests under way than users, and sends all, in whatever order they end",
    (numConcurrentUsers, numRequests, choices) => {
      const workload = createWorkload({ ...closed, numConcurrentUsers, numRequests });
      const underWay: number[] = [];
      let numSent = 0;
      let now = 0;
      for (;;) {
        while (workload.nextArrivalTime() <= now) {
          take(workload);
          underWay.push(numSent++);
          expect(underWay.length).toBeLessThanOrEqual(numConcurrentUsers);
        }
        if (underWay.length === 0) break;
        now++;
        const [ended] = underWay.splice(choices.next().value % underWay.length, 1);
        workload.onRequestEnd!(ended!, now);
      }
      expect(numSent).toBe(numRequests);
    },
  );
});

describe("a replay", () => {
  const trace: TraceRow[] = [
    { arrivalTime: 0, numPromptTokens: 10, numOutputTokens: 100 },
    { arrivalTime: 2, numPromptTokens: 20, numOutputTokens: 200, priority: 4, abortTime: 2.5 },
    { arrivalTime: 2, numPromptTokens: 30, numOutputTokens: 300 },
    { arrivalTime: 8, numPromptTokens: 40, numOutputTokens: 400 },
  ];
  const prompts = (settings: WorkloadSettings): number[] =>
    drain(settings).map((r) => r.numPromptTokens);

  test("sends every row as recorded", () => {
    expect(drain({ trace })).toEqual([
      { arrivalTime: 0, numPromptTokens: 10, numOutputTokens: 100, priority: 0 },
      { arrivalTime: 2, numPromptTokens: 20, numOutputTokens: 200, priority: 4, abortTime: 2.5 },
      { arrivalTime: 2, numPromptTokens: 30, numOutputTokens: 300, priority: 0 },
      { arrivalTime: 8, numPromptTokens: 40, numOutputTokens: 400, priority: 0 },
    ]);
    expect(createWorkload({ trace }).numRequests).toBe(4);
  });

  test("goes in order of arrival, rows of one instant in the order given", () => {
    const shuffled = [trace[3]!, trace[1]!, trace[2]!, trace[0]!];
    expect(drain({ trace: shuffled })).toEqual(drain({ trace }));
    expect(shuffled[0]).toBe(trace[3]); // the caller's array is left alone
  });

  test("is cut by numRequests and by the duration, and never longer than the trace", () => {
    expect(prompts({ trace, numRequests: 2 })).toEqual([10, 20]);
    expect(prompts({ trace, durationSecs: 8 })).toEqual([10, 20, 30]);
    expect(createWorkload({ trace, durationSecs: 8 }).numRequests).toBe(3);
    expect(prompts({ trace, numRequests: 100 })).toEqual([10, 20, 30, 40]);
    expect(createWorkload({ trace, numRequests: 100 }).numRequests).toBe(4);
  });

  test("with an arrival pattern takes its times, and repeats the rows when more are asked for", () => {
    const settings: WorkloadSettings = {
      trace,
      arrivalPattern: "fixed_rate",
      arrivalRate: 2,
      numRequests: 6,
    };
    expect(arrivalTimes(settings)).toEqual([0, 0.5, 1, 1.5, 2, 2.5]);
    expect(prompts(settings)).toEqual([10, 20, 30, 40, 10, 20]);
    expect(prompts({ ...settings, numRequests: undefined })).toEqual([10, 20, 30, 40]);
    expect(prompts({ ...settings, numRequests: undefined, durationSecs: 2.5 })).toEqual([
      10, 20, 30, 40, 10,
    ]);
  });

  test("with other times keeps how long a client waits", () => {
    const request = drain({
      trace,
      arrivalPattern: "fixed_rate",
      arrivalRate: 0.1,
      numRequests: 2,
    })[1]!;
    expect(request.arrivalTime).toBe(10);
    expect(request.abortTime).toBe(10.5);
  });

  test("runs in a closed loop with the lengths of the trace", () => {
    const settings: WorkloadSettings = {
      trace,
      arrivalPattern: "closed_loop",
      numConcurrentUsers: 2,
    };
    expect(drain(settings).map((r) => [r.arrivalTime, r.numPromptTokens])).toEqual([
      [0, 10],
      [0, 20],
      [1, 30],
      [1, 40],
    ]);
  });

  test("takes maxTokens and priorities from the settings where they are given", () => {
    const requests = drain({ trace, maxTokens: 5, priorities: [{ value: 2, weight: 1 }] });
    expect(requests.map((r) => [r.maxTokens, r.priority])).toEqual(times(4, () => [5, 2]));
  });
});
