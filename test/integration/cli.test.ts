/** The built command line as its users run it: one process per test, its exit code, its two outputs, its files. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ResultJson } from "../../src/index.js";

const BIN = resolve("dist/bin.js");
const QUICKSTART = resolve("examples/configs/quickstart.toml");
const CLOSED_LOOP = resolve("examples/configs/closed_loop_moe.toml");

vi.setConfig({ testTimeout: 60_000 }); // starting Node several times can take seconds on a busy machine

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "inference-lab-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  readonly env?: Readonly<Record<string, string>>;
  /** Called with all that stderr has said so far, whenever it says more. */
  readonly onStderr?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs a program in the test's directory. */
function runProgram(program: string, args: readonly string[], options: Options = {}) {
  return new Promise<Outcome>((done, fail) => {
    const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env;
    const child = spawn(program, args, { cwd: directory, env: { ...env, ...options.env } });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      options.onStderr?.(stderr, (signal) => child.kill(signal));
    });
    child.on("error", fail);
    child.on("close", (exitCode) => done({ exitCode, stdout, stderr }));
  });
}

const lab = (args: readonly string[], options?: Options) =>
  runProgram(process.execPath, [BIN, ...args], options);

const readJson = (path: string) =>
  JSON.parse(readFileSync(join(directory, path), "utf8")) as ResultJson;

/** A small config with parts replaced: whole lines of TOML by table. */
function writeConfig(changes: Readonly<Record<string, string>> = {}, path = "config.toml"): string {
  const tables: Readonly<Record<string, string>> = {
    hardware: `compute_flops = 1e15
memory_bandwidth = 3e12
memory_capacity = 8e10
bytes_per_param = 2`,
    model: `num_parameters = 8e9
num_layers = 32
hidden_dim = 4096
num_heads = 32
num_kv_heads = 8
max_seq_len = 8192`,
    scheduler: `max_num_batched_tokens = 2048
max_num_seqs = 64
block_size = 16
enable_chunked_prefill = true`,
    workload: `arrival_pattern = "poisson"
arrival_rate = 5.0
num_requests = 20
input_len_dist = { type = "fixed", value = 500 }
output_len_dist = { type = "uniform", min = 10, max = 50 }`,
    simulation: "log_interval = 10",
    ...changes,
  };
  const text = Object.entries(tables).map(([name, lines]) => `[${name}]\n${lines}\n`);
  writeFileSync(join(directory, path), text.join("\n"));
  return path;
}

/** One readable message on stderr, nothing on stdout, exit code 1. */
function expectError(outcome: Outcome, ...parts: readonly (string | RegExp)[]): void {
  expect(outcome).toMatchObject({ exitCode: 1, stdout: "" });
  expect(outcome.stderr).toMatch(/^error: /);
  expect(outcome.stderr).not.toMatch(/^\s+at .*[:(]/m); // a stack
  expect(outcome.stderr).not.toContain("fault of inference-lab");
  for (const part of parts) expect(outcome.stderr).toMatch(part);
}

const PROGRESS_LINE = /^step +\d.* done +running +\d+ +waiting +\d+ +KV +[\d.<]+ %$/m;

describe("a run", () => {
  test("reports on stdout, tells its progress in plain lines on stderr", async () => {
    const { exitCode, stdout, stderr } = await lab(["-c", QUICKSTART]);
    expect(exitCode).toBe(0);
    for (const word of ["TTFT", "E2E", "Per token", "Throughput", "Utilisation", "Preemptions"]) {
      expect(stdout).toContain(word);
    }
    expect(stdout).toContain("100 of 100 requests completed");
    expect(stdout).toMatch(/tensor_parallel/); // weights of 140 GB, devices of 80 GiB
    expect(stderr).toMatch(PROGRESS_LINE);
    expect(stderr + stdout).not.toContain("\u001b");
    expect(stdout).not.toContain("NaN");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("reads config.toml when no config is named", async () => {
    writeConfig();
    expect(await lab(["-q"])).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("takes JSON configs", async () => {
    writeConfig();
    expect((await lab(["-q", "-o", "r.json"])).exitCode).toBe(0);
    writeFileSync(join(directory, "config.json"), JSON.stringify(readJson("r.json").config));
    expect((await lab(["-q", "-c", "config.json", "-o", "again.json"])).exitCode).toBe(0);
    expect(readJson("again.json")).toEqual(readJson("r.json")); // the resolved config says it all
  });

  test("the closed-loop config runs without a preemption", async () => {
    const { exitCode, stdout } = await lab(["-c", CLOSED_LOOP, "-q", "-o", "r.json"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("200 of 200 requests completed");
    expect(readJson("r.json").preemptions.total).toBe(0);
  });
});

describe("verbosity", () => {
  test("quiet prints the results and nothing else", async () => {
    const { exitCode, stdout, stderr } = await lab(["-c", QUICKSTART, "--quiet"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain("TTFT");
  });

  test("verbose adds the config, and a progress line every log_interval steps", async () => {
    writeConfig();
    const { stdout, stderr } = await lab(["--verbose", "-o", "r.json"]);
    expect(stderr).toMatch(/^Hardware .*PFLOP\/s/m);
    expect(stderr).toMatch(/^Workload .*poisson at 5.00 requests\/s/m);
    const steps = [...stderr.matchAll(/^step +([\d,]+)/gm)].map(([, step]) => Number(step));
    expect(steps).toHaveLength(Math.floor(readJson("r.json").num_steps / 10));
    expect(steps.slice(0, 3)).toEqual([10, 20, 30]);
    expect(stdout).toContain("TTFT");
  });

  test("debug adds a line for each step with its batch", async () => {
    writeConfig();
    const { stderr } = await lab(["--debug", "-o", "r.json"]);
    const steps = [...stderr.matchAll(/prefill \d+ \(([\d,]+) tokens\) +decode \d+/g)];
    expect(steps).toHaveLength(readJson("r.json").num_steps);
    const tokens = steps.map(([, count = ""]) => Number(count.replaceAll(",", "")));
    expect(tokens.reduce((sum, count) => sum + count)).toBe(20 * 500); // every prompt, once
    expect(stderr).toMatch(PROGRESS_LINE);
    expect(stderr).toMatch(/^Hardware /m);
  });

  test("the report is the same, and so is the JSON, in every verbosity", async () => {
    writeConfig();
    const reports = new Set<string>();
    const files = new Set<string>();
    for (const flag of ["-q", "-v", "--debug", "--no-color"]) {
      const { exitCode, stdout } = await lab([flag, "-o", "r.json"]);
      expect(exitCode).toBe(0);
      reports.add(stdout);
      files.add(readFileSync(join(directory, "r.json"), "utf8"));
    }
    expect(reports.size).toBe(1);
    expect(files.size).toBe(1);
  });

  test("quiet and verbose contradict each other", async () => {
    expectError(await lab(["-q", "-v"]), "cannot be used with");
  });
});

describe("colours", () => {
  test("FORCE_COLOR brings them, --no-color and NO_COLOR take them away", async () => {
    writeConfig();
    const env = { FORCE_COLOR: "1" };
    expect((await lab(["-q"], { env })).stdout).toContain("\u001b[1m");
    expect((await lab(["-q", "--no-color"], { env })).stdout).not.toContain("\u001b");
    expect((await lab(["-q"], { env: { ...env, NO_COLOR: "1" } })).stdout).not.toContain("\u001b");
  });
});

describe("--output", () => {
  test("writes the documented layout", async () => {
    expect((await lab(["-c", QUICKSTART, "-q", "-o", "r.json"])).exitCode).toBe(0);
    const json = readJson("r.json");
    const percentiles = ["min", "mean", "p50", "p90", "p95", "p99", "max"];
    for (const name of ["ttft_ms", "e2e_ms", "per_token_ms", "tpot_ms", "queue_ms"] as const) {
      expect(Object.keys(json.latency_metrics[name])).toEqual(percentiles);
      const { min, p50, p99, max } = json.latency_metrics[name];
      expect([min, p50, p99, max]).toEqual([min, p50, p99, max].toSorted((a, b) => a! - b!));
    }
    const anyNumber: unknown = expect.any(Number);
    expect(json).toMatchObject({
      throughput_metrics: {
        input_tokens_per_sec: anyNumber,
        output_tokens_per_sec: anyNumber,
        requests_per_sec: anyNumber,
      },
      utilization: {
        avg_kv_cache_util: anyNumber,
        avg_flops_util: anyNumber,
        avg_bandwidth_util: anyNumber,
      },
      preemptions: { total: anyNumber, per_request_mean: anyNumber },
      requests: { completed: 100, rejected: 0, total: 100 },
      prefix_cache: { hits: anyNumber, misses: anyNumber },
      duration_secs: anyNumber,
      seed: 42,
      partial: false,
      config: { hardware: { tensor_parallel: 2 }, scheduler: { max_num_seqs: 256 } },
    });
    expect(json.prefix_cache).toHaveProperty("hit_rate");
  });

  test("leaves nothing but the file", async () => {
    writeConfig();
    await lab(["-q", "-o", "r.json"]);
    expect(readdirSync(directory).toSorted()).toEqual(["config.toml", "r.json"]);
  });

  test("that cannot be written is an error before the run", async () => {
    writeConfig();
    expectError(await lab(["-o", "nowhere/r.json"]), "cannot write nowhere/r.json", "directory");
    expectError(await lab(["-o", "."]), "cannot write .: it is a directory");
  });

  test("of a run that fails leaves the old file", async () => {
    writeFileSync(join(directory, "r.json"), "old");
    writeConfig({ scheduler: "block_size = 0" });
    expectError(await lab(["-q", "-o", "r.json"]));
    expect(readFileSync(join(directory, "r.json"), "utf8")).toBe("old");
    expect(readdirSync(directory).toSorted()).toEqual(["config.toml", "r.json"]);
  });
});

describe("--seed", () => {
  test("gives another run, and the same one again", async () => {
    writeConfig();
    const run = async (...args: string[]) => {
      await lab(["-q", "-o", "r.json", ...args]);
      return readJson("r.json");
    };
    const first = await run("--seed", "1");
    expect(first.seed).toBe(1);
    expect(await run("--seed", "1")).toEqual(first);
    expect((await run("--seed", "2")).latency_metrics).not.toEqual(first.latency_metrics);
    expect(await run()).toEqual(await run("--seed", "42")); // the default
  });

  test("that is no seed is refused", async () => {
    expectError(await lab(["--seed", "-1"]), "integer");
  });
});

describe("commands", () => {
  test("init writes a config that runs, and never over another", async () => {
    const first = await lab(["init"]);
    expect(first).toMatchObject({ exitCode: 0, stderr: "" });
    expect(first.stdout).toContain("config.toml");
    expect((await lab(["-q"])).exitCode).toBe(0);
    const text = readFileSync(join(directory, "config.toml"), "utf8");
    expect(text).toMatch(/^#/m);
    expectError(await lab(["init"]), "config.toml exists already");
    expect(readFileSync(join(directory, "config.toml"), "utf8")).toBe(text);
    expect((await lab(["init", "other.toml"])).exitCode).toBe(0);
    expectError(await lab(["init", "nowhere/other.toml"]), "cannot write nowhere/other.toml");
  });

  test("schema prints the JSON Schema of a config file", async () => {
    const { exitCode, stdout, stderr } = await lab(["schema"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const schema = JSON.parse(stdout) as { properties: Record<string, unknown> };
    expect(Object.keys(schema.properties)).toEqual(
      expect.arrayContaining(["hardware", "model", "scheduler", "workload"]),
    );
    expect(stdout).toContain("max_num_batched_tokens");
  });

  test("defaults shows what vllm serve would choose", async () => {
    const { exitCode, stdout, stderr } = await lab(["defaults", QUICKSTART]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/max_num_seqs +│ +1,024 │ +256 │ differs/);
    expect(stdout).not.toContain("not set");
    expect((await lab(["-c", QUICKSTART, "defaults"])).stdout).toBe(stdout);
  });

  test("--version and --help succeed", async () => {
    expect((await lab(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await lab(["-h"])).toMatchObject({ exitCode: 0, stderr: "" });
    expect((await lab(["init", "--help"])).stdout).toContain("[path]");
  });

  test("an unknown option or command is an error with a suggestion", async () => {
    expectError(await lab(["--verbos"]), "Did you mean --verbose");
    expectError(await lab(["shcema"]), "the commands are");
  });
});

describe("bad input is one readable message", () => {
  test("no config at all says how to get one", async () => {
    expectError(await lab([]), "inference-lab init");
  });

  test("a missing file", async () => {
    expectError(await lab(["-c", "missing.toml"]), "missing.toml");
  });

  test("a directory for a config", async () => {
    expectError(await lab(["-c", "."]));
  });

  test("TOML syntax, with its line", async () => {
    writeFileSync(join(directory, "config.toml"), "[hardware]\ncompute_flops = = 3\n");
    expectError(await lab([]), "config.toml", /line 2|:2/);
  });

  const workload = (lines: string) => ({
    workload: `input_len_dist = { type = "fixed", value = 500 }
output_len_dist = { type = "fixed", value = 5 }
${lines}`,
  });
  const scheduler = (lines: string) => ({ scheduler: lines });

  test.each([
    ["a misspelt key", scheduler("max_num_seq = 3"), /max_num_seqs/],
    ["a wrong type", workload('arrival_pattern = "poisson"\narrival_rate = "5"'), /arrival_rate/],
    ["a rate of 0", workload('arrival_pattern = "poisson"\narrival_rate = 0'), /arrival_rate/],
    ["a negative rate", workload('arrival_pattern = "poisson"\narrival_rate = -1'), /arrival_rate/],
    ["NaN", workload('arrival_pattern = "poisson"\narrival_rate = nan'), /arrival_rate/],
    ["infinity", workload('arrival_pattern = "poisson"\narrival_rate = inf'), /arrival_rate/],
    [
      "neither requests nor duration",
      workload('arrival_pattern = "poisson"\narrival_rate = 1'),
      /num_requests.*duration_secs/s,
    ],
    [
      "a closed loop without users",
      workload('arrival_pattern = "closed_loop"\nnum_requests = 9'),
      /num_concurrent_users/,
    ],
    ["a missing trace", { workload: 'trace_path = "missing.csv"' }, /missing\.csv/],
    [
      "min > max",
      {
        workload: `arrival_pattern = "batched"
num_requests = 2
input_len_dist = { type = "uniform", min = 9, max = 5 }
output_len_dist = { type = "fixed", value = 5 }`,
      },
      /input_len_dist/,
    ],
    [
      "KV heads that do not divide heads",
      {
        model: `num_parameters = 8e9
num_layers = 32
hidden_dim = 4096
num_heads = 32
num_kv_heads = 5
max_seq_len = 8192`,
      },
      /num_kv_heads/,
    ],
    [
      "weights that do not fit",
      {
        hardware: `compute_flops = 1e15
memory_bandwidth = 3e12
memory_capacity = 1e10
bytes_per_param = 2
tensor_parallel = 1`,
      },
      /tensor_parallel/,
    ],
    [
      "a cache without a block",
      {
        hardware: `compute_flops = 1e15
memory_bandwidth = 3e12
memory_capacity = 8e10
bytes_per_param = 2
kv_cache_capacity = 1000`,
      },
      /kv_cache_capacity|block/,
    ],
  ])("%s", async (_, changes, message) => {
    writeConfig(changes);
    expectError(await lab(["-q", "-o", "r.json"]), message);
    expect(readdirSync(directory)).toEqual(["config.toml"]);
  });

  test.each([
    ["empty", "", /trace\.csv/],
    ["broken", "arrival_s,input_tokens,output_tokens\n0,10,5\n1,ten,5\n", /trace\.csv, line 3/],
  ])("a trace that is %s", async (_, csv, message) => {
    writeFileSync(join(directory, "trace.csv"), csv);
    writeConfig({ workload: 'trace_path = "trace.csv"' });
    expectError(await lab([]), message);
  });

  test("all problems of a file at once", async () => {
    writeConfig({ simulation: "log_intervall = 3", slo: "ttft = -1" });
    expectError(await lab([]), "2 problems", /log_interval/, /ttft/);
  });
});

describe("interruption", () => {
  test("Ctrl-C reports what was simulated until then, marked as partial", async () => {
    writeConfig({
      workload: `arrival_pattern = "closed_loop"
num_concurrent_users = 20
num_requests = 50_000_000
input_len_dist = { type = "fixed", value = 500 }
output_len_dist = { type = "fixed", value = 50 }`,
      simulation: "log_interval = 1000",
    });
    let interrupted = false;
    const { exitCode, stdout } = await lab(["-o", "r.json"], {
      onStderr(_, kill) {
        if (!interrupted) kill("SIGINT");
        interrupted = true;
      },
    });
    expect(exitCode).toBe(130);
    expect(stdout).toContain("PARTIAL RESULT");
    const json = readJson("r.json");
    expect(json.partial).toBe(true);
    expect(json.requests.unfinished).toBe(20);
    expect(json.requests.completed).toBeGreaterThan(0);
  });

  test.skipIf(process.platform === "win32")(
    "a reader that closes the pipe is no error",
    async () => {
      writeConfig();
      const pipeline = `"${process.execPath}" "${BIN}" -q -o r.json | true`;
      expect(await runProgram("sh", ["-c", pipeline])).toEqual({
        exitCode: 0,
        stdout: "",
        stderr: "",
      });
      expect(readJson("r.json").partial).toBe(false);
    },
  );
});
