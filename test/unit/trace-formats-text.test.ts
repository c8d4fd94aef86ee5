import { gzipSync } from "node:zlib";
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { readTrace } from "../../src/io/index.js";

const countTokens = (text: string) => text.split(" ").filter(Boolean).length;
const human = (value: string) => ({ from: "human", value });
const gpt = (value: string) => ({ from: "gpt", value });

describe("ShareGPT", () => {
  const conversations = [
    {
      id: "a",
      conversations: [human("one two three"), gpt("four five"), human("six"), gpt("seven")],
    },
    { id: "b", conversations: [human('eins [zwei] {drei \\" \n'), gpt("vier")] },
  ];
  const rows = [
    { arrivalTime: 0, numPromptTokens: 3, numOutputTokens: 2, session: 0 },
    {
      arrivalTime: 0,
      numPromptTokens: 6,
      numOutputTokens: 1,
      session: 0,
      after: { row: 0, delay: 0 },
      prefix: { row: 0, numTokens: 5 },
    },
    { arrivalTime: 0, numPromptTokens: 5, numOutputTokens: 1, session: 1 },
  ];

  test("an answer is a request, its prompt the conversation before it", async () => {
    const trace = await readTrace(JSON.stringify(conversations), { countTokens });
    expect(trace).toMatchObject({ format: "sharegpt", numRead: 3, numSkipped: 0, isTimed: false });
    expect(trace.rows).toEqual(rows);
    expect(trace.warnings).toEqual([]);
  });

  property.prop([fc.integer({ min: 1, max: 60 }), fc.constantFrom(0, 1, 2), fc.boolean()], {
    numRuns: 20,
  })("reads the same in pieces, indented or not, gzipped or not", async (size, indent, zipped) => {
    const text = JSON.stringify(conversations, null, indent);
    const bytes = zipped ? new Uint8Array(gzipSync(text)) : new TextEncoder().encode(text);
    async function* pieces() {
      for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
    }
    expect((await readTrace(pieces(), { countTokens })).rows).toEqual(rows);
  });

  test("may come a conversation a line", async () => {
    const text = conversations.map((c) => JSON.stringify(c)).join("\n");
    expect((await readTrace(text, { countTokens })).rows).toEqual(rows);
  });

  test("needs no tokenizer where the turns have lengths", async () => {
    const turns = [
      { from: "system", num_tokens: 100 },
      { from: "user", num_tokens: 20 },
      { from: "assistant", num_tokens: 7 },
    ];
    const { rows } = await readTrace(JSON.stringify([{ conversations: turns }]));
    expect(rows).toEqual([
      { arrivalTime: 0, numPromptTokens: 120, numOutputTokens: 7, session: 0 },
    ]);
  });

  test("an answer without question, an empty one, and a conversation without answer are counted", async () => {
    const text = JSON.stringify([
      { conversations: [gpt("left over"), human("go on"), gpt(""), human("well"), gpt("yes")] },
      { conversations: [human("hello")] },
      { conversations: [] },
    ]);
    const trace = await readTrace(text, { countTokens });
    expect(trace.rows).toEqual([
      { arrivalTime: 0, numPromptTokens: 5, numOutputTokens: 1, session: 0 },
    ]);
    expect(trace).toMatchObject({ numRead: 5, numSkipped: 4 });
    expect(trace.warnings).toEqual([
      "skipped 1 of 5 requests: an answer without a question",
      "skipped 1 of 5 requests: an empty answer",
      "skipped 2 of 5 requests: a conversation without an answer",
    ]);
  });

  test.each([
    [() => NaN, /line 1: the number of tokens that the tokenizer gave is NaN/],
    [
      () => {
        throw new Error("broken");
      },
      /line 1: the tokenizer failed: broken/,
    ],
  ])("a token counter that fails is an error with its line", async (broken, message) => {
    const reading = readTrace(JSON.stringify(conversations[0]), { countTokens: broken });
    await expect(reading).rejects.toThrow(message);
  });

  const one = (turn: object) => JSON.stringify([{ conversations: [turn] }], null, 1);
  test.each([
    ["no tokenizer", one(human("x")), {}, /line 2: .*a tokenizer is needed/],
    [
      "an unknown role",
      one({ from: "robot", value: "x" }),
      { countTokens },
      /line 2: conversations\[0\]\.from is "robot"; known are human/,
    ],
    [
      "no text",
      one({ from: "human" }),
      { countTokens },
      /line 2: conversations\[0\]\.value is missing/,
    ],
    [
      "an array cut off",
      one(human("x")).slice(0, -2),
      { countTokens },
      /line \d: the JSON array is cut off/,
    ],
    [
      "an array cut off within a string",
      '[\n{"conversations": [{"from": "hum',
      { countTokens },
      /line 2: the JSON array is cut off/,
    ],
    [
      "more behind the array",
      `${one(gpt("x"))} {}`,
      { countTokens },
      /invalid JSON: "\{" where the file should end/,
    ],
    [
      "a missing comma",
      '[{"conversations": []}\n{"conversations": []}]',
      {},
      /line 2: invalid JSON/,
    ],
    ["numbers in the array", "[1, 2]", {}, /line 1: invalid JSON: "1" where an array of objects/],
    [
      "a bad element",
      '[{"conversations": []},\n{"conversations": NaN}]',
      {},
      /line 2: invalid JSON/,
    ],
  ])("%s is an error with its line", async (_, text, options, message) => {
    await expect(readTrace(text, { name: "s.json", ...options })).rejects.toThrow(message);
  });
});

describe("a custom dataset of vllm bench serve", () => {
  test("has prompts, and lengths of output or the default", async () => {
    const text = '{"prompt": "a b c", "output_tokens": 10}\n\n{"prompt": "d"}\n';
    const trace = await readTrace(text, { countTokens });
    expect(trace.rows).toEqual([
      { arrivalTime: 0, numPromptTokens: 3, numOutputTokens: 10 },
      { arrivalTime: 0, numPromptTokens: 1, numOutputTokens: 256 },
    ]);
    expect(trace).toMatchObject({ format: "vllm-bench", isTimed: false });
    const { rows } = await readTrace(text, { countTokens, defaultOutputTokens: 9 });
    expect(rows.map((row) => row.numOutputTokens)).toEqual([10, 9]);
  });

  test.each([
    ['{"prompt": "a"}', {}, /line 1: .*a tokenizer is needed/],
    ['{"prompt": ""}', { countTokens }, /line 1: prompt is empty/],
    ['{"prompt": "a"}\n{"prompt": 5}', { countTokens }, /line 2: prompt is 5, not text/],
    ['{"prompt": "a", "output_tokens": 0}', { countTokens }, /output_tokens is 0/],
  ])("%s", async (text, options, message) => {
    await expect(readTrace(text, options)).rejects.toThrow(message);
  });
});

describe("JSON that is no trace", () => {
  test.each([
    [
      "unknown keys",
      '{"a": 1}',
      /line 1: unknown keys \{a\}; accepted are arrival_s.*TIMESTAMP.*Timestamp.*timestamp, input_length.*steps.*conversations.*prompt/,
    ],
    ["no object", '{"prompt": "a"}\n[1]', /line 2: the record is \[1\], not an object/],
    ["broken", '{"timestamp": 0, "input_length": NaN}', /line 1: invalid JSON/],
    ["an OpenAI batch file", '{"custom_id": "1", "prompt": "x"}', /dataset_path/],
    ["an empty array", "[]", /the trace is empty/],
  ])("%s", async (_, text, message) => {
    await expect(readTrace(text, { countTokens })).rejects.toThrow(message);
  });
});
