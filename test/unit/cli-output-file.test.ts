import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openOutput } from "../../src/cli/output-file.js";
import { InferenceLabError } from "../../src/index.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "inference-lab-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

test("a committed text is in place, and nothing else", async () => {
  const output = await openOutput(join(directory, "r.json"));
  await output.commit("new");
  await output.discard();
  expect(readFileSync(join(directory, "r.json"), "utf8")).toBe("new");
  expect(readdirSync(directory)).toEqual(["r.json"]);
});

test("a run that fails leaves the old file as it was", async () => {
  const path = join(directory, "r.json");
  writeFileSync(path, "old");
  const output = await openOutput(path);
  await output.discard();
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(directory)).toEqual(["r.json"]);
});

test("a run that fails leaves no file where there was none", async () => {
  const output = await openOutput(join(directory, "r.json"));
  await output.discard();
  expect(readdirSync(directory)).toEqual([]);
});

test("through a link, the file that it names is replaced", async () => {
  const link = join(directory, "link.json");
  writeFileSync(join(directory, "r.json"), "old");
  symlinkSync("r.json", link);
  const output = await openOutput(link);
  await output.commit("new");
  await output.discard();
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(directory, "r.json"), "utf8")).toBe("new");
});

test("where nothing can be written, opening says so, with the path and the reason", async () => {
  await expect(openOutput(directory)).rejects.toThrow(
    `cannot write ${directory}: it is a directory`,
  );
  const nowhere = join(directory, "nowhere", "r.json");
  await expect(openOutput(nowhere)).rejects.toThrow("its directory does not exist");
  await expect(openOutput(nowhere)).rejects.toBeInstanceOf(InferenceLabError);
  const beneathFile = join(directory, "file", "r.json");
  writeFileSync(join(directory, "file"), "");
  await expect(openOutput(beneathFile)).rejects.toThrow("its directory is not a directory");
});

test.skipIf(!existsSync("/dev/full"))("a full device is an error of the commit", async () => {
  const output = await openOutput("/dev/full");
  await expect(output.commit("text")).rejects.toThrow(
    "cannot write /dev/full: no space left on the device",
  );
});
