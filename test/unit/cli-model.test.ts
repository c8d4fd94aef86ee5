import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "../../src/cli/main.js";
import { fakeTerminal } from "../support/fake-terminal.js";

const CONFIG = "test/fixtures/model-configs/gpt-oss-120b.json";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cli-model-"));
});
afterAll(() => rm(directory, { recursive: true }));

async function run(...args: string[]) {
  const terminal = fakeTerminal();
  const exitCode = await main(args, terminal);
  return { exitCode, stdout: terminal.stdout.text, stderr: terminal.stderr.text };
}

describe("model", () => {
  test("prints the size of a config.json in 80 columns", async () => {
    const { exitCode, stdout, stderr } = await run("model", CONFIG);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^Parameters +117 billion, 5\.13 billion of them for one token$/m);
    expect(stdout).toMatch(/^KV cache +72\.0 KiB per token in bf16$/m);
    expect(stdout).toMatch(/experts 4\/128 +│ mxfp4/);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("--json has the same, exact", async () => {
    const { stdout } = await run("model", CONFIG, "--json", "--quantization", "none");
    const facts = JSON.parse(stdout) as { weights: { role: string; precision: string }[] };
    expect(facts).toMatchObject({
      num_parameters: 116_829_156_672,
      kv_bytes_per_token: 73_728,
      max_seq_len: 131_072,
    });
    expect(facts.weights.every(({ precision }) => precision === "bf16")).toBe(true);
  });

  test("takes the name of a preset, and says where its numbers are from", async () => {
    const { stdout } = await run("model", "llama-3.2-1b");
    expect(stdout).toMatch(/^Source +config\.json, recalled \(unverified\)$/m);
  });

  test("one that cannot be read is one message", async () => {
    const missing = join(directory, "missing.json");
    expect(await run("model", missing)).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: `error: ${missing}: no such file\n`,
    });
    const broken = join(directory, "broken.json");
    await writeFile(broken, '{ "model_type": "hyena" }');
    expect((await run("model", broken)).stderr).toMatch(
      /^error: 1 problem in .*broken\.json:\n {2}model_type: "hyena" is not known/,
    );
    await writeFile(broken, "[]");
    expect((await run("model", broken)).stderr).toMatch(/must be a JSON object/);
    expect((await run("model", "lama-3.1-70b")).stderr).toMatch(/did you mean .*"llama-3\.1-70b"/);
  });
});

test("presets lists every name of the catalog, as config files have them", async () => {
  const { stdout } = await run("presets");
  expect(stdout).toMatch(/^\[hardware\]\n.*^preset = "h100-sxm"$.*^\[model\]\n/ms);
  expect(stdout).toMatch(/^preset = "a40" # unverified$/m);
  const names = JSON.parse((await run("presets", "--json")).stdout) as Record<string, string[]>;
  expect(Object.keys(names)).toEqual(["hardware", "model"]);
  expect(names.model).toContain("llama-3.1-70b");
});
