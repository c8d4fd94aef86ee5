import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ConfigError, TraceError } from "../../src/base/errors.js";
import { type DatasetOptions, fromOpenAIBatch } from "../../src/io/index.js";
import { configToJson } from "../../src/simulation/result-json.js";
import { simulate, type SimulationConfig, type WorkloadConfig } from "../../src/index.js";
import { resolve } from "../../src/simulation/resolve.js";
import { parseConfig } from "../../src/config/index.js";
import { DatasetBodies, type DatasetRow } from "../../src/workload/dataset.js";
import { LabelSampler } from "../../src/workload/labels.js";
import { PrefixKeys } from "../../src/workload/prefix-keys.js";
import { tinyConfig } from "../support/configs.js";
import { gpt2_4k, letters } from "../support/tokenizers.js";

const chat = (content: string, more = {}) =>
  JSON.stringify({ messages: [{ role: "user", content }], ...more });
const completion = (prompt: unknown, more = {}) => JSON.stringify({ prompt, ...more });
const lines = (...text: string[]) => `${text.join("\n")}\n`;

/** With one token a letter, in blocks of 4. */
const read = (text: string | AsyncIterable<Uint8Array>, options: Partial<DatasetOptions> = {}) =>
  fromOpenAIBatch(text, {
    tokenizer: letters,
    chatTemplate: "{{user}}",
    blockSize: 4,
    ...options,
  });

function fail(): never {
  throw new Error("out of order");
}

describe("reading a dataset", () => {
  test("gives a row for each line: its length, its bound, and its blocks", async () => {
    const text = lines(chat("abcdefgh", { max_tokens: 9 }), "", chat("abcdxyz"), chat("abc"));
    expect(await read(text)).toEqual([
      { numPromptTokens: 8, maxTokens: 9, prefix: { blockSize: 4, runs: Int32Array.of(0, 2) } },
      { numPromptTokens: 7, prefix: { blockSize: 4, runs: Int32Array.of(0, 1) } },
      { numPromptTokens: 3 },
    ]);
  });

  test("takes gzip, Windows line ends and pieces cut anywhere", async () => {
    const text = lines(chat("naïve 👩‍🚀"), completion("äöü"));
    const rows = await read(text);
    const bytes = new TextEncoder().encode(text.replaceAll("\n", "\r\n"));
    for (const data of [bytes, new Uint8Array(gzipSync(bytes))]) {
      expect(await read(inPieces(data, 3))).toEqual(rows);
    }
  });

  test("takes token ids as they are, and text with what the tokenizer adds", async () => {
    const rows = await read(lines(completion([5, 6, 7]), completion("abc"), chat("abc")));
    expect(rows.map((row) => row.numPromptTokens)).toEqual([3, 4, 3]);
  });

  test("never has BOS twice", async () => {
    const tokenizer = { ...letters, specialTokens: { bos_token: "<s>" } };
    const lengths = async (chatTemplate: string, line: string) =>
      (await read(line, { tokenizer, chatTemplate })).map((row) => row.numPromptTokens);
    expect(await lengths("{{bos_token}}{{user}}", chat("a"))).toEqual([4]);
    expect(await lengths("None", chat("a"))).toEqual([1 + "user: a".length]);
    expect(await lengths("None", completion("<s>a"))).toEqual([4]);
  });

  test("reads no more than it is asked for", async () => {
    let numPieces = 0;
    async function* endless() {
      for (;;) {
        numPieces++;
        yield new TextEncoder().encode(lines(chat("abcd")));
        if (numPieces > 20) throw new Error("too much was read");
      }
    }
    expect(await read(endless(), { maxRequests: 5 })).toHaveLength(5);
    expect(await read(lines(chat("a"), "broken"), { maxRequests: 1 })).toHaveLength(1);
  });

  test.each([
    ["throws", () => fail(), /the tokenizer failed: out of order/],
    ["gives NaN", () => [1, NaN], /the tokenizer gave NaN as token 1; ids must be integers/],
    ["gives a negative id", () => [-5], /the tokenizer gave -5 as token 0/],
    ["gives nothing", () => undefined as never, /the tokenizer gave no list of token ids/],
  ])("with a tokenizer that %s is a TraceError with its line", async (_, encode, message) => {
    const reading = read(lines("", chat("a")), { name: "data", tokenizer: { encode } });
    await expect(reading).rejects.toThrow(TraceError);
    await expect(reading).rejects.toThrow(/^data, line 2: /);
    await expect(reading).rejects.toThrow(message);
  });

  test("tells its progress after each request, and can be stopped", async () => {
    const told: object[] = [];
    await read(lines(chat("abc"), chat("de")), { onProgress: (progress) => told.push(progress) });
    expect(told).toEqual([
      { numRequests: 1, numTokens: 3 },
      { numRequests: 2, numTokens: 5 },
    ]);
    const stop = new AbortController();
    const stopped = read(lines(chat("abc"), chat("de")), {
      signal: stop.signal,
      onProgress: () => stop.abort(new Error("stopped")),
    });
    await expect(stopped).rejects.toThrow("stopped");
  });

  test("needs a chat template where there are messages, the tokenizer's or one that is given", async () => {
    const options = { chatTemplate: undefined };
    expect(await read(completion("abc"), options)).toHaveLength(1);
    await expect(read(chat("abc"), options)).rejects.toThrow(
      /line 1: messages need a chat template/,
    );
    const tokenizer = { ...letters, chatTemplate: "[{{user}}]" };
    expect(await read(chat("abc"), { ...options, tokenizer })).toMatchObject([
      { numPromptTokens: 5 },
    ]);
  });

  test.each([
    ["invalid JSON", lines(chat("a"), "", "{"), 3, /^data, line 3: not valid JSON/],
    ["an unknown role", '{"messages": [{"role": "bot", "content": ""}]}', 1, /line 1: .*"bot"/],
    ["a prompt without tokens", completion([]), 1, /line 1: the prompt has no tokens/],
    ["nothing", "\n \n", undefined, /^data: the dataset is empty/],
  ])("with %s is a TraceError with its line", async (_, text, line, message) => {
    const error = await read(text, { name: "data" }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TraceError);
    expect(error).toMatchObject({ line, message: expect.stringMatching(message) as string });
  });

  test("with a real tokenizer has its lengths", async () => {
    const tokenizer = await gpt2_4k();
    const [row] = await read(chat("Hello!"), { tokenizer, chatTemplate: "None" });
    expect(row!.numPromptTokens).toBe(tokenizer.encode("user: Hello!", false).length);
    expect(row!.numPromptTokens).toBeLessThan("user: Hello!".length);
  });
});

async function* inPieces(data: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < data.length; i += size) yield data.subarray(i, i + size);
}

// ---- as a workload

const rows: readonly DatasetRow[] = [
  { numPromptTokens: 8, maxTokens: 2, prefix: { blockSize: 4, runs: Int32Array.of(0, 2) } },
  { numPromptTokens: 9, prefix: { blockSize: 4, runs: Int32Array.of(0, 1, 2, 1) } },
  { numPromptTokens: 3, maxTokens: 50 },
];

function config(workload: Partial<WorkloadConfig> = {}): SimulationConfig {
  return tinyConfig({
    workload: { numRequests: undefined, inputLenDist: undefined, dataset: rows, ...workload },
  });
}

describe("a dataset as a workload", () => {
  test("is sent once; the output is as the distribution says, up to max_tokens", () => {
    const { requests, counts } = simulate(config());
    expect(counts).toMatchObject({ total: 3, completed: 3 });
    expect([...requests.numPromptTokens]).toEqual([8, 9, 3]);
    expect([...requests.numOutputTokens]).toEqual([2, 4, 4]);
  });

  test("may be sent in part, or again and again, with new output lengths each time", () => {
    const outputLenDist = { type: "uniform", min: 1, max: 20 } as const;
    const { requests } = simulate(config({ numRequests: 7, outputLenDist }));
    expect([...requests.numPromptTokens]).toEqual([8, 9, 3, 8, 9, 3, 8]);
    expect(requests.numOutputTokens[1]).not.toBe(requests.numOutputTokens[4]);
    expect(simulate(config({ numRequests: 2 })).counts.total).toBe(2);
    const timed = simulate(config({ durationSecs: 0.1 })); // 100 requests/s
    expect(timed.counts.total).toBe(10);
  });

  test.each([
    { arrivalPattern: "poisson" },
    { arrivalPattern: "uniform" },
    { arrivalPattern: "fixed_rate" },
    { arrivalPattern: "burst" },
    { arrivalPattern: "gamma" },
    { arrivalPattern: "batched", arrivalRate: undefined },
    { arrivalPattern: "closed_loop", numConcurrentUsers: 2, arrivalRate: undefined },
  ] as const)("goes with $arrivalPattern arrivals", (arrivals) => {
    const { counts, requests } = simulate(config(arrivals));
    expect(counts).toMatchObject({ total: 3, completed: 3 });
    expect([...requests.numPromptTokens]).toEqual([8, 9, 3]);
  });

  test("without a bound on the output leaves it what max_seq_len leaves", () => {
    const outputs = { outputLenDist: { type: "fixed", value: 1000 } } as const;
    expect([...simulate(config(outputs)).requests.numOutputTokens]).toEqual([2, 64 - 9, 50]);
    const bodies = new DatasetBodies(rows, undefined, {
      ...outputs,
      maxTokens: undefined,
      maxSeqLen: 64,
      priorities: undefined,
      labels: new LabelSampler({}, 42),
      seed: 1,
    });
    const bounds = [0, 1, 2].map((i) => bodies.request(i, 0).maxTokens);
    expect(bounds).toEqual([2, 55, 50]);
    const all = simulate(config({ ...outputs, maxTokens: 7 }));
    expect([...all.requests.numOutputTokens]).toEqual([2, 7, 50]);
  });

  test("with a prompt that is too long has it rejected, and counted", () => {
    const { counts } = simulate(config({ dataset: [...rows, { numPromptTokens: 64 }] }));
    expect(counts).toMatchObject({ total: 4, completed: 3, rejected: 1 });
  });

  test("finds the blocks that its prompts have in common, on every pass", () => {
    const slowly = { arrivalRate: 1 };
    expect(simulate(config(slowly)).prefixCache.hits).toBe(4);
    // Again: all full blocks but those that hold the last token of a prompt.
    expect(simulate(config({ ...slowly, numRequests: 6 })).prefixCache.hits).toBe(4 + 4 + 8);
    const keys = new PrefixKeys(rows, 4);
    expect(keys.of(0, 0)![0]).toBe(keys.of(1, 0)![0]);
    expect(keys.of(0, 1)![1]).not.toBe(keys.of(1, 1)![1]);
  });

  test("keeps prompts and lengths under another policy or rate", () => {
    const columns = (workload: Partial<WorkloadConfig>) => {
      const { requests } = simulate(config({ numRequests: 30, ...workload }));
      return [[...requests.numPromptTokens], [...requests.numOutputTokens]];
    };
    expect(columns({ arrivalRate: 3 })).toEqual(columns({ arrivalPattern: "poisson" }));
  });
});

describe("a config with a dataset", () => {
  const problems = (workload: Partial<WorkloadConfig>, blockSize = 4) => {
    try {
      const { scheduler, ...rest } = config(workload);
      resolve({ ...rest, scheduler: { ...scheduler, blockSize } });
      return [];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return error.problems.map(({ path, message }) => `${path.join(".")}: ${message}`);
    }
  };

  test("needs arrivals and output lengths, and no input lengths", () => {
    expect(problems({})).toEqual([]);
    expect(problems({ arrivalPattern: undefined, arrivalRate: undefined })).toEqual([
      expect.stringContaining("workload.arrivalPattern: is missing"),
    ]);
    expect(problems({ outputLenDist: undefined })).toEqual([
      expect.stringContaining("workload.outputLenDist: is missing"),
    ]);
  });

  test("says that input lengths are ignored", () => {
    const inputLenDist = { type: "fixed", value: 100 } as const;
    const { notes } = resolve(config({ inputLenDist }));
    expect(notes).toEqual([expect.stringContaining("input_len_dist is not used")]);
  });

  test("is accounted for: read = simulated + rejected + skipped, also where it is sent again", () => {
    const note = (numRequests?: number) => simulate(config({ numRequests })).notes.at(-1);
    expect(note()).toBe("dataset: 3 requests read = 3 simulated + 0 rejected + 0 skipped");
    expect(note(2)).toBe(
      "dataset: 3 requests read = 2 simulated + 0 rejected + 1 skipped (1 not sent before the end)",
    );
    expect(note(9)).toBe(
      "dataset: 3 requests read; sent again and again: 9 = 9 simulated + 0 rejected",
    );
  });

  test("with more prefix ids than a prompt has blocks is refused", () => {
    const prefix = { blockSize: 16, runs: Int32Array.of(0, 3) };
    expect(problems({ dataset: [{ numPromptTokens: 17, prefix }] })).toEqual([
      "workload.dataset.0.prefix.runs: must be runs of at most 2 ids, one for each 16 tokens of the prompt's 17, found 3 ids",
    ]);
  });

  test("has its file read by loadConfig", () => {
    expect(problems({ dataset: undefined, datasetPath: "d.jsonl" })).toEqual([
      "workload.datasetPath: names a file, and simulations read no files",
    ]);
  });

  test("has no trace too", () => {
    const trace = [{ arrivalTime: 0, numPromptTokens: 1, numOutputTokens: 1 }];
    expect(problems({ trace })).toEqual([expect.stringContaining("workload.dataset: ")]);
  });

  test("was tokenized for its block size", () => {
    expect(problems({}, 2)).toEqual([]);
    expect(problems({}, 8)).toEqual([
      "workload.dataset.0.prefix.blockSize: must be a multiple of the scheduler's blockSize (8), found 4",
    ]);
  });

  test.each([
    [[], "workload.dataset: must be a list of at least one row, found an empty list"],
    [[{}], "workload.dataset.0.numPromptTokens: is missing: must be a whole number above 0"],
    [[{ numPromptTokens: 1, maxTokens: 0 }], /^workload\.dataset\.0\.maxTokens: must be/],
    [
      [{ numPromptTokens: 1, prefix: { blockSize: 4, runs: [1] } }],
      /^workload\.dataset\.0\.prefix/,
    ],
  ])("with the rows %j is refused", (dataset, problem) => {
    const [found] = problems({ dataset: dataset as DatasetRow[] });
    if (typeof problem === "string") expect(found).toBe(problem);
    else expect(found).toMatch(problem);
  });

  test("survives its own JSON", () => {
    const { config: resolved } = resolve(config());
    const json = JSON.stringify(configToJson(resolved));
    const again = simulate(parseConfig(json));
    expect([...again.requests.finishTime]).toEqual([...simulate(resolved).requests.finishTime]);
  });
});
