import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { product } from "../support/product.js";
import type { ReferenceSettings } from "../support/reference-scheduler.js";
import {
  firstDifference,
  isServable,
  type Scenario,
  type ScenarioRequest,
  variants,
} from "../support/side-by-side.js";

/** From 1, and mostly so few that something runs out. */
const mostlyUpTo = (few: number, many: number) =>
  fc.oneof(
    { arbitrary: fc.integer({ min: 1, max: few }), weight: 2 },
    fc.integer({ min: 1, max: many }),
  );

const arbSettings: fc.Arbitrary<ReferenceSettings> = fc.record({
  policy: fc.constantFrom("fcfs", "priority"),
  maxNumSeqs: fc.integer({ min: 1, max: 8 }),
  maxNumBatchedTokens: mostlyUpTo(8, 64),
  maxModelLen: fc.integer({ min: 2, max: 96 }),
  enableChunkedPrefill: fc.boolean(),
  longPrefillTokenThreshold: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 32 })),
  schedulerReserveFullIsl: fc.boolean(),
  watermark: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.5, noNaN: true })),
  numBlocks: mostlyUpTo(16, 40).map((numUsable) => numUsable + 1),
  blockSize: mostlyUpTo(2, 8),
});

const arbRequest: fc.Arbitrary<ScenarioRequest> = fc.record(
  {
    arrivalStep: fc.nat(20),
    abortStep: fc.nat(40),
    priority: fc.integer({ min: -1, max: 2 }),
    numPromptTokens: fc.integer({ min: 1, max: 60 }),
    maxTokens: fc.integer({ min: 1, max: 30 }),
  },
  { requiredKeys: ["arrivalStep", "priority", "numPromptTokens", "maxTokens"] },
);

const arbScenario: fc.Arbitrary<Scenario> = fc
  .record({
    settings: arbSettings,
    requests: fc.array(arbRequest, { minLength: 1, maxLength: 12 }),
  })
  .map(({ settings, requests }) => ({
    settings,
    requests: requests
      .filter((request) => isServable(request, settings))
      .toSorted((a, b) => a.arrivalStep - b.arrivalStep),
  }));

test("the scheduler decides as the reference does in random scenarios", () => {
  fc.assert(
    fc.property(arbScenario, (scenario) => {
      expect(firstDifference(scenario, variants)).toBeUndefined();
    }),
    { numRuns: 1000 },
  );
}, 60_000);

const tinyLengths = {
  fcfs: { numPromptTokens: [1, 2], maxTokens: [1, 3], priority: [0] },
  priority: { numPromptTokens: [1, 2], maxTokens: [3], priority: [0, 1] },
} as const;

const budgets = [
  { maxNumBatchedTokens: 1, enableChunkedPrefill: true, longPrefillTokenThreshold: 0 },
  { maxNumBatchedTokens: 2, enableChunkedPrefill: true, longPrefillTokenThreshold: 0 },
  { maxNumBatchedTokens: 3, enableChunkedPrefill: true, longPrefillTokenThreshold: 1 },
  { maxNumBatchedTokens: 2, enableChunkedPrefill: false, longPrefillTokenThreshold: 0 },
] as const;

describe.each(["fcfs", "priority"] as const)("under %s", (policy) => {
  test("every scenario of at most three requests and four usable blocks is decided as the reference does", () => {
    let numScenarios = 0;
    for (const settings of tinySettings(policy)) {
      for (const requests of tinyRequests(settings)) {
        numScenarios++;
        const difference = firstDifference({ settings, requests }, variants.slice(0, 2));
        if (difference) expect.fail(JSON.stringify({ settings, requests, difference }));
      }
    }
    expect(numScenarios).toBeGreaterThan(20_000);
  }, 60_000);
});

function tinySettings(policy: ReferenceSettings["policy"]): ReferenceSettings[] {
  const reservations = [
    { schedulerReserveFullIsl: true, watermark: 0 },
    { schedulerReserveFullIsl: false, watermark: 0 },
    { schedulerReserveFullIsl: false, watermark: 0.4 },
  ];
  return product([1, 2, 3, 4], [1, 2], [2, 3], budgets, reservations).map(
    ([numUsableBlocks, blockSize, maxNumSeqs, budget, reservation]) => ({
      policy,
      maxNumSeqs,
      ...budget,
      ...reservation,
      numBlocks: numUsableBlocks + 1,
      blockSize,
      maxModelLen: 5,
    }),
  );
}

/** One, two or three requests, each with the one before it or a step later. */
function* tinyRequests(settings: ReferenceSettings): Generator<ScenarioRequest[]> {
  const { numPromptTokens, maxTokens, priority } = tinyLengths[settings.policy];
  const kinds = product(numPromptTokens, maxTokens, priority)
    .map(([numPromptTokens, maxTokens, priority]) => ({
      numPromptTokens,
      maxTokens,
      priority,
      arrivalStep: 0,
    }))
    .filter((request) => isServable(request, settings));
  for (const first of kinds) {
    yield [first];
    for (const [second, a] of product(kinds, [0, 1])) {
      const pair = [first, { ...second, arrivalStep: a }];
      yield pair;
      for (const [third, b] of product(kinds, [a, a + 1]))
        yield [...pair, { ...third, arrivalStep: b }];
    }
  }
}
