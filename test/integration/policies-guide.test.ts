/** docs/policies.md as its reader follows it: every file is written, every command run, every output compared. */
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { parse } from "smol-toml";
import { expect, test, vi } from "vitest";
import { codeBlocks, renderGuide, userProject } from "../../scripts/readme.mjs";
import { exampleConfig, parseConfig } from "../../src/config/index.js";
import { typeErrors } from "../support/type-errors.js";

vi.setConfig({ testTimeout: 120_000 });

const guide = readFileSync("docs/policies.md", "utf8");
const blocksOf = (language: string) =>
  codeBlocks(guide).flatMap((block) => (block.language === language ? [block.code] : []));

test("its commands run, one after the other, and print what it says (npm run readme makes it so)", async () => {
  expect(await renderGuide(guide)).toBe(guide);
});

test("its TypeScript compiles in a strict project that has the package installed", async () => {
  const project = await userProject();
  try {
    expect(blocksOf("ts").length).toBeGreaterThan(1);
    expect(typeErrors(blocksOf("ts"), project)).toEqual([]);
  } finally {
    await rm(project, { recursive: true });
  }
});

test("its tables of a config go into any config", () => {
  const config = parse(exampleConfig()) as Record<string, object>;
  for (const text of blocksOf("toml")) {
    const { workload } = parse(text) as { workload: object };
    const merged = { ...config, workload: { ...config["workload"], ...workload } };
    expect(parseConfig(merged).workload).toMatchObject(workload);
  }
});

test("it has no block of another kind", () => {
  const known = ["js", "ts", "sh", "toml", "text"];
  expect(codeBlocks(guide).filter(({ language }) => !known.includes(language))).toEqual([]);
});
