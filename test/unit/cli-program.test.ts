import { readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { describe, expect, test } from "vitest";
import { createProgram, type RunOptions } from "../../src/cli/program.js";
import { fakeTerminal } from "../support/fake-terminal.js";

/** What a command line makes the program do. */
async function parse(...args: string[]) {
  const terminal = fakeTerminal();
  const calls: unknown[][] = [];
  const record =
    (name: string) =>
    async (...given: unknown[]) =>
      void calls.push([name, ...given]);
  const program = createProgram(
    {
      run: record("run"),
      schema: record("schema"),
      init: record("init"),
      initPolicy: record("initPolicy"),
      defaults: record("defaults"),
      traceStats: record("traceStats"),
      traceConvert: record("traceConvert"),
      model: record("model"),
      presets: record("presets"),
      calibrate: record("calibrate"),
    },
    terminal,
  );
  let exitCode = 0;
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    exitCode = error.exitCode;
  }
  return { calls, exitCode, stdout: terminal.stdout.text, stderr: terminal.stderr.text };
}

async function options(...args: string[]): Promise<RunOptions> {
  const { calls } = await parse(...args);
  expect(calls).toEqual([["run", expect.anything()]]);
  return calls[0]![1] as RunOptions;
}

describe("options of a run", () => {
  test("without any, config.toml is run in colour", async () => {
    expect(await options()).toEqual({ config: "config.toml", cache: true, color: true });
  });

  test("every documented one, in its short form", async () => {
    expect(await options("-c", "a.toml", "-t", "tok", "-o", "r.json", "-q")).toEqual({
      config: "a.toml",
      tokenizer: "tok",
      output: "r.json",
      quiet: true,
      cache: true,
      color: true,
    });
    expect(await options("-v")).toMatchObject({ verbose: true });
  });

  test("every documented one, in its long form", async () => {
    const line =
      "--config a.toml --tokenizer tok --chat-template None --output r.json --verbose --debug --no-color --no-cache --seed 7";
    const given = await options(...line.split(" "));
    expect(given).toEqual({
      config: "a.toml",
      tokenizer: "tok",
      chatTemplate: "None",
      output: "r.json",
      verbose: true,
      debug: true,
      color: false,
      cache: false,
      seed: 7,
    });
  });

  test.each(["-v", "--debug"])("quiet contradicts %s", async (loud) => {
    const { calls, exitCode, stderr } = await parse("-q", loud);
    expect({ calls, exitCode }).toEqual({ calls: [], exitCode: 1 });
    expect(stderr).toMatch(/'-q, --quiet' cannot be used with option/);
  });

  test.each(["0", "42", "9007199254740991"])("%s is a seed", async (seed) => {
    expect((await options("--seed", seed)).seed).toBe(Number(seed));
  });

  test.each(["-1", "1.5", "1e3", "abc", "", "9007199254740992", "Infinity"])(
    "'%s' is no seed",
    async (seed) => {
      const { exitCode, stderr } = await parse(`--seed=${seed}`);
      expect(exitCode).toBe(1);
      expect(stderr).toContain("must be an integer from 0 to 2^53 − 1");
    },
  );
});

describe("commands", () => {
  test("schema", async () => {
    expect((await parse("schema")).calls).toMatchObject([["schema"]]);
  });

  test("init writes config.toml, or the path given", async () => {
    expect((await parse("init")).calls).toEqual([["init", "config.toml"]]);
    expect((await parse("init", "my.toml")).calls).toEqual([["init", "my.toml"]]);
  });

  test("init writes a policy where one is asked for, but not both", async () => {
    expect((await parse("init", "--policy", "mine")).calls).toEqual([["initPolicy", "mine"]]);
    const { calls, stderr } = await parse("init", "my.toml", "--policy", "mine");
    expect(calls).toEqual([]);
    expect(stderr).toContain("a config or a policy, not both: leave out 'my.toml'");
  });

  test("--policy-options are a JSON object", async () => {
    const { policy, policyOptions } = await options("--policy", "a.ts", "--policy-options", '{"b": 2}'); // prettier-ignore
    expect([policy, policyOptions]).toEqual(["a.ts", { b: 2 }]);
    for (const text of ["{b: 2}", "[1]", "2", "null"]) {
      expect((await parse("--policy-options", text)).stderr).toContain("It must be a JSON object");
    }
  });

  test("defaults takes its config as an argument or from -c", async () => {
    const color = { color: true };
    expect((await parse("defaults", "a.toml")).calls).toEqual([["defaults", "a.toml", color]]);
    expect((await parse("-c", "a.toml", "defaults")).calls).toEqual([
      ["defaults", "a.toml", color],
    ]);
    expect((await parse("defaults", "--no-color")).calls).toEqual([
      ["defaults", "config.toml", { color: false }],
    ]);
  });

  test("trace stats and trace convert take files and options", async () => {
    expect((await parse("trace", "stats", "a.csv", "--json")).calls).toEqual([
      ["traceStats", "a.csv", { color: true, json: true }],
    ]);
    const line = "trace convert a.csv b.jsonl --rate-scale 2 --time-window 0,60.5 --sample .5";
    expect((await parse(...line.split(" "), "--trace-jitter", "3", "--no-color")).calls).toEqual([
      [
        "traceConvert",
        "a.csv",
        "b.jsonl",
        { color: false, rateScale: 2, timeWindow: [0, 60.5], sample: 0.5, traceJitter: 3 },
      ],
    ]);
  });

  test("refuse options that they would not heed", async () => {
    const { calls, exitCode, stderr } = await parse("schema", "-o", "schema.json");
    expect({ calls, exitCode }).toEqual({ calls: [], exitCode: 1 });
    expect(stderr).toContain("unknown option '-o'");
  });
});

describe("help and mistakes", () => {
  test("--version is that of the package", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(await parse("--version")).toMatchObject({ exitCode: 0, stdout: `${version}\n` });
  });

  test.each(["-h", "--help"])("%s shows every option and command in 80 columns", async (flag) => {
    const { exitCode, stdout, stderr } = await parse(flag);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const flags = ["-c, --config", "-t, --tokenizer", "--chat-template", "-o, --output"];
    flags.push(
      "--policy ",
      "--policy-options",
      "-q, --quiet",
      "-v, --verbose",
      "--debug",
      "--no-color",
      "--seed",
      "--version",
    );
    for (const name of [...flags, "-h, --help", "init", "schema", "defaults", "trace"]) {
      expect(stdout).toContain(name);
    }
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("an unknown option is refused with the nearest known one", async () => {
    const { calls, exitCode, stderr } = await parse("--ouput", "r.json");
    expect({ calls, exitCode }).toEqual({ calls: [], exitCode: 1 });
    expect(stderr).toContain("Did you mean --output?");
  });

  test("an unknown command is refused with the known ones", async () => {
    const { calls, exitCode, stderr } = await parse("shcema");
    expect({ calls, exitCode }).toEqual({ calls: [], exitCode: 1 });
    expect(stderr).toContain("unknown command 'shcema'; the commands are init, schema, defaults");
  });

  test("a path without -c is refused with what to write", async () => {
    const { exitCode, stderr } = await parse("quickstart.toml");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("a config file is given with -c quickstart.toml");
  });

  test("an option without its value is refused", async () => {
    expect(await parse("-o")).toMatchObject({ calls: [], exitCode: 1 });
  });
});

describe("calibrate", () => {
  test.each([
    ["-c", "a.toml", "-o", "p.json", "calibrate", "r.json"],
    ["calibrate", "r.json", "-c", "a.toml", "-o", "p.json"],
  ])("takes config and output before and behind its name", async (...args) => {
    const { calls } = await parse(...args);
    expect(calls).toEqual([["calibrate", ["r.json"], { config: "a.toml", output: "p.json" }]]);
  });
});
