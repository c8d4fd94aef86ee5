import { fc, test } from "@fast-check/vitest";
import { readFileSync } from "node:fs";
import { describe, expect } from "vitest";
import { ConfigError, parseConfig, type ParseConfigOptions } from "../../src/config/index.js";
import { configToJson } from "../../src/simulation/result-json.js";
import { resolve } from "../../src/simulation/resolve.js";
import { arbConfig } from "../support/configs.js";

const documented = (name: string) => readFileSync(`examples/configs/${name}.toml`, "utf8");
const quickstart = documented("quickstart");
const quickstartJson = JSON.stringify(configToJson(parseConfig(quickstart)), null, 2);

/** The message of the error, without the line that counts the problems. */
function problemsIn(input: string | object, options?: ParseConfigOptions): string[] {
  try {
    parseConfig(input, options);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .split("\n")
      .slice(1)
      .map((line) => line.trim());
  }
}

/** Line of the quick start, from 1. */
const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split("\n").length;

describe("the documented configs", () => {
  test("quickstart.toml has the typed form of its text", () => {
    const config = parseConfig(quickstart);
    expect(config.scheduler.maxNumBatchedTokens).toBe(8192);
    expect(config.workload).toMatchObject({
      inputLenDist: { type: "lognormal", mean: 6.9, stdDev: 0.7 },
      seed: 42,
    });
  });

  test("closed_loop_moe.toml is valid", () => {
    expect(parseConfig(documented("closed_loop_moe")).workload).toMatchObject({
      arrivalPattern: "closed_loop",
      numConcurrentUsers: 10,
    });
  });

  test("dataset.toml is valid, its file left to be read", () => {
    expect(parseConfig(documented("dataset")).workload).toMatchObject({
      datasetPath: "sample_dataset.jsonl",
      outputLenDist: { type: "fixed", value: 50 },
    });
  });
});

test("TOML, JSON and a plain object of the same content give the same config", () => {
  const config = parseConfig(quickstart);
  expect(parseConfig(quickstartJson)).toEqual(config);
  expect(parseConfig(JSON.parse(quickstartJson) as object)).toEqual(config);
  expect(parseConfig(`\uFEFF${quickstart}`)).toEqual(config);
});

test("inline tables, dotted keys and lists of tables are the same keys as tables", () => {
  const [head, tail] = quickstart.split("[workload.input_len_dist]") as [string, string];
  const other = `${head}
    input_len_dist = { type = "lognormal", mean = 6.9, std_dev = 0.7 }
    output_len_dist.type = "lognormal"
    output_len_dist.mean = 5.3
    output_len_dist.std_dev = 0.8
    [[workload.priorities]]
    value = 1
    weight = 2
    ${tail.slice(tail.indexOf("[simulation]"))}`;
  const config = parseConfig(quickstart);
  expect(parseConfig(other)).toEqual({
    ...config,
    workload: { ...config.workload, priorities: [{ value: 1, weight: 2 }] },
  });
});

describe("a problem has its path, its line and its fix, in the words of the file", () => {
  test.each([
    [
      "arrival_rate = 5.0",
      "arrival_rate = 0",
      "workload.arrival_rate (line @): must be a number above 0, found 0",
    ],
    [
      "arrival_rate = 5.0",
      "arival_rate = 5.0",
      "workload.arival_rate (line @): unknown key; did you mean arrival_rate?",
    ],
    [
      "num_kv_heads = 8 ",
      "num_kv_heads = 7",
      "model.num_kv_heads (line @): must divide num_heads (64), found 7; use one of 1, 2, 4, 8, 16, 32, 64",
    ],
    [
      "max_num_seqs = 256",
      "maxNumSeqs = 256",
      "scheduler.max_num_seqs (line @): is written maxNumSeqs; write max_num_seqs",
    ],
    [
      "seed = 42",
      "seed = 42\nblock_size = 16",
      "workload.block_size (line @+1): unknown key; did you mean scheduler.block_size?",
    ],
    [
      "seed = 42",
      "seed = 2020-01-01",
      "workload.seed (line @): must be a whole number of at least 0, found a date",
    ],
    [
      "seed = 42",
      "seed = true",
      "workload.seed (line @): must be a whole number of at least 0, found true",
    ],
    [
      "mean = 6.9",
      "mean = -inf",
      "workload.input_len_dist.mean (line @): must be the natural logarithm of a length, at most 21 (6.9 for a median of 1000 tokens), found -Infinity",
    ],
    [
      "seed = 42",
      "priorities = [{ value = 1, weight = 1 },\n{ value = 2, weight = 0 }]",
      "workload.priorities[1].weight (line @+1): must be a number above 0, found 0",
    ],
    [
      "memory_capacity = 85899345920",
      "memory_capacity = 85899345",
      "hardware.memory_capacity (line @): 140.0 GB of weights on 64 × 85.9 MB",
    ],
    ["[simulation]", "[simulatoin]", "simulatoin (line @): unknown key; did you mean simulation?"],
  ])("%s → %s", (from, to, problem) => {
    const line = lineOf(quickstart, from);
    const expected = problem.replace("@+1", String(line + 1)).replace("@", String(line));
    expect(problemsIn(quickstart.replace(from, to))).toEqual([expect.stringContaining(expected)]);
  });

  test("a missing key is on the line of its table", () => {
    const line = lineOf(quickstart, "[scheduler]");
    expect(problemsIn(quickstart.replace("block_size = 16", ""))).toEqual([
      `scheduler.block_size (line ${line}): is missing: must be a whole number above 0`,
    ]);
  });

  test("weights that do not fit show the arithmetic", () => {
    const [problem] = problemsIn(
      quickstart.replace("bytes_per_param = 2 ", "bytes_per_param = 2\ntensor_parallel = 1"),
    );
    expect(problem).toMatch(
      /^hardware\.tensor_parallel \(line 7\): 140\.0 GB of weights on 1 × 85\.9 GB × 0\.9 = 77\.3 GB leaves −62\.7 GB; N = 2 leaves 14\.6 GB$/,
    );
  });

  test("in JSON too", () => {
    const text = quickstartJson.replace('"seed": 42', '"sed": 42');
    expect(problemsIn(text)).toEqual([
      `workload.sed (line ${lineOf(text, '"sed"')}): unknown key; did you mean seed?`,
    ]);
  });

  test("without its line, where the parser that knows lines is stricter", () => {
    expect(problemsIn(quickstart.replace("seed = 42", "seed = 2023-02-30"))).toEqual([
      expect.stringMatching(/^workload\.seed( \(line \d+\))?: must be a whole number/),
    ]);
  });

  test("a plain object has no lines", () => {
    const { scheduler: _, ...rest } = JSON.parse(quickstartJson) as Record<string, object>;
    expect(problemsIn(rest)).toEqual(["scheduler: is missing: must be a table of settings"]);
  });
});

test("all problems are reported at once, in the order of the text", () => {
  const text = quickstart
    .replace("num_layers = 80", "num_layers = 0")
    .replace('"fcfs"', '"fifo"')
    .replace("num_requests = 100", "num_request = 100")
    .replace("std_dev = 0.8", "std_dev = -0.8");
  expect(problemsIn(text).map((problem) => problem.split(" ")[0])).toEqual([
    "model.num_layers",
    "scheduler.policy",
    "workload.num_request",
    "workload.output_len_dist.std_dev",
  ]);
});

describe("text that does not parse is one problem", () => {
  test("a TOML error has its line and shows the place", () => {
    const text = quickstart.replace("seed = 42", "seed = ");
    const line = lineOf(text, "seed = ");
    const [problem, ...frame] = problemsIn(text, { source: "config.toml" });
    expect(problem).toBe(`line ${line}: not valid TOML: invalid value`);
    expect(frame).toContain(`${line}:  seed =`);
  });

  test.each([
    ["seed = 42", "seed = 42\nseed = 43", "trying to redefine an already defined table or value"],
    ["seed = 42", "seed = 99999999999999999999", "integer value cannot be represented losslessly"],
    ["[model]", "[model", ""],
  ])("TOML: %s → %s", (from, to, reason) => {
    const [problem] = problemsIn(quickstart.replace(from, to));
    expect(problem).toMatch(/^line \d+: not valid TOML: /);
    expect(problem).toContain(reason);
  });

  test("JSON", () => {
    const [problem, ...rest] = problemsIn('{"hardware": {},\n oops}');
    expect(problem).toMatch(/^(line 2: )?not valid JSON: /);
    expect(rest).toEqual([]);
  });

  test("a key that JSON has twice is an error", () => {
    const text = quickstartJson.replace('"seed": 42', '"seed": 42,\n"seed": 43');
    expect(problemsIn(text)).toEqual([
      `workload.seed (line ${lineOf(text, '"seed": 43')}): is given twice; remove one`,
    ]);
  });

  test("an error names its source", () => {
    expect(() => parseConfig("", { source: "config.toml" })).toThrow(
      /^4 problems in config\.toml:\n/,
    );
  });
});

describe("for every config", () => {
  test.prop([arbConfig])("what a result says of it parses to the same config", (config) => {
    const resolved = resolve(config).config;
    const text = JSON.stringify(configToJson(resolved));
    expect(parseConfig(text)).toEqual(resolved);
  });
});

test.prop([fc.json()])("JSON garbage is a ConfigError", (text) => {
  expect(problemsIn(text, { format: "json" })).not.toEqual([]);
});

test.prop([fc.string({ unit: "grapheme" }), fc.constantFrom("toml", "json")])(
  "any text is a ConfigError",
  (text, format) => {
    expect(problemsIn(text, { format })).not.toEqual([]);
  },
);

test.prop([fc.nat(), fc.string({ maxLength: 3 })])(
  "a documented config with a piece overwritten parses or is a ConfigError",
  (position, piece) => {
    const at = position % quickstart.length;
    for (const problem of problemsIn(quickstart.slice(0, at) + piece + quickstart.slice(at + 1))) {
      expect(problem).not.toMatch(/zod|\[object|undefined/);
    }
  },
);
