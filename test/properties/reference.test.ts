import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ReferenceSettings } from "../support/reference-scheduler.js";
import {
  type CacheKind,
  firstDifference,
  isServable,
  type Scenario,
  type ScenarioRequest,
} from "../support/side-by-side.js";

const arbSettings: fc.Arbitrary<ReferenceSettings> = fc.record({
  policy: fc.constantFrom("fcfs", "priority"),
  maxNumSeqs: fc.integer({ min: 1, max: 8 }),
  maxNumBatchedTokens: fc.integer({ min: 1, max: 64 }),
  maxModelLen: fc.integer({ min: 2, max: 96 }),
  enableChunkedPrefill: fc.boolean(),
  longPrefillTokenThreshold: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 32 })),
  schedulerReserveFullIsl: fc.boolean(),
  watermark: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.5, noNaN: true })),
  numBlocks: fc.integer({ min: 2, max: 40 }),
  blockSize: fc.integer({ min: 1, max: 8 }),
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

/** Most random requests are aborted in no run, some in each. */
const arbScenario: fc.Arbitrary<Scenario> = fc
  .record({ settings: arbSettings, requests: fc.array(arbRequest, { minLength: 1, maxLength: 12 }) })
  .map(({ settings, requests }) => ({
    settings,
    requests: requests
      .filter((request) => isServable(request, settings))
      .toSorted((a, b) => a.arrivalStep - b.arrivalStep),
  }));

describe.each<CacheKind>(["counting", "paged"])("the scheduler over the %s KV cache", (kind) => {
  test("decides as the reference does in random scenarios", () => {
    fc.assert(
      fc.property(arbScenario, (scenario) => {
        expect(firstDifference(scenario, kind)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });
});

describe("every scenario of at most three requests and four usable blocks", () => {
  test.each(["fcfs", "priority"] as const)("is decided as the reference does under %s", (policy) => {
    let count = 0;
    for (const settings of tinySettings(policy)) {
      for (const requests of tinyRequests(settings)) {
        count++;
        const difference = firstDifference({ settings, requests }, "counting");
        if (difference === undefined) continue;
        expect.fail(JSON.stringify({ settings, requests, difference }, null, 2));
      }
    }
    console.log(policy, count);
    expect(count).toBeGreaterThan(10_000);
  });
});

/** Every combination of small settings. */
function* tinySettings(policy: ReferenceSettings["policy"]): Generator<ReferenceSettings> {
  for (const blockSize of [1, 2])
    for (const numUsable of [1, 2, 3, 4])
      for (const maxNumBatchedTokens of [1, 2, 3])
        for (const maxNumSeqs of [2, 3])
          for (const [enableChunkedPrefill, longPrefillTokenThreshold] of [
            [true, 0],
            [true, 1],
            [false, 0],
          ] as const)
            for (const schedulerReserveFullIsl of [true, false])
              for (const watermark of [0, 0.4])
                yield {
                  policy,
                  blockSize,
                  numBlocks: numUsable + 1,
                  maxNumBatchedTokens,
                  maxNumSeqs,
                  enableChunkedPrefill,
                  longPrefillTokenThreshold,
                  schedulerReserveFullIsl,
                  watermark,
                  maxModelLen: 5,
                };
}

/** One to three requests with every prompt and output of one or two tokens, all at once or one after the other. */
function* tinyRequests(settings: ReferenceSettings): Generator<ScenarioRequest[]> {
  const kinds: ScenarioRequest[] = [];
  for (const priority of settings.policy === "priority" ? [0, 1] : [0])
    for (const numPromptTokens of [1, 2, 3])
      for (const maxTokens of [1, 2, 3])
        kinds.push({ arrivalStep: 0, priority, numPromptTokens, maxTokens });
  const servable = kinds.filter((request) => isServable(request, settings));
  for (const first of servable) {
    yield [first];
    for (const second of servable) {
      for (const secondStep of [0, 1]) {
        const pair = [first, { ...second, arrivalStep: secondStep }];
        yield pair;
        for (const third of servable)
          for (const thirdStep of [secondStep, secondStep + 1])
            yield [...pair, { ...third, arrivalStep: thirdStep }];
      }
    }
  }
}
