import { gzipSync } from "node:zlib";
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { formatRow, readTrace, type TraceRow } from "../../src/io/index.js";

const textOf = (rows: readonly TraceRow[]) => rows.map((row) => `${formatRow(row)}\n`).join("");

const count = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const time = fc.double({ min: 0, max: 1e9, noNaN: true });

/** A row and how far back the row lies that it follows and begins like. */
const draft = fc.record({
  gap: fc.constantFrom(0, 0.1, 1 / 3),
  back: fc.nat({ max: 9 }),
  numPromptTokens: count,
  numOutputTokens: count,
  maxTokens: fc.option(count, { nil: undefined }),
  priority: fc.option(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
    {
      nil: undefined,
    },
  ),
  patience: fc.option(time, { nil: undefined }),
  kind: fc.constantFrom("none", "ids", "row"),
  delay: fc.option(time, { nil: undefined }),
  session: fc.option(fc.nat({ max: 9 }), { nil: undefined }),
});

const rowsArb = fc.array(draft, { minLength: 1, maxLength: 20 }).map((drafts) => {
  const rows: TraceRow[] = [];
  let arrivalTime = 0;
  for (const { gap, back, kind, patience, delay, ...rest } of drafts) {
    arrivalTime += gap;
    const row = rows.length - 1 - back;
    const parent = rows[row];
    rows.push({
      ...rest,
      arrivalTime,
      abortTime: patience === undefined ? undefined : arrivalTime + patience,
      after: parent === undefined || delay === undefined ? undefined : { row, delay },
      prefix:
        kind === "ids"
          ? { blockSize: rest.numPromptTokens, runs: Int32Array.of(7 * back, 1) }
          : kind === "row" && parent !== undefined
            ? { row, numTokens: Math.min(parent.numPromptTokens, rest.numPromptTokens) }
            : undefined,
    });
  }
  return rows;
});

describe("request lines", () => {
  property.prop([rowsArb, fc.boolean()], { numRuns: 100 })(
    "are read as they were written",
    async (rows, zipped) => {
      const text = textOf(rows);
      const trace = await readTrace(zipped ? new Uint8Array(gzipSync(text)) : text);
      expect(trace.rows).toEqual(rows);
      expect(trace).toMatchObject({ format: "requests", numRead: rows.length, warnings: [] });
    },
  );

  test("out of order are sorted, and their links follow them", async () => {
    const row = (arrivalTime: number, more = {}) => ({
      arrivalTime,
      numPromptTokens: 9,
      numOutputTokens: 1,
      ...more,
    });
    const { rows, warnings } = await readTrace(
      textOf([
        row(5),
        row(6, { after: { row: 0, delay: 1 }, prefix: { row: 0, numTokens: 9 } }),
        row(1),
        row(7, { after: { row: 2, delay: 2 } }),
      ]),
    );
    expect(rows).toEqual([
      row(1),
      row(5),
      row(6, { after: { row: 1, delay: 1 }, prefix: { row: 1, numTokens: 9 } }),
      row(7, { after: { row: 0, delay: 2 } }),
    ]);
    expect(warnings).toEqual([expect.stringContaining("1 of 4 requests")]);
  });

  const first = { arrival_time: 1, num_prompt_tokens: 30, num_output_tokens: 2 };
  test.each([
    ["an unknown key", { priorty: 1 }, 'unknown key "priorty"; known are arrival_time'],
    ["an unknown key within", { after: { row: 0, dely: 1 } }, 'unknown key "after.dely"'],
    [
      "a link to itself",
      { after: { row: 1, delay: 0 } },
      "after names row 1, but only 1 rows stand before",
    ],
    [
      "a link to a later arrival",
      { arrival_time: 0, after: { row: 0, delay: 0 } },
      "after names row 0, which arrives later",
    ],
    ["a link without delay", { after: { row: 0 } }, "after.delay is missing"],
    [
      "a prefix longer than the prompt",
      { prefix: { row: 0, num_tokens: 31 } },
      "the prefix of 31 tokens is longer",
    ],
    [
      "a prefix longer than the other row",
      { num_prompt_tokens: 99, prefix: { row: 0, num_tokens: 33 } },
      "the prefix of 33 tokens is longer",
    ],
    [
      "more ids than blocks",
      { prefix: { block_size: 16, runs: [1, 3] } },
      "prefix.runs holds 3 ids, but a prompt of 30 tokens has 2 blocks of 16",
    ],
    ["half a run", { prefix: { block_size: 16, runs: [1] } }, "prefix.runs must be pairs"],
    ["an empty run", { prefix: { block_size: 16, runs: [1, 0] } }, "prefix.runs[1] is 0"],
    [
      "ids beyond 32 bits",
      { prefix: { block_size: 15, runs: [2147483647, 2] } },
      "prefix.runs[1]: the last id of the run exceeds 2147483647",
    ],
    [
      "an abort before the arrival",
      { abort_time: 0.5 },
      "abort_time is 0.5, before the arrival at 1",
    ],
    ["no output", { num_output_tokens: 0 }, "num_output_tokens is 0"],
  ])("with %s are an error with its line", async (_, change, message) => {
    const text = `${JSON.stringify(first)}\n${JSON.stringify({ ...first, ...change })}\n`;
    await expect(readTrace(text, { name: "r.jsonl" })).rejects.toThrow(
      `r.jsonl, line 2: ${message}`,
    );
  });
});
