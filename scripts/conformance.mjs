/**
 * Replays recorded decisions of the real vLLM scheduler on the built package:
 *
 *   npm run conformance -- [DIR]
 *
 * DIR holds scenario files (*.jsonl.gz) and possibly KV sizing cases (capacity_golden.json.gz).
 * Exit code 1 if anything differs.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { compareScenario } from "./replay-scenario.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dir = process.argv[2] ?? join(root, "test/conformance/data");
if (!existsSync(dir)) fail(`${dir}: no such directory`);
const lab = await import(process.env.LAB ?? "../dist/scheduler.js").catch(() =>
  fail("dist/ is missing: run `npm run build` first"),
);

const files = readdirSync(dir)
  .filter((name) => name.endsWith(".jsonl.gz"))
  .toSorted();
const sizingFile = join(dir, "capacity_golden.json.gz");
if (files.length === 0 && !existsSync(sizingFile))
  fail(`${dir}: no *.jsonl.gz scenario files here`);

let failed = false;
if (files.length > 0) compareScenarios();
process.exitCode = failed ? 1 : 0;

function compareScenarios() {
  let numScenarios = 0;
  let numIdentical = 0;
  console.log(`${"category".padEnd(20)} scenarios      L1      L2      L3`);
  for (const file of files) {
    const entries = read(join(dir, file))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const count = { L1: 0, L2: 0, L3: 0 };
    const reports = [];
    for (const entry of entries) {
      const differences = attempt(entry);
      for (const level of Object.keys(count)) if (!differences[level]) count[level]++;
      const [level, difference] = Object.entries(differences).find(([, d]) => d) ?? [];
      if (difference) reports.push(explain(entry, level, difference));
    }
    const columns = [entries.length, count.L1, count.L2, count.L3].map((n) =>
      String(n).padStart(8),
    );
    console.log(`${basename(file, ".jsonl.gz").padEnd(20)}${columns.join("")}`);
    for (const report of reports) console.log(report);
    numScenarios += entries.length;
    numIdentical += count.L3;
  }
  console.log(`conformance: ${numIdentical}/${numScenarios} scenarios identical at L3`);
  if (numIdentical < numScenarios) failed = true;
}

/** A scenario that makes us throw differs from the recording at every level. */
function attempt(entry) {
  try {
    return compareScenario(entry, lab);
  } catch (error) {
    const difference = {
      step: "?",
      field: "error",
      recorded: undefined,
      ours: String(error.stack),
    };
    return { L1: difference, L2: difference, L3: difference };
  }
}

function explain(entry, level, { step, field, recorded, ours }) {
  const name = `${entry.category} ${entry.id}`;
  return [
    `  ${name}: first difference at ${level}, step ${step}, field ${field}`,
    `    recorded ${JSON.stringify(recorded)}`,
    `    ours     ${JSON.stringify(ours)}`,
  ].join("\n");
}

function read(file) {
  return gunzipSync(readFileSync(file)).toString("utf8");
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
