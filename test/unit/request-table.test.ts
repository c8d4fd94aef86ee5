import { expect, test } from "vitest";
import { RequestTable } from "../../src/metrics/request-table.js";
import { RequestStatus } from "../../src/request/request.js";
import { aRequest } from "../support/runs.js";

test("a row holds what was told of its request, each moment in its column", () => {
  const table = new RequestTable(2);
  const request = aRequest(0, { arrivalTime: 1, priority: -2 });
  table.onArrival(request);
  request.numCachedTokens = 32;
  table.onFirstScheduled(request, 2);
  table.onFirstToken(request, 3);
  expect(table.firstTokenTime(request)).toBe(3);
  for (let i = 0; i < 3; i++) request.onToken(5);
  request.numPreemptions = 1;
  table.onEnd(request, RequestStatus.Finished, 5);
  expect(table.toColumns()).toEqual({
    length: 1,
    arrivalTime: Float64Array.of(1),
    firstScheduledTime: Float64Array.of(2),
    firstTokenTime: Float64Array.of(3),
    finishTime: Float64Array.of(5),
    numPromptTokens: Int32Array.of(100),
    numOutputTokens: Int32Array.of(3),
    numCachedTokens: Int32Array.of(32),
    numPreemptions: Int32Array.of(1),
    priority: Float64Array.of(-2),
    status: Uint8Array.of(RequestStatus.Finished),
  });
});

test("instants that have not come are NaN, counts 0", () => {
  const table = new RequestTable();
  table.onArrival(aRequest(0));
  const { firstScheduledTime, firstTokenTime, finishTime, numCachedTokens } = table.toColumns();
  expect([firstScheduledTime[0], firstTokenTime[0], finishTime[0]]).toEqual([NaN, NaN, NaN]);
  expect(numCachedTokens[0]).toBe(0);
});

test("a request takes at most 64 bytes", () => {
  const columns = Object.values(new RequestTable(0).toColumns()).filter(
    (column) => typeof column !== "number",
  );
  const bytes = columns.map((column) => column.BYTES_PER_ELEMENT);
  expect(bytes).toHaveLength(10);
  expect(bytes.reduce((total, size) => total + size)).toBeLessThanOrEqual(64);
});

test("rows outlive the growth of the table, and columns handed out do not change with it", () => {
  const table = new RequestTable(1);
  const early = [0, 1, 2].map((index) => {
    table.onArrival(aRequest(index, { arrivalTime: index, priority: index }));
    return table.toColumns();
  });
  for (let index = 3; index < 5000; index++) {
    table.onArrival(aRequest(index, { arrivalTime: index, priority: index }));
  }
  const { length, arrivalTime, priority } = table.toColumns(true);
  expect(length).toBe(5000);
  expect(arrivalTime).toEqual(Float64Array.from({ length: 5000 }, (_, index) => index));
  expect(priority).toEqual(arrivalTime);
  expect(early.map((columns) => [...columns.arrivalTime])).toEqual([[0], [0, 1], [0, 1, 2]]);
});

test("a request out of order is a bug of the caller", () => {
  expect(() => new RequestTable().onArrival(aRequest(1))).toThrow("order of their index");
});
