/** `npm run conformance` on recordings of our own making: what it says of a difference, and of what it cannot read. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { capacityOf } from "../../scripts/replay-capacity.mjs";
import { replayScenario } from "../../scripts/replay-scenario.mjs";
import * as lab from "../../src/scheduler/index.js";
import { aScenario, type ScenarioParts } from "../support/recorded-scenario.js";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "conformance-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

function write(name: string, content: string): void {
  writeFileSync(join(dir, name), name.endsWith(".gz") ? gzipSync(content) : content);
}

/** Exit code, and what was printed, to either output. */
function conformance(directory = dir): { status: number | null; output: string } {
  const args = [resolve("scripts/conformance.mjs"), directory];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  return { status, output: stdout + stderr };
}

const requests = [0, 1].map(() => ({ prompt: [[1, 0, 6]] as const }));
const scenario = aScenario({ requests });
const trace = replayScenario(scenario, lab);
const line = (changes: object = {}) =>
  JSON.stringify({ id: 7, category: "tiny", scenario, trace, ...changes });
const named = (parts: Partial<ScenarioParts>) =>
  line({ scenario: aScenario({ requests, ...parts }) });

const sizing = {
  model: "tiny",
  layers: 2,
  kv_heads_per_rank: 1,
  head_size: 8,
  pattern: ["f"],
  block_size: 16,
  kv_dtype: "float16",
  max_model_len: 64,
  max_num_batched_tokens: 32,
  async_scheduling: false,
  disable_hybrid: false,
  available_bytes: 50_000,
  out: {},
};
const sized = (changes: object = {}, kv_dtype = "float16") =>
  JSON.stringify({
    cases: [{ ...sizing, kv_dtype, out: { ...capacityOf(sizing, lab), ...changes } }],
  });

describe("scenarios", () => {
  test("equal ones are counted, from gzipped files and plain ones", () => {
    write("one.jsonl", `${line()}\n\n${line()}\n`);
    write("two.jsonl.gz", line());
    const { status, output } = conformance();
    expect(status).toBe(0);
    expect(output).toContain("one                        2       2       2       2");
    expect(output).toContain("conformance: 3/3 scenarios identical at L3\n");
    expect(output).not.toContain("capacity");
  });

  test("the first difference is shown with step and field, recorded against ours", () => {
    const [first, ...rest] = trace;
    write("tiny.jsonl", line({ trace: [{ ...first, sch: [[0, 5]] }, ...rest] }));
    const { status, output } = conformance();
    expect(status).toBe(1);
    expect(output).toContain(
      "tiny.jsonl:1: tiny 7: first difference at L1, step 0, field sch\n" +
        "    recorded [[0,5]]\n" +
        "    ours     [[0,6],[1,6]]\n",
    );
    expect(output).toContain("conformance: 0/1 scenarios identical at L3");
  });

  test("a difference in block ids alone counts at L3 alone", () => {
    const [first, ...rest] = trace;
    write("tiny.jsonl", line({ trace: [{ ...first, blk: { 0: [1, 2], 1: [4, 3] } }, ...rest] }));
    const { status, output } = conformance();
    expect(status).toBe(1);
    expect(output).toContain("tiny                       1       1       1       0");
    expect(output).toContain('recorded {"0":[1,2],"1":[4,3]}');
    expect(output).toContain('ours     {"0":[1,2],"1":[3,4]}');
  });

  test("rows too few or too many are a difference, also where ours would never end", () => {
    write("few.jsonl", line({ trace: [] }));
    write("many.jsonl", line({ trace: [...trace, { s: 9, sch: [] }] }));
    write("endless.jsonl", named({ kv: { num_blocks: 2 } }));
    const { status, output } = conformance();
    expect(status).toBe(1);
    expect(output).toContain("few.jsonl:1: tiny 7: first difference at L1, step 0, field row");
    expect(output).toContain("many.jsonl:1: tiny 7: first difference at L1, step 9, field row");
    expect(output).toContain("endless.jsonl:1: tiny 7: first difference at L1, step 0, field sch");
  });

  test.each([
    ["an unknown policy", { scheduler: { policy: "lifo" } }, 'unknown policy "lifo"; known are '],
    [
      "an unknown group type",
      { kv: { groups: [{ type: "mamba" }] } },
      'unknown group type "mamba"; known are ',
    ],
  ])("%s is named in one line", (_, parts, message) => {
    write("new.jsonl", `${line()}\n${named(parts)}\n`);
    const { status, output } = conformance();
    expect(status).toBe(1);
    expect(output).toContain(`  new.jsonl:2: tiny 7: cannot be replayed: ${message}`);
    expect(output).toContain("conformance: 1/2 scenarios identical at L3");
    expect(output).not.toMatch(/^ +at /m);
  });

  test("what cannot be read is named with file and line, and the rest is compared", () => {
    write("a.jsonl", `${line()}\n{"id": 1,\n{"id": 2}\n`);
    writeFileSync(join(dir, "b.jsonl.gz"), "not gzipped");
    write("c.jsonl", "\n");
    write("d.jsonl", line());
    const { status, output } = conformance();
    expect(status).toBe(1);
    expect(output).toContain("  a.jsonl:2: not JSON: ");
    expect(output).toContain("  a.jsonl:3: not a scenario: without scenario.scheduler, ");
    expect(output).toContain("  b.jsonl.gz: cannot be read: ");
    expect(output).toContain("  c.jsonl: holds no scenario");
    expect(output).toContain("conformance: 2/4 scenarios identical at L3");
    expect(output).not.toMatch(/^ +at /m);
  });
});

describe("sizing cases", () => {
  test("alone are enough", () => {
    write("capacity_golden.json.gz", sized());
    expect(conformance()).toEqual({ status: 0, output: "capacity: 1/1 cases equal\n" });
  });

  test("the first difference is shown, recorded against ours", () => {
    write("capacity_golden.json", sized({ num_blocks: 5 }));
    const { status, output } = conformance();
    expect(status).toBe(1);
    expect(output).toBe(
      "  capacity_golden.json: case 0, tiny: first difference in num_blocks\n" +
        "    recorded 5\n" +
        "    ours     48\n" +
        "capacity: 0/1 cases equal\n",
    );
  });

  test.each([
    ["float32", 24],
    ["bfloat16", 48],
    ["fp8_e5m2", 97],
    ["float8_e4m3fn", 97],
    ["int8", 97],
    ["uint8", 97],
  ])("%s is known", (dtype, numBlocks) => {
    expect(capacityOf({ ...sizing, kv_dtype: dtype }, lab)).toMatchObject({
      num_blocks: numBlocks,
    });
  });

  test("an unknown kv_dtype is named in one line, and so is a broken file", () => {
    write("capacity_golden.json", sized({}, "int4"));
    expect(conformance().output).toContain(
      'case 0, tiny: cannot be sized: unknown kv_dtype "int4"',
    );
    write("capacity_golden.json", "{");
    const { status, output } = conformance();
    expect(status).toBe(1);
    expect(output).toMatch(/^ {2}capacity_golden\.json: not JSON: .*\n$/);
  });
});

test("a directory without recordings, or none at all, is an error", () => {
  expect(conformance()).toMatchObject({ status: 1 });
  expect(conformance().output).toContain("holds neither scenarios");
  expect(conformance(join(dir, "nowhere")).output).toContain("cannot be read");
});
