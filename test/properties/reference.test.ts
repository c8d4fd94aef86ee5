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

const upTo = (max: number) => fc.integer({ min: 1, max });

interface Size {
  readonly tokens: number;
  readonly blocks: number;
  readonly blockSize: number;
  readonly prompt: number;
  readonly output: number;
  readonly steps: number;
}

const arbScenario = (
  size: Size,
  change: (settings: ReferenceSettings) => ReferenceSettings = (settings) => settings,
): fc.Arbitrary<Scenario> =>
  fc
    .record({
      settings: fc.record<ReferenceSettings>({
        policy: fc.constantFrom("fcfs", "priority"),
        maxNumSeqs: upTo(8),
        maxNumBatchedTokens: upTo(size.tokens),
        maxModelLen: fc.integer({ min: 2, max: size.prompt + size.output }),
        enableChunkedPrefill: fc.boolean(),
        longPrefillTokenThreshold: fc.oneof(fc.constant(0), upTo(size.tokens)),
        schedulerReserveFullIsl: fc.boolean(),
        watermark: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.5, noNaN: true })),
        numBlocks: upTo(size.blocks).map((numUsable) => numUsable + 1),
        blockSize: upTo(size.blockSize),
      }),
      requests: fc.array(
        fc.record<ScenarioRequest>(
          {
            arrivalStep: fc.nat(size.steps),
            abortStep: fc.nat(4 * size.steps),
            priority: fc.integer({ min: -1, max: 2 }),
            numPromptTokens: upTo(size.prompt),
            maxTokens: upTo(size.output),
          },
          { requiredKeys: ["arrivalStep", "priority", "numPromptTokens", "maxTokens"] },
        ),
        { minLength: 1, maxLength: 12 },
      ),
    })
    .map(({ settings, requests }) => ({ settings: change(settings), requests }))
    .map(({ settings, requests }) => ({
      settings,
      requests: requests
        .filter((request) => isServable(request, settings))
        .toSorted((a, b) => a.arrivalStep - b.arrivalStep),
    }));

const roomy = { tokens: 64, blocks: 40, blockSize: 8, prompt: 60, output: 30, steps: 20 };
/** Requests meet, and tokens and blocks run out at once. */
const tight = { tokens: 6, blocks: 11, blockSize: 3, prompt: 12, output: 10, steps: 8 };

/** Everybody is let in, and then gives way to who is more important, half served or not. */
const contended = arbScenario(tight, (settings) => ({
  ...settings,
  policy: "priority",
  maxNumSeqs: 6,
  maxModelLen: tight.prompt + tight.output,
  enableChunkedPrefill: true,
  longPrefillTokenThreshold: 1 + (settings.longPrefillTokenThreshold % 2),
  schedulerReserveFullIsl: false,
  watermark: 0,
}));

test.each([
  ["roomy", arbScenario(roomy), 500],
  ["tight", arbScenario(tight), 1000],
  ["contended", fc.noBias(contended), 3000],
])(
  "the scheduler decides as the reference does in random %s scenarios",
  (_, scenarios, numRuns) => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        expect(firstDifference(scenario, variants)).toBeUndefined();
      }),
      { numRuns },
    );
  },
);

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
    expect(numScenarios).toBeGreaterThan(15_000);
  });
});

function tinySettings(policy: ReferenceSettings["policy"]): ReferenceSettings[] {
  const reservations = [
    { schedulerReserveFullIsl: true, watermark: 0.4 },
    { schedulerReserveFullIsl: false, watermark: 0 },
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
