import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { formatRow, readTrace } from "../../src/io/index.js";
import { deriveSessions } from "../../src/workload/derive-sessions.js";
import { simulate } from "../../src/simulation/simulation.js";
import type { TraceRow } from "../../src/workload/trace-row.js";
import { tinyConfig } from "../support/configs.js";
import { publishedTraces, readPublished } from "../support/published-traces.js";

/** Blocks of 4 tokens, all but the last one full. */
const row = (arrivalTime: number, ids: readonly number[], numPromptTokens = 4 * ids.length) => ({
  arrivalTime,
  numPromptTokens,
  numOutputTokens: 2,
  prefix: { blockSize: 4, runs: Int32Array.from(ids.flatMap((id) => [id, 1])) },
});
const parents = (rows: readonly TraceRow[]) => deriveSessions(rows).map((r) => r.after?.row);

describe("a request follows the last one whose full blocks it begins with", () => {
  test("and comes its recorded distance after the end of that one", () => {
    const rows = [
      row(1, [0, 1, 2], 11),
      row(2, [7]),
      row(5, [0, 1, 3, 4], 15),
      row(9, [0, 1, 3, 5, 6]),
    ];
    expect(parents(rows)).toEqual([undefined, undefined, 0, 2]);
    expect(deriveSessions(rows)[3]!.after).toEqual({ row: 2, delay: 4 });
  });

  test("and of branches, each follows the same", () => {
    expect(parents([row(0, [0, 1]), row(1, [0, 1, 2]), row(2, [0, 1, 3])])).toEqual([
      undefined,
      0,
      0,
    ]);
  });

  test("not one that only holds what was common before, such as a system prompt", () => {
    expect(parents([row(0, [0, 1]), row(1, [0, 9], 7), row(2, [0, 2, 3])])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("not one that is as long: that is the same request again, which is followed in its place", () => {
    expect(parents([row(0, [0, 1]), row(1, [0, 1]), row(2, [0, 1, 2])])).toEqual([
      undefined,
      undefined,
      1,
    ]);
  });

  test("unless the trace says already what it follows", () => {
    const linked = { ...row(3, [0, 1, 2]), after: { row: 1, delay: 1 } };
    expect(parents([row(0, [0, 1]), row(1, [5]), linked])).toEqual([undefined, undefined, 1]);
  });
});

test.prop([
  fc.array(fc.tuple(fc.array(fc.nat(2), { minLength: 1, maxLength: 5 }), fc.nat(3)), {
    minLength: 1,
    maxLength: 20,
  }),
])("what is followed begins every prompt that follows it, is shorter, and came before", (plans) => {
  // Ids name whole paths, as the ids of prefixes do.
  const rows = plans.map(([path, cut], i) => {
    const ids = path.map((_, at) => Number(`1${path.slice(0, at + 1).join("")}`));
    return row(i, ids, 4 * ids.length - cut);
  });
  deriveSessions(rows).forEach(({ after }, i) => {
    if (after === undefined) return;
    const [parent, child] = [rows[after.row]!, rows[i]!];
    expect(after.row).toBeLessThan(i);
    expect(after.delay).toBe(child.arrivalTime - parent.arrivalTime);
    expect(parent.numPromptTokens).toBeLessThan(child.numPromptTokens);
    const numFull = Math.floor(parent.numPromptTokens / 4);
    expect(child.prefix.runs.subarray(0, 2 * numFull)).toEqual(
      parent.prefix.runs.subarray(0, 2 * numFull),
    );
  });
});

describe("trace_sessions", () => {
  const none = { arrivalPattern: undefined, arrivalRate: undefined, numRequests: undefined };
  const run = (trace: readonly TraceRow[], workload = {}) =>
    simulate(tinyConfig({ workload: { ...none, trace, traceSessions: true, ...workload } }));

  test("makes a request wait for the one that it continues, and says how many do", () => {
    const { requests, notes } = run([row(0, [0, 1]), row(0.5, [0, 1, 2]), row(0.6, [9])]);
    expect(requests.arrivalTime[1]).toBe(requests.finishTime[0]! + 0.5);
    expect(notes).toContain("trace_sessions: 1 of 3 requests linked to an earlier one");
  });

  test("keeps sessions whole in a sample", () => {
    const pairs = Array.from({ length: 40 }, (_, i) => [
      row(i, [2 * i + 100]),
      row(i + 0.5, [2 * i + 100, 2 * i + 101]),
    ]).flat();
    const { counts, requests } = run(pairs, { sample: 0.5 });
    expect(counts.total).toBeGreaterThan(0);
    expect(counts.total).toBeLessThan(80);
    expect(requests.numPromptTokens.filter((length) => length === 8)).toHaveLength(
      counts.total / 2,
    );
  });

  test("has no meaning without prefix ids", () => {
    const bare = [{ arrivalTime: 0, numPromptTokens: 4, numOutputTokens: 1 }];
    expect(() => run(bare)).toThrow("workload.traceSessions: has no meaning for a trace without");
  });
});

describe.skipIf(publishedTraces() === undefined)("in the Mooncake conversations", () => {
  test("every link lies in the past by more than the trace's tick, and a third of requests have one", async () => {
    const { rows } = await readPublished("mooncake_fast25_conversation.jsonl.gz");
    const linked = deriveSessions(rows).filter((r) => r.after !== undefined);
    expect(linked.length / rows.length).toBeGreaterThan(0.3);
    for (const { after } of linked) expect(after!.delay).toBeGreaterThan(3);
    const converted = await readTrace(
      deriveSessions(rows)
        .map((r) => `${formatRow(r)}\n`)
        .join(""),
    );
    expect(converted.rows.filter((r) => r.after !== undefined)).toHaveLength(linked.length);
  });
});
