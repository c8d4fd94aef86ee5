/**
 * What is measured and is not a number of requests a second. Each measure gives `{ value, … }`; `atMost` or `atLeast` is its target.
 * A measure that gives undefined was skipped: what it needs is not here.
 */
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { hardware, model, poisson, quickStartLengths, scheduler } from "./rows.mjs";

export const measures = {
  "beside the original": { unit: "times faster", atLeast: 100, measure: besideTheOriginal },
  "10,000,000 requests, summary": { unit: "MB peak", atMost: 200, measure: summaryMemory },
  "summary against rows": { unit: "% of a percentile", atMost: 1, measure: summaryError },
  "for…of": { unit: "× of single steps", atMost: 2, measure: forOf },
  "for await": { unit: "ms to a turn", atMost: 16, measure: forAwait },
  'import "inference-lab"': { unit: "ms", atMost: 60, measure: importTime },
  "quick start, process": { unit: "ms", atMost: 350, measure: quickStart },
  "core entry": { unit: "kB gzipped", atMost: 45, measure: coreSize },
};

const secondsOf = (run) => {
  const start = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - start) / 1e9;
};
const peakMegabytes = () => process.resourceUsage().maxRSS / 1024;

/** The same 10,000 requests through the original's WebAssembly build, both in this process; our first run apart. */
async function besideTheOriginal(lab) {
  const name = "@doublewordai/inference-lab";
  const original = await import(name).catch(() => undefined);
  if (original === undefined) return undefined;
  const wasm = new URL("inference_lab_bg.wasm", import.meta.resolve(name));
  await original.default({ module_or_path: await readFile(wasm) });
  const config = poisson(10_000, 0.6);
  const { numRequests, arrivalRate } = config.workload;
  const theirs = {
    hardware: { name: "H100", ...snake(hardware) },
    model: { name: "8B", ...snake(model) },
    scheduler: { policy: "fcfs", ...snake(scheduler) },
    workload: {
      arrival_pattern: "poisson",
      arrival_rate: arrivalRate,
      num_requests: numRequests,
      seed: 42,
      input_len_dist: snake(quickStartLengths.inputLenDist),
      output_len_dist: snake(quickStartLengths.outputLenDist),
    },
  };
  const cold = secondsOf(() => lab.simulate(config));
  for (let i = 0; i < 5; i++) lab.simulate(config);
  const ours = medianOf(() => secondsOf(() => lab.simulate(config)));
  const seconds = secondsOf(() => original.run_simulation(JSON.stringify(theirs)));
  return { value: seconds / ours, firstRun: seconds / cold, theirs: numRequests / seconds };
}

function snake(table) {
  const key = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [key(name), value]));
}

function summaryMemory(lab) {
  const config = { ...poisson(10_000_000, 0.6), simulation: { retain: "summary" } };
  const seconds = secondsOf(() => lab.simulate(config));
  return { value: peakMegabytes(), requestsPerSec: 10_000_000 / seconds };
}

/** The largest error of any percentile at 200,000 requests. */
function summaryError(lab) {
  const config = poisson(200_000, 0.6);
  const rows = lab.simulate(config);
  const summary = lab.simulate({ ...config, simulation: { retain: "summary" } });
  let value = 0;
  for (const name of ["ttft", "e2e", "tpot", "queueTime"]) {
    for (const p of ["p50", "p90", "p95", "p99"]) {
      const exact = rows[name][p];
      if (exact > 0) value = Math.max(value, (100 * Math.abs(summary[name][p] - exact)) / exact);
    }
  }
  return { value };
}

/** Every event in a for…of loop, against a run that goes step by step. */
function forOf(lab) {
  const config = poisson(100_000, 0.6);
  const single = () =>
    new lab.Simulation(config).run({ onProgress: () => true, progressInterval: 1 });
  let numEvents = 0;
  const events = () => {
    for (const _ of new lab.Simulation(config)) numEvents++;
  };
  single();
  events();
  const ratios = [1, 2, 3, 4, 5].map(() => secondsOf(events) / secondsOf(single));
  return { value: ratios.toSorted((a, b) => a - b)[2], numEvents: numEvents / 6 };
}

/** The longest time that a host which only wants its turn had to wait. */
async function forAwait(lab) {
  const simulation = new lab.Simulation(poisson(20_000, 0.6));
  let longest = 0;
  let last = performance.now();
  let isOver = false;
  const tick = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) setTimeout(tick, 0);
  };
  tick();
  for await (const _ of simulation);
  isOver = true;
  return { value: longest };
}

function importTime(_, dist) {
  const file = JSON.stringify(resolve(dist, "index.js"));
  const script = `const t = performance.now(); await import(${file}); console.log(performance.now() - t)`;
  const run = () =>
    Number(execFileSync("node", ["--input-type=module", "-e", script], { encoding: "utf8" }));
  return { value: medianOf(run) };
}

function quickStart(_, dist) {
  const config = join(import.meta.dirname, "../examples/configs/quickstart.toml");
  const run = () =>
    1000 *
    secondsOf(() =>
      execFileSync("node", [resolve(dist, "bin.js"), "-c", config], { stdio: "pipe" }),
    );
  return { value: medianOf(run) };
}

async function coreSize() {
  const script = await import("../scripts/size.mjs").catch(() => undefined); // needs esbuild
  return script?.coreSize();
}

function medianOf(run) {
  return Array.from({ length: 7 }, run).toSorted((a, b) => a - b)[3];
}
