/** Every recorded decision of the real vLLM scheduler, the block ids included, from our sources. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readScenarios } from "../../scripts/read-recordings.mjs";
import { compareScenario } from "../../scripts/replay-scenario.mjs";
import * as lab from "../../src/scheduler/index.js";

const dir = fileURLToPath(new URL("data/", import.meta.url));
const files = readdirSync(dir).filter((name) => name.endsWith(".jsonl.gz"));
let numScenarios = 0;

describe("the scheduler decides as vLLM's, down to the block ids", () => {
  test.each(files)("%s", (name) => {
    const recordings = readScenarios(dir + name);
    numScenarios += recordings.length;
    for (const { place, entry } of recordings) {
      expect(compareScenario(entry!, lab).L3, place).toBeUndefined();
    }
  });

  test("all recorded scenarios are there", () => expect(numScenarios).toBe(447));
});
