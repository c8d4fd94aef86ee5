/** Without prefix caching no decision depends on which blocks a request holds: counting them gives the same. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { KvCacheGroup } from "../../src/scheduler/index.js";
import { aScheduler, type Setup, type Wish } from "../support/scheduler.js";

interface Arrival extends Wish {
  readonly atStep: number;
  readonly prompt: number;
  readonly output: number;
  readonly abortStep: number | undefined;
}

const upTo = (max: number, min = 1) => fc.integer({ min, max });

const arbGroup: fc.Arbitrary<KvCacheGroup> = upTo(4).chain((blockSize) =>
  fc.oneof(
    fc.constant({ type: "full" as const, blockSize }),
    upTo(24).map((slidingWindow) => ({ type: "swa" as const, slidingWindow, blockSize })),
    upTo(24).map((attentionChunkSize) => ({
      type: "chunked_local" as const,
      attentionChunkSize,
      blockSize,
    })),
  ),
);

const arbSetup: fc.Arbitrary<Setup> = fc.record({
  blocks: upTo(40, 2),
  budget: upTo(40),
  seqs: upTo(6),
  maxLen: upTo(60, 12),
  policy: fc.constantFrom("fcfs", "priority"),
  chunked: fc.boolean(),
  threshold: fc.oneof(fc.constant(0), upTo(20)),
  reserve: fc.boolean(),
  watermark: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.4, noNaN: true })),
  async: fc.boolean(),
  groups: fc.array(arbGroup, { minLength: 1, maxLength: 3 }),
  partialPrefills: fc.option(upTo(3), { nil: undefined }),
});

const arbArrivals: fc.Arbitrary<Arrival[]> = fc.array(
  fc.record({
    atStep: upTo(20, 0),
    prompt: upTo(30),
    output: upTo(20),
    priority: upTo(3),
    maxTokens: fc.option(upTo(25), { nil: undefined }),
    abortStep: fc.option(upTo(40, 0), { nil: undefined, freq: 3 }),
  }),
  { minLength: 1, maxLength: 12 },
);

/** What was decided in each of 80 steps, whether or not everything could be served. */
function decisions(setup: Setup, arrivals: readonly Arrival[]): string[] {
  const s = aScheduler(setup);
  const ordered = arrivals
    .filter(({ prompt }) => prompt < setup.maxLen!)
    .toSorted((a, b) => a.atStep - b.atStep);
  let numArrived = 0;
  return Array.from({ length: 80 }, (_, step) => {
    while (ordered[numArrived] !== undefined && ordered[numArrived]!.atStep <= step) {
      const { prompt, output, ...wish } = ordered[numArrived++]!;
      s.add(prompt, output, wish);
    }
    ordered.slice(0, numArrived).forEach(({ abortStep }, i) => {
      const name = s.names[i]!;
      if (abortStep === step && s.isAlive(name)) s.abort(name);
    });
    const decided = s.step();
    return `${decided}; run ${s.running}; wait ${s.waiting}; free ${s.numFree}`;
  });
}

test("with prefix caching off the counting cache and the paged one drive identical decisions", () => {
  fc.assert(
    fc.property(arbSetup, arbArrivals, (setup, arrivals) => {
      const paged = decisions(setup, arrivals);
      expect(decisions({ ...setup, cache: "counting" }, arrivals)).toEqual(paged);
    }),
    { numRuns: 1000 },
  );
});
