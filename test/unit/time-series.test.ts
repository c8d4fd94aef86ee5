import fc from "fast-check";
import { expect, test } from "vitest";
import { IDLE, TimeSeriesRecorder } from "../../src/metrics/time-series.js";
import { Totals } from "../../src/metrics/totals.js";

/** Something that happens: at `time` the number running becomes `numRunning`, and the rest is added to the totals. */
interface Change {
  readonly time: number;
  readonly numRunning: number;
  readonly numTokens: number;
  readonly ttft: number;
}

const changes = fc
  .array(
    fc.record({
      // Gaps from far below the interval to far beyond the whole grid, and some that end on it.
      gap: fc.oneof(
        fc.double({ min: 0, max: 4, noNaN: true }),
        fc.integer({ min: 0, max: 300 }),
        fc.constant(0),
      ),
      numRunning: fc.integer({ min: 0, max: 9 }),
      numTokens: fc.integer({ min: 0, max: 99 }),
      ttft: fc.integer({ min: 1, max: 9 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((steps) => {
    let time = 0;
    return steps.map(({ gap, ...rest }): Change => ({ time: (time += gap), ...rest }));
  });

function record(all: readonly Change[], capacity = 8, interval = 1) {
  const recorder = new TimeSeriesRecorder(capacity, interval);
  const totals = new Totals();
  const state = { ...IDLE };
  for (const change of all) {
    if (change.time >= recorder.nextTime) recorder.record(change.time, state, totals);
    state.numRunning = change.numRunning;
    state.numUsedBlocks = change.numRunning;
    totals.numPrefillTokens += change.numTokens;
    totals.numOutputTokens += change.numTokens;
    totals.numFirstTokens++;
    totals.ttftSum += change.ttft;
  }
  return recorder.toTimeSeries(state, totals, 10);
}

test("a sample is the state that held up to its instant, and the means and rates of its interval", () => {
  fc.assert(
    fc.property(changes, (all) => {
      const series = record(all);
      const interval = series.time[0]!;
      series.time.forEach((time, i) => {
        const before = all.filter((change) => change.time < time);
        const within = before.filter((change) => change.time >= time - interval);
        const numTokens = within.reduce((total, change) => total + change.numTokens, 0);
        const ttft = within.reduce((total, change) => total + change.ttft, 0) / within.length;
        expect(time).toBe((i + 1) * interval);
        expect(series.numRunning[i]).toBe(before.at(-1)?.numRunning ?? 0);
        expect(series.kvCacheUsage[i]).toBe((before.at(-1)?.numRunning ?? 0) / 10);
        expect(series.inputTokensPerSec[i]).toBe(numTokens / interval);
        expect(series.outputTokensPerSec[i]).toBe(numTokens / interval);
        expect(series.ttft[i]).toBe(ttft);
      });
    }),
  );
});

test("whatever the run's length, no token is lost and memory stays within the capacity", () => {
  fc.assert(
    fc.property(changes, (all) => {
      const { time, inputTokensPerSec } = record(all);
      const interval = time[0]!;
      const sum = inputTokensPerSec.reduce((total, rate) => total + rate * interval, 0);
      expect(sum).toBe(all.reduce((total, change) => total + change.numTokens, 0));
      expect(time.length).toBeLessThanOrEqual(8 + 1);
      const end = all.at(-1)!.time;
      expect(end).toBeGreaterThanOrEqual(time.at(-1)! - interval);
      expect(end).toBeLessThan(time.at(-1)!);
      // As fine as fits: with half the interval the grid would not reach the end.
      if (interval > 1) expect(end).toBeGreaterThanOrEqual((8 + 1) * (interval / 2));
    }),
  );
});

test("samples depend on what happened, not on how often the clock was looked at", () => {
  const recorder = new TimeSeriesRecorder(8, 1);
  const looked = new TimeSeriesRecorder(8, 1);
  const totals = new Totals();
  const state = { ...IDLE, numRunning: 3 };
  for (let now = 0; now < 1000; now += 0.25) looked.record(now, state, totals);
  looked.record(1000, state, totals);
  recorder.record(1000, state, totals);
  expect(recorder.toTimeSeries(IDLE, totals, 1)).toEqual(looked.toTimeSeries(IDLE, totals, 1));
});

test("idle centuries cost nothing", () => {
  const recorder = new TimeSeriesRecorder();
  recorder.record(1e10, IDLE, new Totals());
  const { time } = recorder.toTimeSeries(IDLE, new Totals(), 1);
  expect(time.length).toBeLessThanOrEqual(513);
  expect(time.at(-1)).toBeGreaterThan(1e10);
});
