/** A server that takes one request at a time is a textbook queue. */
import { describe, expect, test } from "vitest";
import type { WorkloadConfig } from "../../src/simulation/config.js";
import { simulate } from "../../src/simulation/simulation.js";
import type { LengthDistribution } from "../../src/workload/workload.js";
import { oneAtATime, servedAlone, seventyB } from "../support/by-hand.js";
import { law } from "../support/law.js";
import { watch } from "../support/census.js";

const relativeError = (actual: number, expected: number) => Math.abs(actual / expected - 1);
const fixed = (value: number) => ({ type: "fixed", value }) as const;
const sum = (xs: Iterable<number>) => [...xs].reduce((total, x) => total + x, 0);
const mean = (xs: ArrayLike<number> & Iterable<number>) => sum(xs) / xs.length;

/** Pollaczek and Khinchine: mean waiting time at rate λ, for service times with these moments. */
const meanWait = (rate: number, meanService: number, meanSquare: number) =>
  (rate * meanSquare) / 2 / (1 - rate * meanService);

describe.each([0.3, 0.6, 0.8])("M/D/1 at utilisation %d", (utilisation) => {
  const { e2e: service } = servedAlone(500, 3);
  const rate = utilisation / service;
  const result = simulate({
    ...seventyB,
    scheduler: { ...seventyB.scheduler, maxNumSeqs: 1 },
    workload: {
      arrivalPattern: "poisson",
      arrivalRate: rate,
      numRequests: 40_000,
      seed: 1,
      inputLenDist: fixed(500),
      outputLenDist: fixed(3),
    },
  });

  test("the mean waiting time is ρS / 2(1 − ρ)", () => {
    const expected = (utilisation * service) / (2 * (1 - utilisation));
    expect(expected).toBeCloseTo(meanWait(rate, service, service ** 2), 12);
    expect(relativeError(result.queueTime.mean, expected)).toBeLessThan(0.04);
  });

  test("every service takes the time of a request alone", () => {
    const { firstScheduledTime, finishTime } = result.requests;
    const services = finishTime.map((time, i) => time - firstScheduledTime[i]!);
    expect(services.every((time) => relativeError(time, service) < 1e-9)).toBe(true);
  });

  test("a request finds the server idle with probability 1 − ρ", () => {
    const { firstScheduledTime, arrivalTime } = result.requests;
    const didNotWait = firstScheduledTime.filter((time, i) => time === arrivalTime[i]);
    expect(didNotWait.length / result.requests.length).toBeCloseTo(1 - utilisation, 1.5);
  });

  test("L = λW, in the queue and in service, as the time series samples it", () => {
    const { numRunning, numWaiting } = result.timeSeries;
    const lambda = result.requests.length / result.duration;
    expect(relativeError(mean(numRunning), lambda * service)).toBeLessThan(0.1);
    expect(relativeError(mean(numWaiting), lambda * result.queueTime.mean)).toBeLessThan(0.2);
  });
});

describe("service times that vary", () => {
  const seconds = 0.001;
  const waits = (outputLenDist: WorkloadConfig["outputLenDist"], rate: number) =>
    simulate(
      oneAtATime(
        {
          arrivalPattern: "poisson",
          arrivalRate: rate,
          numRequests: 40_000,
          seed: 3,
          inputLenDist: fixed(10),
          outputLenDist,
        },
        seconds,
      ),
    ).queueTime.mean;

  test("M/M/1: geometric outputs wait nearly ρ / (1 − ρ) services", () => {
    const stop = 1 / 50;
    const geometric: LengthDistribution = {
      name: "geometric",
      sample: (random) => Math.ceil(Math.log1p(-random()) / Math.log1p(-stop)),
    };
    const [utilisation, service] = [0.7, seconds / stop];
    const rate = utilisation / service;
    const wait = waits(geometric, rate);
    const meanSquare = (seconds ** 2 * (2 - stop)) / stop ** 2;
    expect(relativeError(wait, meanWait(rate, service, meanSquare))).toBeLessThan(0.05);
    expect(relativeError(wait, (utilisation / (1 - utilisation)) * service)).toBeLessThan(0.06);
  });

  test("M/G/1: uniform outputs wait as their first two moments say", () => {
    const [min, max] = [1, 99];
    const variance = ((max - min + 1) ** 2 - 1) / 12;
    const service = 50 * seconds;
    const rate = 0.7 / service;
    const meanSquare = seconds ** 2 * (50 ** 2 + variance);
    const wait = waits({ type: "uniform", min, max }, rate);
    expect(relativeError(wait, meanWait(rate, service, meanSquare))).toBeLessThan(0.05);
  });
});

describe("one at a time, all at once: by hand from the lengths", () => {
  const config = (policy: string) => {
    const base = oneAtATime(
      {
        arrivalPattern: "batched",
        numRequests: 200,
        inputLenDist: fixed(10),
        outputLenDist: { type: "uniform", min: 1, max: 100 },
      },
      0.001,
    );
    return { ...base, scheduler: { ...base.scheduler, policy } };
  };
  const fcfs = simulate(config("fcfs"));
  const lengths = [...fcfs.requests.numOutputTokens];
  const meanCompletion = (order: readonly number[]) => {
    let [time, total] = [0, 0];
    for (const length of order) total += time += length * 0.001;
    return total / order.length;
  };

  test("first come, first served", () => {
    expect(fcfs.e2e.mean).toBeCloseTo(meanCompletion(lengths), 9);
  });

  test("shortest first is the best order, longest first the worst", () => {
    const ascending = lengths.toSorted((a, b) => a - b);
    const [sof, lof] = ["sof", "lof"].map((policy) => simulate(config(policy)).e2e.mean);
    expect(sof).toBeCloseTo(meanCompletion(ascending), 9);
    expect(lof).toBeCloseTo(meanCompletion(ascending.toReversed()), 9);
    expect(sof).toBeLessThan(fcfs.e2e.mean);
    expect(lof).toBeGreaterThan(fcfs.e2e.mean);
  });
});

law(
  "L = λW: the area under the number in the system is the sum of the times spent in it",
  (config) => {
    let [area, now, numInSystem] = [0, 0, 0];
    const { result, stall } = watch(config, ({ time }, { numArrived, numEnded }) => {
      area += numInSystem * (time - now);
      now = time;
      numInSystem = numArrived - numEnded;
    });
    if (stall !== undefined) return;
    const { arrivalTime, finishTime } = result.requests;
    const stays = finishTime.map((time, i) => time - arrivalTime[i]!); // NaN for who was rejected
    const total = stays.reduce((sum, stay) => sum + (stay || 0), 0);
    expect(area).toBeCloseTo(total, 9);
  },
);
