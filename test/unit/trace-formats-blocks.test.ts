import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readTrace } from "../../src/io/index.js";

const lines = (...records: object[]) => records.map((r) => `${JSON.stringify(r)}\n`).join("");
const ids = (blockSize: number, ...runs: number[]) => ({ blockSize, runs: Int32Array.from(runs) });

async function problemOf(...records: object[]): Promise<string> {
  const error = await readTrace(lines(...records), { name: "t" }).catch(
    (reason: unknown) => reason,
  );
  return (error as Error).message;
}

describe("Mooncake", () => {
  const request = { timestamp: 3000, input_length: 1025, output_length: 5, hash_ids: [7, 8, 20] };

  test("has milliseconds, and an id for each block of 512 tokens begun", async () => {
    for (const source of [lines(request), gzipSync(lines(request))]) {
      const { rows, format } = await readTrace(source);
      expect(format).toBe("mooncake");
      expect(rows).toEqual([
        {
          arrivalTime: 3,
          numPromptTokens: 1025,
          numOutputTokens: 5,
          prefix: ids(512, 7, 2, 20, 1),
        },
      ]);
    }
  });

  test("may lack ids, and tokens of output", async () => {
    const { rows } = await readTrace(lines({ timestamp: 0, input_length: 3, output_length: 0 }));
    expect(rows).toEqual([{ arrivalTime: 0, numPromptTokens: 3, numOutputTokens: 1 }]);
  });

  test.each([
    [
      "too few ids",
      { hash_ids: [7, 8] },
      "hash_ids holds 2 ids, but a prompt of 1025 tokens has 3 blocks of 512",
    ],
    ["too many ids", { hash_ids: [1, 2, 3, 4] }, "hash_ids holds 4 ids"],
    ["an id that is none", { hash_ids: [7, 8, "x"] }, 'hash_ids holds "x"; ids must be integers'],
    ["no list of ids", { hash_ids: 7 }, "hash_ids is 7, not a list"],
    ["no length", { input_length: undefined }, "input_length is missing"],
    ["a length of null", { output_length: null }, "output_length is null; it must be an integer"],
    ["a negative length", { input_length: -1 }, "input_length is -1; it must be an integer from 1"],
    ["a text for a time", { timestamp: "0" }, 'timestamp is "0", not a finite number'],
    ["a negative time", { timestamp: -3 }, "timestamp is -3; times must not be negative"],
  ])("with %s is an error with its line", async (_, change, message) => {
    const problem = await problemOf(request, { ...request, ...change });
    expect(problem).toContain(`t, line 2: ${message}`);
  });
});

describe("LLMServingSim", () => {
  test("has ids of full blocks of 16 tokens, in its recorded run", async () => {
    const request = { arrival_s: 0.5, input_tokens: 40, output_tokens: 2, hash_ids_16: [3, 4] };
    const { rows, format } = await readTrace(lines(request));
    expect(format).toBe("llmservingsim");
    expect(rows).toEqual([
      { arrivalTime: 0.5, numPromptTokens: 40, numOutputTokens: 2, prefix: ids(16, 3, 2) },
    ]);
    expect(await problemOf({ ...request, hash_ids_16: [3, 4, 5] })).toContain(
      "t, line 1: hash_ids_16 holds 3 ids, but a prompt of 40 tokens has 2 full blocks of 16",
    );
  });

  const tokens = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

  test("has token ids: the same id for the same tokens after the same tokens", async () => {
    const a = {
      input_toks: 40,
      output_toks: 1,
      arrival_time_ns: 5e8,
      input_tok_ids: tokens(0, 40),
    };
    const b = { ...a, input_tok_ids: [...tokens(0, 16), ...tokens(90, 24)] };
    const c = { ...a, input_tok_ids: [...tokens(90, 24), ...tokens(0, 16)] };
    const { rows } = await readTrace(lines(a, b, c, a));
    expect(rows.map((row) => row.prefix)).toEqual([
      ids(16, 0, 2),
      ids(16, 0, 1, 2, 1),
      ids(16, 3, 2),
      ids(16, 0, 2),
    ]);
    expect(rows[0]!.arrivalTime).toBe(0.5);
    expect(await problemOf({ ...a, input_toks: 41 })).toContain(
      "holds 40 ids, but input_toks is 41",
    );
  });

  test("has sessions: each call comes its predecessor's tool time after that one's end", async () => {
    const session = {
      session_id: "task-0",
      arrival_time_ns: 2e9,
      sub_requests: [
        { input_toks: 10, output_toks: 3, tool_duration_ns: 25e7 },
        { input_toks: 20, output_toks: 4, tool_duration_ns: 0 },
      ],
    };
    const flat = { input_toks: 5, output_toks: 1, arrival_time_ns: 1e9 };
    const { rows } = await readTrace(lines(session, flat));
    expect(rows).toEqual([
      { arrivalTime: 1, numPromptTokens: 5, numOutputTokens: 1 },
      { arrivalTime: 2, numPromptTokens: 10, numOutputTokens: 3, session: 0 },
      {
        arrivalTime: 2,
        numPromptTokens: 20,
        numOutputTokens: 4,
        session: 0,
        after: { row: 1, delay: 0.25 },
      },
    ]);
    const broken = { ...session, sub_requests: [{ input_toks: 1 }] };
    expect(await problemOf(flat, broken)).toContain(
      "t, line 2: sub_requests[0]: output_toks is missing",
    );
  });
});

describe("agentic sessions", () => {
  const step = (t: number, think: number | null, input: number, h: number[][], more = {}) => ({
    t,
    in: input,
    out: 5,
    reuse: 0,
    think,
    api: 2,
    h,
    ...more,
  });
  const session = (...steps: object[]) => ({ id: "trace_1", block: 64, steps });

  test("are chains; a range of ids includes its last, and has one for each full block", async () => {
    const { rows, format, numRead, warnings } = await readTrace(
      lines(
        session(
          step(0, 0, 130, [[1, 2]]),
          step(9.5, 7.25, 260, [
            [1, 2],
            [5, 6],
          ]),
        ),
      ),
    );
    expect({ format, numRead, warnings }).toEqual({ format: "agentic", numRead: 2, warnings: [] });
    expect(rows).toEqual([
      {
        arrivalTime: 0,
        numPromptTokens: 130,
        numOutputTokens: 5,
        session: 0,
        prefix: ids(64, 1, 2),
      },
      {
        arrivalTime: 9.5,
        numPromptTokens: 260,
        numOutputTokens: 5,
        session: 0,
        prefix: ids(64, 1, 2, 5, 2),
        after: { row: 0, delay: 7.25 },
      },
    ]);
  });

  test("do not share ids", async () => {
    const one = session(step(0, 0, 130, [[1, 2]]));
    const { rows } = await readTrace(lines(one, one));
    expect(rows.map((row) => row.prefix)).toEqual([ids(64, 1, 2), ids(64, 4, 2)]);
    expect(rows.map((row) => row.session)).toEqual([0, 1]);
  });

  test("where no pause was recorded, it is the gap between the end of a step and the next", async () => {
    const { rows } = await readTrace(
      lines(
        session(
          step(0, 0, 10, []),
          step(9, null, 10, [], { api: null }),
          step(12, null, 10, []),
          step(13, null, 10, []),
        ),
      ),
    );
    expect(rows.map((row) => row.after?.delay)).toEqual([undefined, 7, 3, 0]);
  });

  test("a sub-agent starts after the step before it, and nobody waits for it", async () => {
    const { rows } = await readTrace(
      lines(
        session(
          step(0, 0, 64, [[1, 1]]),
          { t: 5, kind: "Explore", sub: [step(0, 0, 64, [[9, 9]]), step(20, 3, 64, [[9, 9]])] },
          step(8, 6, 64, [[1, 1]]),
        ),
        session(step(0, 0, 64, [[1, 1]])),
      ),
    );
    expect(rows.map((row) => [row.arrivalTime, row.session, row.after])).toEqual([
      [0, 0, undefined],
      [0, 1, undefined],
      [5, 0, { row: 0, delay: 3 }],
      [8, 0, { row: 0, delay: 6 }],
      [25, 0, { row: 2, delay: 3 }],
    ]);
    expect(rows[1]!.prefix).toEqual(ids(64, 11, 1)); // behind the sub-agent's
  });

  test.each([
    [
      "too few ids",
      step(0, 0, 130, [[1, 1]]),
      "h holds 1 ids, but a prompt of 130 tokens has 2 full blocks of 64",
    ],
    ["a range backwards", step(0, 0, 130, [[2, 1]]), "h holds [2,1], not a range"],
    ["no range", step(0, 0, 130, [[1]]), "h holds [1], not a range"],
    ["no length", step(0, 0, 130, [[1, 2]], { in: undefined }), "in is missing"],
    ["a negative pause", step(9, -1, 130, [[1, 2]]), "think is -1; times must not be negative"],
  ])("with %s are an error with line and step", async (_, broken, message) => {
    const good = session(step(0, 0, 64, [[1, 1]]));
    expect(await problemOf(good, session(step(0, 0, 64, [[1, 1]]), broken))).toContain(
      `t, line 2: steps[1]: ${message}`,
    );
    expect(
      await problemOf(
        good,
        session(step(0, 0, 64, [[1, 1]]), { t: 1, sub: [step(0, 0, 64, [[1, 1]]), broken] }),
      ),
    ).toContain(`t, line 2: steps[1].sub[1]: ${message}`);
  });
});
