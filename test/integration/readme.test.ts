/** The README says what the built package does: its code runs, and what follows from the package is up to date. */
import { execFile } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { codeBlocks, renderReadme, userProject } from "../../scripts/readme.mjs";
import { parseConfig } from "../../src/config/index.js";
import { typeErrors } from "../support/type-errors.js";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const TOKENIZER = "test/fixtures/gpt2-4k/tokenizer.json";
const run = promisify(execFile);
const readme = readFileSync("README.md", "utf8");
const blocks = codeBlocks(readme);
const blocksOf = (language: string) =>
  blocks.filter((block) => block.language === language).map(({ code }) => code);
const commands = blocksOf("sh")
  .flatMap((code) => code.split("\n"))
  .map((line) => line.replace(/\s+#.*/, ""));

let project: string;
beforeAll(async () => {
  project = await userProject();
});
afterAll(() => rm(project, { recursive: true }));

test("tables of keys, help and outputs are those of the package (npm run readme makes them so)", async () => {
  expect(await renderReadme(readme)).toBe(readme);
});

test("the TypeScript compiles in a strict project that has the package installed", () => {
  expect(blocksOf("ts").length).toBeGreaterThan(1);
  expect(typeErrors(blocksOf("ts"), project)).toEqual([]);
});

test("the configs are configs", () => {
  const configs = blocksOf("toml");
  expect(configs.length).toBeGreaterThan(0);
  for (const text of configs) expect(() => parseConfig(text)).not.toThrow();
});

test("the commands run, in order, beside the files that they name", async () => {
  const [config] = blocksOf("toml");
  writeFileSync(join(project, "config.toml"), config!);
  writeFileSync(
    join(project, "trace.csv"),
    "arrival_s,input_tokens,output_tokens\n0,100,20\n1,50,5\n",
  );
  for (const file of [
    "examples/configs/dataset.toml",
    "examples/configs/sample_dataset.jsonl",
    TOKENIZER,
  ])
    copyFileSync(file, join(project, basename(file)));
  copyFileSync("test/fixtures/model-configs/llama-3.1-8b.json", join(project, "config.json"));
  // Measurements are the reader's own.
  const own = commands.filter(
    (command) => command.startsWith("inference-lab") && !/ calibrate |--profile /.test(command),
  );
  expect(own.length).toBeGreaterThan(3);
  for (const command of own) {
    const [, ...args] = command.split(/\s+/);
    const { stdout } = await run(process.execPath, [resolve("dist/bin.js"), ...args], {
      cwd: project,
    });
    expect(stdout, command).not.toBe("");
  }
});

test("the npm scripts that it names exist", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
    scripts: Record<string, string>;
  };
  const named = [...readme.matchAll(/npm (?:run )?([\w:-]+)/g)].map(([, name]) => name!);
  const builtIn = ["ci", "install", "pack"];
  expect(named.filter((name) => !builtIn.includes(name) && !(name in scripts))).toEqual([]);
});

test("the library example is the quick start of the examples", () => {
  expect(readFileSync("examples/quick-start.mjs", "utf8")).toContain(
    blocksOf("ts")[0]!.split("\n").slice(2).join("\n"),
  );
});

test.each(["README.md", "docs/policies.md", "examples/README.md", "src/README.md", "CHANGELOG.md"])(
  "links of %s lead to files",
  (file) => {
    const links = [...readFileSync(file, "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)/g)];
    const targets = links.map(([, target]) => resolve(dirname(file), target!));
    expect(targets.filter((target) => !existsSync(target))).toEqual([]);
  },
);
