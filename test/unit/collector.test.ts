import { expect, test } from "vitest";
import { RequestStatus } from "../../src/request/request.js";
import { aCollector, aRequest, aShape, deliver, serve } from "../support/runs.js";

test("steps add up: FLOPs, bytes, prompt tokens and blocks × time", () => {
  const collector = aCollector();
  collector.onStep(0, 0.5, aShape(100, 1), { flops: 40, bytes: 300 }, 7);
  collector.onStep(1, 3, aShape(20, 5), { flops: 2, bytes: 1 }, 10);
  expect(collector.totals).toMatchObject({
    numSteps: 2,
    flops: 42,
    bytes: 301,
    blockSeconds: 7 * 0.5 + 10 * 2,
    numPrefillTokens: 120,
    lastStepEndTime: 3,
  });
});

test("every output token is counted once, and all but the first of a request have a gap", () => {
  const collector = aCollector();
  const request = aRequest(0, { arrivalTime: 1 });
  collector.onArrival(request);
  serve(collector, request, [3, 4, 6]);
  expect(collector.totals).toMatchObject({
    numOutputTokens: 3,
    numFirstTokens: 1,
    ttftSum: 2,
    numTpots: 1,
    tpotSum: 1.5,
    numCompleted: 1,
    numCompletedPromptTokens: 100,
    numCompletedOutputTokens: 3,
    lastCompletionTime: 6,
  });
  expect(collector.gaps).toMatchObject({ count: 2, min: 1, max: 2 });
});

test("a request with one output token has no TPOT", () => {
  const collector = aCollector();
  const request = aRequest(0, { numOutputTokens: 1 });
  collector.onArrival(request);
  serve(collector, request, [2]);
  expect(collector.totals).toMatchObject({ numCompleted: 1, numTpots: 0, tpotSum: 0 });
});

test("rejections are grouped by reason, in order of appearance, with the first request of each", () => {
  const collector = aCollector();
  for (const [index, reason] of ["too long", "too big", "too long"].entries()) {
    const request = aRequest(index);
    collector.onArrival(request);
    collector.onRejection(request, reason, 0);
  }
  expect(collector.rejections).toEqual([
    { reason: "too long", count: 2, firstIndex: 0 },
    { reason: "too big", count: 1, firstIndex: 1 },
  ]);
  const { status, finishTime } = collector.table.toColumns();
  expect([...status]).toEqual([5, 5, 5].map(() => RequestStatus.Rejected));
  expect([...finishTime]).toEqual([NaN, NaN, NaN]);
});

test("an abort closes the row at its time and keeps the time span of the tokens delivered", () => {
  const collector = aCollector();
  const [silent, talking] = [aRequest(0), aRequest(1)];
  collector.onArrival(silent);
  collector.onArrival(talking);
  deliver(collector, talking, 2);
  deliver(collector, talking, 5);
  collector.onAbort(silent, 6);
  collector.onAbort(talking, 7);
  expect(collector.totals).toMatchObject({ numAborted: 2, tokenSpan: 3, numCompleted: 0 });
  const { status, finishTime, numOutputTokens } = collector.table.toColumns();
  expect([...status]).toEqual([RequestStatus.Aborted, RequestStatus.Aborted]);
  expect([...finishTime]).toEqual([6, 7]);
  expect([...numOutputTokens]).toEqual([0, 2]);
});

test("until the next sample is due, telling the time does nothing", () => {
  const collector = aCollector();
  const untouchable = new Proxy({} as never, {
    get: () => {
      throw new Error("the state was looked at");
    },
  });
  collector.advanceTo(collector.nextSampleTime * 0.999, untouchable);
  expect(() => collector.advanceTo(collector.nextSampleTime, untouchable)).toThrow("looked at");
});
