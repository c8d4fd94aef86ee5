/**
 * Replays recorded decisions of the real vLLM scheduler, and its KV cache sizes, on the built package:
 *
 *   npm run conformance -- [DIR] [--lab FILE]
 *
 * DIR holds scenarios (*.jsonl or *.jsonl.gz), KV sizing cases (capacity_golden.json or .json.gz), or both; default: the public
 * recordings. FILE is a module to replay them on instead of dist/scheduler.js.
 * Exit code 1 if anything differs or cannot be read.
 */
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { readJson, readScenarios } from "./read-recordings.mjs";
import { compareCapacity } from "./replay-capacity.mjs";
import { compareScenario } from "./replay-scenario.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { dir, labFile } = readArguments();
const lab = await import(pathToFileURL(labFile)).catch((error) =>
  fail(`${labFile} cannot be loaded (npm run build makes it): ${error.message}`),
);

const names = listDirectory(dir);
const scenarioFiles = names.filter((name) => /\.jsonl(\.gz)?$/.test(name));
const capacityFiles = names.filter((name) => /^capacity_golden\.json(\.gz)?$/.test(name));
if (scenarioFiles.length + capacityFiles.length === 0) {
  fail(`${dir}: holds neither scenarios (*.jsonl.gz) nor sizing cases (capacity_golden.json.gz)`);
}

let failed = false;
if (scenarioFiles.length > 0) compareScenarios();
for (const name of capacityFiles) compareCapacities(name);
process.exitCode = failed ? 1 : 0;

function compareScenarios() {
  let numScenarios = 0;
  let numIdentical = 0;
  console.log(`${"category".padEnd(20)} scenarios      L1      L2      L3`);
  for (const name of scenarioFiles) {
    const { total, identical, reports } = compareScenarioFile(name);
    const columns = [total, ...Object.values(identical)].map((n) => String(n).padStart(8));
    console.log(name.replace(/\.jsonl(\.gz)?$/, "").padEnd(20) + columns.join(""));
    for (const report of reports) complain(report);
    numScenarios += total;
    numIdentical += identical.L3;
  }
  console.log(`conformance: ${numIdentical}/${numScenarios} scenarios identical at L3`);
}

/** A line that is no scenario, or that we cannot replay, differs at every level. */
function compareScenarioFile(name) {
  const identical = { L1: 0, L2: 0, L3: 0 };
  const reports = [];
  const { value: recordings = [], problem: why } = attempt(() => readScenarios(join(dir, name)));
  if (why !== undefined) reports.push(why);
  for (const { place, entry, problem } of recordings) {
    const report =
      problem ?? compareEntry(`${place}: ${entry.category} ${entry.id}`, entry, identical);
    if (report !== undefined) reports.push(report);
  }
  return { total: recordings.length, identical, reports };
}

/** Counts the levels at which a scenario is identical; returns what to say of it, if anything. */
function compareEntry(title, entry, identical) {
  const { value: differences, problem } = attempt(() => compareScenario(entry, lab));
  if (problem !== undefined) return `${title}: cannot be replayed: ${problem}`;
  for (const level of Object.keys(identical)) if (!differences[level]) identical[level]++;
  const [level, difference] = Object.entries(differences).find(([, d]) => d) ?? [];
  if (difference === undefined) return undefined;
  const { step, field } = difference;
  return explain(
    `${title}: first difference at ${level}, step ${step}, field ${field}`,
    difference,
  );
}

function compareCapacities(name) {
  const { value: content, problem } = attempt(() => readJson(join(dir, name)));
  if (problem !== undefined) return complain(problem);
  const cases = content?.cases;
  if (!Array.isArray(cases) || cases.length === 0) return complain(`${name}: holds no cases`);
  let numEqual = 0;
  cases.forEach((recorded, i) => {
    const report = compareCase(`${name}: case ${i}, ${recorded?.model}`, recorded);
    if (report === undefined) numEqual++;
    else complain(report);
  });
  console.log(`capacity: ${numEqual}/${cases.length} cases equal`);
}

function compareCase(title, recorded) {
  const { value: difference, problem } = attempt(() => compareCapacity(recorded, lab));
  if (problem !== undefined) return `${title}: cannot be sized: ${problem}`;
  if (difference === undefined) return undefined;
  return explain(`${title}: first difference in ${difference.field}`, difference);
}

/** An answer, or in one line why there is none. */
function attempt(ask) {
  try {
    return { value: ask() };
  } catch (error) {
    return { problem: error.message };
  }
}

function explain(title, { recorded, ours }) {
  return `${title}\n    recorded ${JSON.stringify(recorded)}\n    ours     ${JSON.stringify(ours)}`;
}

function complain(report) {
  failed = true;
  console.log(`  ${report}`);
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      options: { lab: { type: "string", default: join(root, "dist/scheduler.js") } },
      allowPositionals: true,
    });
    if (positionals.length > 1) throw new Error("one directory at most");
    const [directory = join(root, "test/conformance/data")] = positionals;
    return { dir: directory, labFile: resolve(values.lab) };
  } catch (error) {
    return fail(`${error.message}\nusage: npm run conformance -- [DIR] [--lab FILE]`);
  }
}

function listDirectory(directory) {
  try {
    return readdirSync(directory).toSorted();
  } catch (error) {
    return fail(`${directory}: cannot be read: ${error.message}`);
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
