import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "../../src/cli/main.js";
import { readTrace } from "../../src/io/index.js";
import { fakeTerminal } from "../support/fake-terminal.js";

let directory: string;
let mooncake: string;
const inDirectory = (name: string) => join(directory, name);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cli-trace-"));
  mooncake = inDirectory("mooncake.jsonl");
  const request = (timestamp: number, hash_ids: number[]) =>
    `${JSON.stringify({ timestamp, input_length: 512 * hash_ids.length, output_length: 8, hash_ids })}\n`;
  await writeFile(
    mooncake,
    request(0, [1, 2]) + request(4000, [1, 3]) + request(2000, [4]) + request(6000, [1, 2, 5]),
  );
});

afterAll(() => rm(directory, { recursive: true }));

async function run(...args: string[]) {
  const terminal = fakeTerminal();
  const exitCode = await main(["trace", ...args], terminal);
  return { exitCode, stdout: terminal.stdout.text, stderr: terminal.stderr.text };
}

describe("trace stats", () => {
  test("prints the figures in 80 columns, and warnings on standard error", async () => {
    const { exitCode, stdout, stderr } = await run("stats", mooncake);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/4 requests, format\s+mooncake/);
    expect(stdout).toMatch(/Rate +0\.500 requests\/s/);
    expect(stdout).toMatch(/Tokens hit, infinite cache +37\.5 %/);
    for (const line of stdout.split("\n").slice(2)) expect(line.length).toBeLessThanOrEqual(80);
    expect(stderr).toBe(
      `warning: ${mooncake}: sorted by arrival: 1 of 4 requests stood below one that arrives later\n`,
    );
  });

  test("--json has the same figures, exact", async () => {
    const { stdout } = await run("stats", mooncake, "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      format: "mooncake",
      num_read: 4,
      num_skipped: 0,
      count: 4,
      input: { mean: 1024, max: 1536 },
      rate: 0.5,
      correlation: null,
      prefix: { unique_blocks: 5, total_blocks: 8, token_hit_rate: 0.375 },
    });
  });

  test("of a file that is missing or broken is one line", async () => {
    const missing = inDirectory("missing.csv");
    expect(await run("stats", missing)).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: `error: ${missing}: no such file\n`,
    });
    const broken = inDirectory("broken.csv");
    await writeFile(broken, "arrival_s,input_tokens,output_tokens\n0,nan,1\n");
    expect((await run("stats", broken)).stderr).toBe(
      `error: ${broken}, line 2: input_tokens is "nan", not a finite number\n`,
    );
  });

  test("of texts asks for a tokenizer", async () => {
    const texts = inDirectory("texts.jsonl");
    await writeFile(texts, '{"prompt": "a b"}\n');
    expect((await run("stats", texts)).stderr).toMatch(
      /line 1: .*a tokenizer is needed .*--tokenizer/,
    );
  });
});

describe("trace convert", () => {
  test("writes request lines, gzipped where the name says so", async () => {
    const plain = inDirectory("out.jsonl");
    const zipped = inDirectory("out.jsonl.gz");
    expect(await run("convert", mooncake, plain)).toMatchObject({
      exitCode: 0,
      stdout: `Wrote 4 of 4 requests to ${plain}\n`,
    });
    await run("convert", mooncake, zipped);
    const text = await readFile(plain, "utf8");
    expect(gunzipSync(await readFile(zipped)).toString()).toBe(text);
    const original = await readTrace(await readFile(mooncake));
    expect((await readTrace(text)).rows).toEqual(original.rows);
  });

  test("scales, and says what it left out", async () => {
    const out = inDirectory("scaled.jsonl");
    const { stdout } = await run(
      "convert",
      mooncake,
      out,
      "--time-window=2,8",
      "--max-requests=2",
      "--rate-scale=4",
      "--seed=7",
    );
    expect(stdout).toBe(
      `Wrote 2 of 4 requests to ${out}: 1 left out by --time-window, 1 left out by --max-requests\n`,
    );
    const { rows } = await readTrace(await readFile(out));
    expect(rows.map((row) => [row.arrivalTime, row.numPromptTokens])).toEqual([
      [0, 512],
      [0.5, 1024],
    ]);
  });

  test("that leaves nothing is an error, and writes nothing", async () => {
    const { exitCode, stderr } = await run(
      "convert",
      mooncake,
      inDirectory("none.jsonl"),
      "--time-window=7,8",
    );
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining("the options leave none of the 4 requests"),
    });
    expect((await readdir(directory)).filter((name) => /none/.test(name))).toEqual([]);
  });

  test.each([
    ["--rate-scale", "0"],
    ["--rate-scale", "fast"],
    ["--time-window", "5"],
    ["--time-window", "5,2"],
    ["--max-requests", "1.5"],
    ["--sample", "1.1"],
    ["--seed", "-1"],
  ])("refuses %s %s", async (option, value) => {
    const { exitCode, stderr } = await run("convert", mooncake, "o", `${option}=${value}`);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("It must be");
  });

  test("needs both files", async () => {
    expect(await run("convert", mooncake)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("missing required argument 'out'"),
    });
  });
});
