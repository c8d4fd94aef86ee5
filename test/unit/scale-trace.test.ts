import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { scaleTrace, type TraceScaling } from "../../src/workload/scale-trace.js";
import { selectRows, sortByArrival } from "../../src/workload/trace-order.js";
import type { TraceRow } from "../../src/workload/trace-row.js";
import { arbSharedRows, numCommon, tokensOf } from "../support/traffic.js";

const at = (arrivalTime: number, more: Partial<TraceRow> = {}): TraceRow => ({
  arrivalTime,
  numPromptTokens: 10,
  numOutputTokens: 1,
  ...more,
});
const times = (rows: readonly TraceRow[]) => rows.map((row) => row.arrivalTime);
const scaled = (rows: readonly TraceRow[], scaling: TraceScaling, seed = 1) =>
  scaleTrace(rows, scaling, seed).rows;
/** Ten sessions of three rows each, a second apart; the rows of a session follow one another after 5 s. */
const sessions: TraceRow[] = Array.from({ length: 30 }, (_, i) => {
  const session = i % 10;
  return at(Math.floor(i / 10) * 100 + session, {
    session,
    numPromptTokens: i + 1,
    ...(i >= 10 && { after: { row: i - 10, delay: 5 } }),
  });
});

describe("time", () => {
  test("counts from the first arrival, wherever that stands, to the nanosecond", () => {
    const rows = [at(1.7e9 + 0.5, { abortTime: 1.7e9 + 2 }), at(1.7e9 + 0.25), at(1.7e9 + 1e6)];
    expect(scaled(rows, {})).toEqual([at(0), at(0.25, { abortTime: 1.75 }), at(999_999.75)]);
    expect(times(scaled([at(0.1), at(0.3)], {}))).toEqual([0, 0.2]);
  });

  test("is the trace's own within a window", () => {
    expect(times(scaled([at(100), at(105)], { timeWindow: [90, 110] }))).toEqual([10, 15]);
  });
});

describe("rate_scale", () => {
  test("divides arrival times, and neither think times nor patience", () => {
    const rows = [at(10, { abortTime: 14 }), at(20, { after: { row: 0, delay: 3 } })];
    expect(scaled(rows, { rateScale: 2 })).toEqual([
      at(0, { abortTime: 4 }),
      at(5, { after: { row: 0, delay: 3 } }),
    ]);
  });

  test("of 1 changes nothing", () => {
    expect(scaled(sessions, { rateScale: 1 })).toBe(sessions);
  });
});

describe("time_window", () => {
  test("keeps [from, to), and from becomes 0", () => {
    const rows = [at(1), at(2, { abortTime: 9 }), at(3), at(4)];
    expect(scaled(rows, { timeWindow: [2, 4] })).toEqual([at(0, { abortTime: 7 }), at(1)]);
  });

  test("is in the trace's own seconds, whatever the rate", () => {
    const rows = [at(1), at(2), at(3), at(4)];
    expect(times(scaled(rows, { timeWindow: [2, 4], rateScale: 10 }))).toEqual([0, 0.1]);
  });

  test("lets a row that followed one before it come at its own time", () => {
    const rows = scaled(sessions, { timeWindow: [100, 1000] });
    expect(rows).toHaveLength(20);
    expect(rows.slice(0, 10).every((row) => row.after === undefined)).toBe(true);
    expect(rows.slice(10).map((row) => row.after)).toEqual(
      Array.from({ length: 10 }, (_, row) => ({ row, delay: 5 })),
    );
    expect(times(rows)).toEqual(times(sessions.slice(10)).map((time) => time - 100));
  });
});

describe("sample", () => {
  test("keeps sessions whole", () => {
    const rows = scaled(sessions, { sample: 0.5 });
    const counts = new Map<number, number>();
    for (const { session } of rows) counts.set(session!, (counts.get(session!) ?? 0) + 1);
    expect(new Set(counts.values())).toEqual(new Set([3]));
    expect(counts.size).toBeGreaterThan(0);
    expect(counts.size).toBeLessThan(10);
  });

  test("keeps sessions whole without numbers, too", () => {
    const unnumbered = sessions.map((row) => ({ ...row, session: undefined }));
    const kept = scaled(unnumbered, { sample: 0.5 });
    const numbered = scaled(sessions, { sample: 0.5 });
    expect(kept.map((row) => row.numPromptTokens)).toEqual(
      numbered.map((row) => row.numPromptTokens),
    );
  });

  test("keeps its share, by the seed, and the same sessions whatever else is asked for", () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => at(i, { numPromptTokens: i + 1 }));
    const which = (scaling: TraceScaling, seed?: number) =>
      scaled(rows, scaling, seed).map((row) => row.numPromptTokens);
    const kept = which({ sample: 0.3 });
    expect(Math.abs(kept.length / 10_000 - 0.3)).toBeLessThan(0.02);
    expect(which({ sample: 0.3 })).toEqual(kept);
    expect(which({ sample: 0.3 }, 2)).not.toEqual(kept);
    const inWindow = which({ sample: 0.3, timeWindow: [0, 500], traceJitter: 0.5, rateScale: 3 });
    expect(inWindow).toEqual(kept.filter((prompt) => prompt <= 500));
  });
});

describe("trace_jitter", () => {
  test("makes arrivals later by less than it, differently, and in order", () => {
    const ticks = Array.from({ length: 300 }, (_, i) => at(3 * Math.floor(i / 30)));
    const jittered = scaled(ticks, { traceJitter: 3 });
    expect(times(jittered)).toEqual(times(jittered).sort((a, b) => a - b));
    expect(new Set(times(jittered)).size).toBe(300);
    for (let tick = 0; tick < 10; tick++) {
      const inTick = times(jittered).filter((time) => time >= 3 * tick && time < 3 * tick + 3);
      expect(inTick).toHaveLength(30);
    }
    expect(times(scaled(ticks, { traceJitter: 3 }))).toEqual(times(jittered));
    expect(times(scaled(ticks, { traceJitter: 3 }, 2))).not.toEqual(times(jittered));
  });

  test("moves a session as a whole", () => {
    const jittered = scaled(sessions, { traceJitter: 50 });
    const starts = new Map<number, number>();
    for (const row of jittered) {
      const original = sessions.find((other) => other.numPromptTokens === row.numPromptTokens)!;
      const shift = row.arrivalTime - original.arrivalTime;
      expect(shift).toBeCloseTo(starts.get(row.session!) ?? shift, 9);
      starts.set(row.session!, shift);
      if (row.after === undefined) continue;
      expect(jittered[row.after.row]!.session).toBe(row.session);
      expect(jittered[row.after.row]!.numPromptTokens).toBe(row.numPromptTokens - 10);
    }
  });
});

test("max_requests keeps the first to arrive of what is left", () => {
  expect(times(scaled([at(5), at(1), at(3), at(9)], { maxRequests: 2 }))).toEqual([0, 2]);
  const { skipped } = scaleTrace(sessions, { timeWindow: [100, 1000], maxRequests: 5 }, 1);
  expect(skipped).toEqual([
    { by: "timeWindow", count: 10 },
    { by: "maxRequests", count: 15 },
  ]);
});

test.prop([
  fc.record({
    rateScale: fc.option(fc.double({ min: 0.1, max: 10, noNaN: true }), { nil: undefined }),
    timeWindow: fc.option(fc.constantFrom([0, 100] as const, [50, 205] as const), {
      nil: undefined,
    }),
    maxRequests: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
    sample: fc.option(fc.double({ min: 0.01, max: 1, noNaN: true }), { nil: undefined }),
    traceJitter: fc.option(fc.double({ min: 0, max: 200, noNaN: true }), { nil: undefined }),
  }),
  fc.nat(100),
])(
  "every row is kept or counted, and kept rows are in order with their parents",
  (scaling, seed) => {
    const trace = { rows: sessions, numSkipped: 7 };
    const { rows, numRead, numKept, skipped } = scaleTrace(trace, scaling, seed);
    expect(numRead).toBe(sessions.length + 7);
    expect(skipped[0]).toEqual({ by: "reader", count: 7 });
    expect(rows).toHaveLength(numKept);
    expect(skipped.reduce((sum, { count }) => sum + count, numKept)).toBe(numRead);
    rows.forEach((row, i) => {
      if (i > 0) expect(row.arrivalTime).toBeGreaterThanOrEqual(rows[i - 1]!.arrivalTime);
      if (row.after === undefined) return;
      expect(row.after.row).toBeLessThan(i);
      expect(rows[row.after.row]!.session).toBe(row.session);
    });
  },
);

describe("what rows have in common", () => {
  test.prop([arbSharedRows, fc.infiniteStream(fc.boolean())])(
    "stays the same for those that are kept, whichever are left out",
    (rows, choices) => {
      const isKept = rows.map(() => choices.next().value);
      const kept = selectRows(rows, (i) => isKept[i]!);
      const before = tokensOf(rows).filter((_, i) => isKept[i]);
      const after = tokensOf(kept);
      for (let a = 0; a < kept.length; a++) {
        for (let b = 0; b < a; b++) {
          expect(numCommon(after[a]!, after[b]!)).toBe(numCommon(before[a]!, before[b]!));
        }
      }
    },
  );

  test("goes with the rows when they are sorted", () => {
    const rows = [
      at(3, { numPromptTokens: 1 }),
      at(5, { numPromptTokens: 2, prefix: { row: 0, numTokens: 1 } }),
      at(4, { numPromptTokens: 3, after: { row: 0, delay: 1 }, prefix: { row: 1, numTokens: 2 } }),
    ];
    const sorted = sortByArrival(rows);
    expect(sorted.map((row) => row.numPromptTokens)).toEqual([1, 3, 2]);
    expect(sorted[1]).toMatchObject({ after: { row: 0 }, prefix: { row: 2, numTokens: 2 } });
    expect(sorted[2]).toMatchObject({ prefix: { row: 0 } });
  });
});
