/**
 * Measures the built package: `npm run bench -- [--rows NAME;…] [--runs N] [--against DIR] [--json FILE]`.
 *
 * Each row runs in a process of its own, `--runs` times (default 5); medians are shown. `--against` names the dist folder of another
 * build, which is run in turn with this one; its ratio is the median over the pairs.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measures } from "./measures.mjs";
import { rows } from "./rows.mjs";

const { values: options } = parseArgs({
  options: {
    rows: { type: "string" },
    runs: { type: "string", default: "5" },
    against: { type: "string" },
    json: { type: "string" },
  },
});
const dist = join(import.meta.dirname, "../dist");
const numRuns = Number(options.runs);
const known = [...Object.keys(rows), ...Object.keys(measures)];
const names = options.rows?.split(";") ?? known;
for (const name of names) {
  if (!known.includes(name)) {
    console.error(`no row "${name}"; there are: ${known.join("; ")}`);
    process.exit(1);
  }
}

const machine = `${cpus()[0].model}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`;
console.log(`${machine}; median of ${numRuns} runs`);
const heads = ["row", "requests/s", "steps/s", "per calibration", "MB peak", "B/request", "target"];
console.log(line([...heads, ...(options.against ? ["ratio"] : [])]));
const report = [];
for (const name of names.filter((n) => n in rows)) {
  const runs = [];
  const others = [];
  for (let i = 0; i < numRuns; i++) {
    runs.push(run(name, dist));
    if (options.against) others.push(run(name, options.against));
  }
  if (runs[0] === null) {
    console.log(line([name, "skipped: its data is not here"]));
    continue;
  }
  const of = (key) => median(runs.map((r) => r[key]));
  const { target, unit = "requests/s" } = rows[name];
  const reached = unit === "steps/s" ? of("stepsPerSec") : of("requestsPerSec");
  const verdict =
    target === undefined ? "" : `${round(target)} ${reached >= target ? "met" : "missed"}`;
  const ratio = median(runs.map((r, i) => r.requestsPerSec / (others[i]?.requestsPerSec ?? NaN)));
  const cells = [
    name,
    round(of("requestsPerSec")),
    round(of("stepsPerSec")),
    round(of("perCalibration")),
    round(of("peakMegabytes")),
    of("bytesPerRequest").toFixed(0),
    verdict,
  ];
  console.log(line([...cells, ...(options.against ? [ratio.toFixed(3)] : [])]));
  report.push({ name, target, unit, runs, others });
}
const rate = (name) => {
  const row = report.find((r) => r.name === name);
  return row && median(row.runs.map((r) => r.requestsPerSec));
};
for (const { name } of report) {
  const { growth } = rows[name];
  if (growth === undefined || rate(growth) === undefined) continue;
  const ratio = rate(name) / rate(growth);
  console.log(`time per request: "${growth}" takes ${ratio.toFixed(3)} × "${name}" (at most 1.2)`);
}
for (const name of names.filter((n) => n in measures)) {
  const { unit, atMost, atLeast } = measures[name];
  const runs = [run(name, dist)];
  if (runs[0] === null) {
    console.log(line([name, "skipped: what it needs is not here"]));
    continue;
  }
  while (runs.length < Math.min(numRuns, 3)) runs.push(run(name, dist));
  const value = median(runs.map((r) => r.value));
  const isMet = value <= (atMost ?? Infinity) && value >= (atLeast ?? -Infinity);
  const target = `${atMost === undefined ? "≥" : "≤"} ${atMost ?? atLeast}`;
  console.log(`${name.padEnd(32)}${round(value)} ${unit} (${target}: ${isMet ? "met" : "missed"})`);
  report.push({ name, unit, atMost, atLeast, runs });
}
if (options.json) writeFileSync(options.json, JSON.stringify({ machine, rows: report }, null, 2));

function run(name, folder) {
  const script = join(import.meta.dirname, "run-row.mjs");
  return JSON.parse(
    execFileSync("node", ["--expose-gc", script, name, folder], { encoding: "utf8" }),
  );
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function round(value) {
  return Number(value.toPrecision(3)).toLocaleString("en");
}

function line([name, ...cells]) {
  return name.padEnd(24) + cells.map((cell) => String(cell).padStart(16)).join("");
}
