import { mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConfigError, InferenceLabError, TraceError } from "../../src/base/errors.js";
import { loadConfig } from "../../src/node/index.js";
import { simulate } from "../../src/simulation/simulation.js";
import { configToJson } from "../../src/simulation/result-json.js";
import { tinyConfig } from "../support/configs.js";

let directory: string;
const inDirectory = (name: string) => join(directory, name);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "load-config-"));
});

afterAll(() => rm(directory, { recursive: true }));

/** Writes a JSON config that replays a trace, and returns its path. */
async function replaying(tracePath: string): Promise<string> {
  const trace = { arrivalPattern: undefined, arrivalRate: undefined, numRequests: undefined };
  const config = tinyConfig({
    workload: { ...trace, inputLenDist: undefined, outputLenDist: undefined, tracePath },
  });
  const path = inDirectory("replay.json");
  await writeFile(path, JSON.stringify(configToJson(config)));
  return path;
}

const TRACE = "arrival_s,input_tokens,output_tokens\n0,8,4\n0.5,9,5\n";

describe("a config file", () => {
  test("is read as TOML, or as JSON if it is named so", async () => {
    const toml = await loadConfig("examples/configs/quickstart.toml");
    const path = inDirectory("quickstart.json");
    await writeFile(path, JSON.stringify(configToJson(toml)));
    expect(await loadConfig(path)).toEqual(toml);
  });

  test("with a problem is a ConfigError that names the file", async () => {
    const path = inDirectory("bad.toml");
    await writeFile(path, "[hardware]\ncompute_flops = 0\n");
    const error = await loadConfig(path).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toHaveProperty("source", path);
    expect(error).toHaveProperty(
      "message",
      expect.stringMatching(
        /^\d problems in .*bad\.toml:\n.* {2}hardware\.compute_flops \(line 2\): /s,
      ),
    );
  });

  test("that is missing is one line", async () => {
    const path = inDirectory("missing.toml");
    await expect(loadConfig(path)).rejects.toThrow(new InferenceLabError(`${path}: no such file`));
  });

  test("that is a directory is one line", async () => {
    const path = inDirectory("directory.toml");
    await mkdir(path);
    await expect(loadConfig(path)).rejects.toThrow(
      new InferenceLabError(`${path}: is a directory, not a file`),
    );
  });
});

describe("the trace that a config names", () => {
  test("is found beside the config, and replayed", async () => {
    await writeFile(inDirectory("trace.csv"), TRACE);
    const { requests } = simulate(await loadConfig(await replaying("trace.csv")));
    expect([...requests.arrivalTime]).toEqual([0, 0.5]);
    expect([...requests.numPromptTokens]).toEqual([8, 9]);
  });

  test("may be gzipped", async () => {
    await writeFile(inDirectory("trace.csv.gz"), gzipSync(TRACE));
    const { workload } = await loadConfig(await replaying("trace.csv.gz"));
    expect("trace" in workload && workload.trace).toMatchObject({ rows: [{}, {}], numSkipped: 0 });
  });

  test("that is missing is a TraceError that names it", async () => {
    const error = await loadConfig(await replaying("missing.csv")).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(TraceError);
    expect((error as Error).message).toMatch(
      /missing\.csv: no such file; workload\.trace_path of .* names it, relative to that file$/,
    );
  });

  test("that is broken is a TraceError with its line", async () => {
    await writeFile(inDirectory("broken.csv"), `${TRACE}1,x,3\n`);
    const error = await loadConfig(await replaying("broken.csv")).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(TraceError);
    expect(error).toHaveProperty("line", 4);
    expect(error).toHaveProperty(
      "message",
      expect.stringContaining(`${inDirectory("broken.csv")}, line 4: `),
    );
  });

  test("that is empty is a TraceError", async () => {
    await writeFile(inDirectory("empty.csv"), "");
    await expect(loadConfig(await replaying("empty.csv"))).rejects.toThrow(/empty\.csv.*empty/);
  });

  const toml = async (trace: string, workload: string, scheduler = "block_size = 16") => {
    const example = await readFile("examples/configs/quickstart.toml", "utf8");
    await writeFile(inDirectory("t.jsonl"), trace);
    await writeFile(
      inDirectory("t.toml"),
      `${example.replace(/\[workload\][^]*/, "").replace("block_size = 16", scheduler)}
[workload]
trace_path = "t.jsonl"
${workload}`,
    );
    return inDirectory("t.toml");
  };
  const MOONCAKE = '{"timestamp":500,"input_length":512,"output_length":4,"hash_ids":[1]}\n';

  test.each([
    [
      "does not fit the config",
      "",
      "block_size = 48",
      /^1 problem in .*t\.toml:\n {2}scheduler\.block_size \(line \d+\): must divide the 512 tokens .* enable_prefix_caching to false$/,
    ],
    [
      "is left without a request",
      "time_window = [50, 60]",
      "block_size = 16",
      /t\.toml:\n {2}workload\.time_window \(line \d+\): leaves none of the 1 request of the trace$/,
    ],
  ])(
    "that %s is an error in the words of the file, with its line",
    async (_, more, scheduler, message) => {
      const loading = loadConfig(await toml(MOONCAKE, more, scheduler));
      await expect(loading).rejects.toThrow(ConfigError);
      await expect(loading).rejects.toThrow(message);
    },
  );

  test("is written into results by its absolute path, so that they can be run again from anywhere", async () => {
    const config = await loadConfig(relative(".", await toml(MOONCAKE, "")));
    expect(config.workload).toMatchObject({ tracePath: inDirectory("t.jsonl") });
    const elsewhere = inDirectory("elsewhere");
    await mkdir(elsewhere);
    const result = simulate(config);
    await writeFile(join(elsewhere, "again.json"), JSON.stringify(result.toJSON().config));
    const again = simulate(await loadConfig(join(elsewhere, "again.json")));
    const { notes: _, ...figures } = result.toJSON();
    expect(again.toJSON()).toMatchObject(figures as object);
  });
});
