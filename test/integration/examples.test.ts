/** Every example on the built package: it says what it found, and exits with 0 only if that is what its text says. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const examples = readdirSync("examples").filter(
  (name) => name.endsWith(".mjs") && name !== "support.mjs",
);

test.each(examples)("%s answers its question", { timeout: 120_000 }, async (name) => {
  const { stdout } = await run(process.execPath, [`examples/${name}`]); // throws on any other exit code
  if (stdout.startsWith("skipped: ")) return console.warn(`${name}: ${stdout}`);
  expect(stdout).toMatch(/^yes: /m);
  expect(stdout).not.toMatch(/^NO: |NaN|undefined/m);
});

test("the list of examples names each of them", () => {
  const list = readFileSync("examples/README.md", "utf8");
  expect(examples.filter((name) => !list.includes(`(${name})`))).toEqual([]);
});
