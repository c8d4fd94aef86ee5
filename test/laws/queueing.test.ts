/** A server that takes one request at a time is a textbook queue. */
import { describe, expect, test } from "vitest";
import type { SimulationConfig, WorkloadConfig } from "../../src/simulation/config.js";
import { simulate } from "../../src/simulation/simulation.js";
import type { LengthDistribution } from "../../src/workload/workload.js";
import { oneAtATime, servedAlone, seventyB } from "../support/by-hand.js";
import { watch } from "../support/census.js";
import { law } from "../support/law.js";

const SEEDS = [1, 2, 3, 4];
const fixed = (value: number) => ({ type: "fixed", value }) as const;
const mean = (xs: Float64Array) => xs.reduce((total, x) => total + x, 0) / xs.length;
const relativeError = (actual: number, expected: number) => Math.abs(actual / expected - 1);

/** Arrivals, waits and services of Poisson traffic, one row of arrays per seed. */
function queue(config: (seed: number) => SimulationConfig) {
  return SEEDS.map((seed) => {
    const { arrivalTime, firstScheduledTime, finishTime } = simulate(config(seed)).requests;
    return {
      arrivals: arrivalTime,
      waits: firstScheduledTime.map((time, i) => time - arrivalTime[i]!),
      services: finishTime.map((time, i) => time - firstScheduledTime[i]!),
    };
  });
}

/** Pollaczek and Khinchine: the mean wait for Poisson arrivals at `rate` and services with these moments. */
const meanWait = (rate: number, meanService: number, meanSquare: number) =>
  (rate * meanSquare) / 2 / (1 - rate * meanService);

/**
 * Mean wait over all seeds, against theory at the rate and moments that were really drawn, which takes most of the noise out.
 */
function waitAgainstTheory(runs: ReturnType<typeof queue>): [number, number] {
  const waits = runs.map(({ waits }) => mean(waits));
  const theory = runs.map(({ arrivals, services }) => {
    const rate = arrivals.length / arrivals.at(-1)!;
    return meanWait(rate, mean(services), mean(services.map((s) => s * s)));
  });
  return [mean(Float64Array.from(waits)), mean(Float64Array.from(theory))];
}

describe.each([0.3, 0.6, 0.8])("M/D/1 at utilisation ρ = %d", (utilisation) => {
  const { e2e: service } = servedAlone(500, 3);
  const runs = queue((seed) => ({
    ...seventyB,
    scheduler: { ...seventyB.scheduler, maxNumSeqs: 1 },
    workload: {
      arrivalPattern: "poisson",
      arrivalRate: utilisation / service,
      numRequests: 10_000,
      seed,
      inputLenDist: fixed(500),
      outputLenDist: fixed(3),
    },
  }));

  test("every service takes the time of a request alone", () => {
    const errors = runs.map(({ services }) =>
      services.reduce((worst, time) => Math.max(worst, relativeError(time, service)), 0),
    );
    expect(Math.max(...errors)).toBeLessThan(1e-9);
  });

  test("waits follow Lindley's recursion, request by request", () => {
    for (const { arrivals, waits } of runs) {
      let expected = 0;
      let worst = 0;
      waits.forEach((wait, i) => {
        if (i > 0) expected = Math.max(0, expected + service - (arrivals[i]! - arrivals[i - 1]!));
        worst = Math.max(worst, Math.abs(wait - expected));
      });
      expect(worst).toBeLessThan(1e-9);
    }
  });

  test("the mean wait is ρS / 2(1 − ρ)", () => {
    const [actual, theory] = waitAgainstTheory(runs);
    expect(relativeError(actual, theory)).toBeLessThan(0.05);
    const nominal = (utilisation * service) / (2 * (1 - utilisation));
    expect(relativeError(theory, nominal)).toBeLessThan(0.05);
  });

  test("a request finds the server idle with probability 1 − ρ", () => {
    const share = runs.map(({ waits }) => waits.filter((wait) => wait === 0).length / waits.length);
    expect(Math.abs(mean(Float64Array.from(share)) - (1 - utilisation))).toBeLessThan(0.01);
  });
});

describe("service times that vary", () => {
  const tokenSeconds = 0.001;
  const waits = (outputLenDist: WorkloadConfig["outputLenDist"], arrivalRate: number) =>
    queue((seed) =>
      oneAtATime(
        {
          arrivalPattern: "poisson",
          arrivalRate,
          numRequests: 5000,
          seed,
          inputLenDist: fixed(10),
          outputLenDist,
        },
        tokenSeconds,
      ),
    );

  test("M/M/1: geometric outputs wait nearly ρ / (1 − ρ) services", () => {
    const stop = 1 / 40;
    const geometric: LengthDistribution = {
      name: "geometric",
      sample: (random) => Math.ceil(Math.log1p(-random()) / Math.log1p(-stop)),
    };
    const [utilisation, service] = [0.6, tokenSeconds / stop];
    const [actual, theory] = waitAgainstTheory(waits(geometric, utilisation / service));
    expect(relativeError(actual, theory)).toBeLessThan(0.05);
    const nominal = (utilisation / (1 - utilisation)) * service;
    expect(relativeError(theory, nominal)).toBeLessThan(0.08);
  });

  test("M/G/1: uniform outputs wait as their first two moments say", () => {
    const service = 30 * tokenSeconds;
    const runs = waits({ type: "uniform", min: 1, max: 59 }, 0.6 / service);
    const [actual, theory] = waitAgainstTheory(runs);
    expect(relativeError(actual, theory)).toBeLessThan(0.05);
    const meanSquare = tokenSeconds ** 2 * (30 ** 2 + (59 ** 2 - 1) / 12);
    expect(relativeError(theory, meanWait(0.6 / service, service, meanSquare))).toBeLessThan(0.08);
  });
});

describe("one at a time, all at once: by hand from the lengths", () => {
  const outcome = (policy: string) => {
    const config = oneAtATime(
      {
        arrivalPattern: "batched",
        numRequests: 200,
        inputLenDist: fixed(10),
        outputLenDist: { type: "uniform", min: 1, max: 100 },
      },
      0.001,
    );
    return simulate({ ...config, scheduler: { ...config.scheduler, policy } });
  };
  const lengths = [...outcome("fcfs").requests.numOutputTokens];
  const ascending = lengths.toSorted((a, b) => a - b);

  test.each([
    ["fcfs", lengths],
    ["sof", ascending],
    ["lof", ascending.toReversed()],
  ])("%s", (policy, order) => {
    let time = 0;
    const completions = order.map((length) => (time += length * 0.001));
    expect(outcome(policy).e2e.mean).toBeCloseTo(mean(Float64Array.from(completions)), 9);
  });
});

law("L = λW: the area under the number in the system is the sum of the times in it", (config) => {
  let [area, now, numInSystem] = [0, 0, 0];
  const { result, stall } = watch(config, ({ time }, { numArrived, numEnded }) => {
    area += numInSystem * (time - now);
    now = time;
    numInSystem = numArrived - numEnded;
  });
  if (stall !== undefined) return;
  const { arrivalTime, finishTime } = result.requests;
  const stays = finishTime.map((time, i) => time - arrivalTime[i]!); // NaN for who was rejected
  expect(area).toBeCloseTo(
    stays.reduce((total, stay) => total + (stay || 0), 0),
    9,
  );
});
