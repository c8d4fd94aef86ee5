import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { RequestStatus } from "../../src/request/request.js";
import { simulate } from "../../src/simulation/simulation.js";
import { createWorkload, type WorkloadSettings } from "../../src/workload/create.js";
import type { TraceRow } from "../../src/workload/trace-row.js";
import { tinyConfig } from "../support/configs.js";
import { driveWorkload, type Sent } from "../support/drive-workload.js";

/** Rows are told by their prompt lengths. */
const row = (id: number, arrivalTime: number, after?: readonly [row: number, delay: number]) => ({
  arrivalTime,
  numPromptTokens: id,
  numOutputTokens: 2,
  ...(after && { after: { row: after[0], delay: after[1] } }),
});
const idsOf = (sent: readonly Sent[]) => sent.map((request) => request.numPromptTokens);
const drive = (settings: WorkloadSettings, serviceTime = 1) =>
  driveWorkload(createWorkload(settings), () => serviceTime);

/** Forests of up to 25 rows, ids 1, 2, … in order of recorded arrival. */
const arbForest: fc.Arbitrary<TraceRow[]> = fc
  .array(
    fc.record({
      parent: fc.option(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })),
      delay: fc.constantFrom(0, 0.5, 3),
      gap: fc.constantFrom(0, 0.25, 2),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((plans) => {
    let time = 0;
    return plans.map(({ parent, delay, gap }, i) => {
      time += gap;
      const after =
        parent === null || i === 0 ? undefined : ([Math.floor(parent * i), delay] as const);
      return row(i + 1, time, after);
    });
  });

/** One session of three turns, and one of a single request. */
const trace = [row(1, 0), row(2, 5, [0, 2]), row(3, 7), row(4, 9, [1, 4])];

describe("sessions of a trace", () => {
  test.prop([
    arbForest,
    fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { minLength: 25, maxLength: 25 }),
  ])(
    "a row arrives exactly a delay after the end of the one that it follows, others at their own times, and all arrive",
    (rows, serviceTimes) => {
      const sent = driveWorkload(createWorkload({ trace: rows }), (i) => serviceTimes[i]!);
      expect(idsOf(sent).sort((a, b) => a - b)).toEqual(rows.map((_, i) => i + 1));
      const byId = new Map(sent.map((request) => [request.numPromptTokens, request]));
      rows.forEach(({ after, arrivalTime }, i) => {
        const parent = after && byId.get(after.row + 1)!;
        expect(byId.get(i + 1)!.arrivalTime).toBe(
          parent === undefined ? arrivalTime - rows[0]!.arrivalTime : parent.endTime + after!.delay,
        );
      });
      expect(createWorkload({ trace: rows }).numRequests).toBe(rows.length);
    },
  );

  test("start at the times of a pattern, which is one of sessions", () => {
    const sent = drive({ trace, arrivalPattern: "fixed_rate", arrivalRate: 0.5 });
    expect(sent.map((r) => [r.numPromptTokens, r.arrivalTime])).toEqual([
      [1, 0],
      [3, 2],
      [2, 3],
      [4, 8],
    ]);
  });

  test.prop([arbForest, fc.integer({ min: 1, max: 4 }), fc.infiniteStream(fc.nat(20))])(
    "in a closed loop at most so many are open, each is whole, and all are sent",
    (rows, numConcurrentUsers, times) => {
      // Without delays each open session of a chain has one request under way.
      const parents = new Set<number>();
      const chains = rows.map((each) => {
        if (each.after === undefined || parents.has(each.after.row))
          return { ...each, after: undefined };
        parents.add(each.after.row);
        return { ...each, after: { ...each.after, delay: 0 } };
      });
      const workload = createWorkload({
        trace: chains,
        arrivalPattern: "closed_loop",
        numConcurrentUsers,
      });
      let most = 0;
      const sent = driveWorkload(
        workload,
        () => 1 + times.next().value,
        (numUnderWay) => (most = Math.max(most, numUnderWay)),
      );
      expect(most).toBe(Math.min(numConcurrentUsers, chains.filter((r) => !r.after).length));
      expect(idsOf(sent).sort((a, b) => a - b)).toEqual(rows.map((_, i) => i + 1));
    },
  );

  test("in a closed loop keep their user while they think", () => {
    const settings: WorkloadSettings = {
      trace,
      arrivalPattern: "closed_loop",
      numConcurrentUsers: 1,
    };
    expect(drive(settings).map((r) => [r.numPromptTokens, r.arrivalTime])).toEqual([
      [1, 0],
      [2, 3],
      [4, 8],
      [3, 9],
    ]);
  });

  test("are repeated until there are num_requests, and none is sent after them", () => {
    const settings: WorkloadSettings = {
      trace,
      arrivalPattern: "closed_loop",
      numConcurrentUsers: 1,
      numRequests: 6,
    };
    expect(idsOf(drive(settings))).toEqual([1, 2, 4, 3, 1, 2]);
    expect(createWorkload(settings).numRequests).toBe(6);
  });

  test("end with the duration: nothing arrives at or after it", () => {
    expect(idsOf(drive({ trace, durationSecs: 8 }))).toEqual([1, 2, 3]);
    expect(idsOf(drive({ trace, durationSecs: 8.001 }))).toEqual([1, 2, 3, 4]);
    const endless: WorkloadSettings = {
      trace,
      arrivalPattern: "closed_loop",
      numConcurrentUsers: 1,
      durationSecs: 15,
    };
    expect(idsOf(drive(endless))).toEqual([1, 2, 4, 3, 1, 2]);
  });

  test("keep how long a client waits, from the arrival that the simulation gives it", () => {
    const [, second] = drive({
      trace: [row(1, 0), { ...row(2, 5, [0, 2]), abortTime: 6 }],
    });
    expect(second!.arrivalTime).toBe(3);
    expect(second!.abortTime).toBe(4);
  });
});

describe("in a simulation", () => {
  const run = (rows: readonly TraceRow[], workload = {}) =>
    simulate(
      tinyConfig({
        workload: {
          arrivalPattern: undefined,
          arrivalRate: undefined,
          numRequests: undefined,
          inputLenDist: undefined,
          outputLenDist: undefined,
          trace: rows,
          ...workload,
        },
      }),
    );

  test("the next turn arrives a think time after the last token, to the bit", () => {
    const { requests } = run([row(10, 0), row(12, 9, [0, 0.125]), row(14, 9, [1, 0.5])]);
    expect(requests.arrivalTime[1]).toBe(requests.finishTime[0]! + 0.125);
    expect(requests.arrivalTime[2]).toBe(requests.finishTime[1]! + 0.5);
  });

  test("what follows a rejected or an aborted request comes all the same", () => {
    const { counts, requests } = run([
      row(100, 0), // longer than the model allows
      row(8, 1, [0, 3]),
      { ...row(8, 5, [1, 1]), numOutputTokens: 40, abortTime: 5.0025 },
      row(8, 6, [2, 0.5]),
    ]);
    expect(counts).toMatchObject({ total: 4, rejected: 1, aborted: 1, completed: 2 });
    expect([...requests.status]).toEqual([
      RequestStatus.Rejected,
      RequestStatus.Finished,
      RequestStatus.Aborted,
      RequestStatus.Finished,
    ]);
    expect(requests.arrivalTime[1]).toBe(3);
    expect(requests.arrivalTime[3]).toBe(requests.finishTime[2]! + 0.5);
  });

  test.prop([
    arbForest,
    fc.record({
      numRequests: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
      durationSecs: fc.option(fc.constantFrom(0.001, 1, 5), { nil: undefined }),
      maxRequests: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
      timeWindow: fc.constantFrom(undefined, [0, 4] as const),
    }),
    fc.boolean(),
  ])("no row is lost: read = simulated + rejected + skipped", (rows, limits, tooLong) => {
    // The last row is one that the model has no room for.
    const all = tooLong ? [...rows, row(70, 100)] : rows;
    const { counts, notes } = run(all, limits);
    const note = notes.find((line) => line.startsWith("trace: "))!;
    const [, read, simulated, rejected, skipped] =
      /(\d+) requests? read = (\d+) simulated \+ (\d+) rejected \+ (\d+) skipped/
        .exec(note)!
        .map(Number);
    expect(read).toBe(all.length);
    expect(simulated! + rejected! + skipped!).toBe(read);
    expect(simulated).toBe(counts.completed);
    expect(rejected).toBe(counts.rejected);
  });

  test("a session whose every turn is rejected is in the result, not an error", () => {
    const { counts } = run([row(100, 1), row(101, 1, [0, 0]), row(102, 1, [1, 0])]);
    expect(counts).toMatchObject({ total: 3, rejected: 3 });
  });

  test("the note says what left rows out", () => {
    const { notes } = run(trace, { timeWindow: [0, 9], numRequests: 2 });
    expect(notes).toContain(
      "trace: 4 requests read = 2 simulated + 0 rejected + 2 skipped (1 by time_window, 1 not sent before the end)",
    );
    expect(run(trace, { arrivalPattern: "batched", numRequests: 6 }).notes).toContain(
      "trace: 4 requests read; sent again and again: 6 = 6 simulated + 0 rejected",
    );
  });

  test("a scaling that leaves nothing is an error that names the key", () => {
    expect(() => run(trace, { timeWindow: [50, 60] })).toThrow(
      "workload.timeWindow: leaves none of the 4 requests of the trace",
    );
  });
});
