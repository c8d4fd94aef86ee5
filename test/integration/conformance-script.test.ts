/** `npm run conformance` on directories of our own making: what it says of a difference, and of what it cannot read. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { capacityOf } from "../../scripts/replay-capacity.mjs";
import { replayScenario } from "../../scripts/replay-scenario.mjs";
import * as lab from "../../src/scheduler/index.js";
import { aScenario } from "../support/recorded-scenario.js";

let dir = "";
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "conformance-"))));
afterEach(() => rmSync(dir, { recursive: true }));

const write = (name: string, content: string) =>
  writeFileSync(join(dir, name), name.endsWith(".gz") ? gzipSync(content) : content);

/** Set by who wants to test without a build. */
const lab_ = process.env.LAB_FILE;

function conformance(...args: string[]) {
  const script = resolve("scripts/conformance.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
}

const prompt = [[1, 0, 6]] as const;
const scenario = aScenario({ requests: [{ prompt }, { prompt }] });
const recording = { id: 7, category: "tiny", scenario, trace: replayScenario(scenario, lab) };
