/** Which block is which matters to no decision: runs of blocks give the same, also where prefixes are shared, split, computed twice and evicted. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { aScheduler, type Setup, type Wish } from "../support/scheduler.js";

interface Arrival extends Wish {
  readonly atStep: number;
  readonly prompt: number | string;
  readonly output: number | string;
  readonly abortStep: number | undefined;
}

const upTo = (max: number, min = 1) => fc.integer({ min, max });

const arbSetup: fc.Arbitrary<Setup> = fc.record({
  blocks: upTo(60, 10),
  blockSize: upTo(4),
  budget: upTo(40),
  seqs: upTo(6),
  maxLen: upTo(90, 40),
  policy: fc.constantFrom("fcfs", "priority"),
  chunked: fc.boolean(),
  threshold: fc.oneof(fc.constant(0), upTo(10)),
  reserve: fc.boolean(),
  watermark: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.4, noNaN: true })),
  async: fc.boolean(),
  partialPrefills: fc.option(upTo(3), { nil: undefined }),
});

/** Long common beginnings, in few variants. */
const arbText = fc
  .tuple(upTo(30, 0), upTo(16), upTo(8, 0))
  .map(([a, b, c]) => "a".repeat(a) + "b".repeat(b) + "a".repeat(c));

const arbArrival: fc.Arbitrary<Arrival> = fc.record({
  atStep: upTo(60, 0),
  prompt: fc.oneof({ arbitrary: arbText, weight: 5 }, { arbitrary: upTo(30), weight: 1 }),
  output: fc.oneof(upTo(20), arbText),
  priority: upTo(3),
  maxTokens: fc.option(upTo(25), { nil: undefined }),
  abortStep: fc.option(upTo(60, 0), { nil: undefined, freq: 3 }),
});

/** What was decided in each of 120 steps, whether or not everything could be served. */
function decisions(setup: Setup, arrivals: readonly Arrival[]): string[] {
  const s = aScheduler({ ...setup, caching: true });
  const ordered = arrivals
    .filter(({ prompt }) => (typeof prompt === "number" ? prompt : prompt.length) < setup.maxLen!)
    .toSorted((a, b) => a.atStep - b.atStep);
  let numArrived = 0;
  return Array.from({ length: 120 }, (_, step) => {
    while (ordered[numArrived] !== undefined && ordered[numArrived]!.atStep <= step) {
      const { prompt, output, ...wish } = ordered[numArrived++]!;
      s.add(prompt, output, wish);
    }
    ordered.slice(0, numArrived).forEach(({ abortStep }, i) => {
      const name = s.names[i]!;
      if (abortStep === step && s.isAlive(name)) s.abort(name);
    });
    const decided = s.step();
    const { numFreeBlocks, numEvictions } = s.kvCache;
    return `${decided}; run ${s.running}; wait ${s.waiting}; free ${numFreeBlocks}, evicted ${numEvictions}`;
  });
}

test("with prefix caching the shared cache and the paged one drive identical decisions", () => {
  fc.assert(
    fc.property(
      arbSetup,
      fc.array(arbArrival, { minLength: 1, maxLength: 24 }),
      (setup, arrivals) => {
        const paged = decisions(setup, arrivals);
        expect(decisions({ ...setup, cache: "shared" }, arrivals)).toEqual(paged);
      },
    ),
    { numRuns: Number(process.env.RUNS ?? 2500) },
  );
}, 300_000);

test("who is preempted in the very step that fills its last block finds all but that", () => {
  const steps = (cache: Setup["cache"]) => {
    const s = aScheduler({ ...tight, cache });
    s.add(1, 6);
    s.add(2, 6, { priority: 3 });
    const first = s.step();
    s.add(15, 1, { priority: 2 });
    const before = [first, ...s.steps(2)];
    s.abort("c");
    return [...before, ...s.steps(2)];
  };
  expect(steps("shared")).toEqual([
    "a1 b2",
    "a1 b1 c7",
    "a1 | preempted b3 c7",
    "a1 b2 | hit b2",
    "a1 b1",
  ]);
  expect(steps("shared")).toEqual(steps("paged"));
  expect(steps("private")).toEqual(steps("paged"));
});

const tight: Setup = {
  blocks: 8,
  blockSize: 2,
  budget: 9,
  reserve: false,
  policy: "priority",
  caching: true,
};
