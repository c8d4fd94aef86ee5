/**
 * Simulates one logged run of vLLM request by request and compares:
 *
 *   npm run validate:run -- requests.csv.gz meta.json trace.jsonl.gz [--svg FILE] [--inherited] [--json]
 *
 * Columns of the requests: request_id, isl, osl, queued_s, scheduled_s, first_token_s, last_token_s. A file whose name has "timeseries"
 * for "requests" beside it gives the measured KV cache. Running, waiting and KV cache over time are drawn into the file that --svg names
 * (default validation-run.svg, here); --inherited leaves out coefficients of this very device.
 */
import { existsSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { readCsv } from "./fit/csv.mjs";
import { loadLab } from "./silicon/lab.mjs";
import { svgChart } from "./silicon/plot.mjs";
import { configOfRun, latenciesOf, readRun, runErrors } from "./silicon/run.mjs";

const { files, svg, inherited, json } = readArguments();
const lab = await loadLab();
const run = readRun(...files);
const config = configOfRun(lab, run);
const { description } = lab.resolve(config).deployment;
const simulation = new lab.Simulation(
  inherited ? { ...config, costModel: withoutOwn(description) } : config,
);
const result = simulation.run();
const latencies = latenciesOf(run, result);
const errors = runErrors(latencies);
const preemptions = result.requests.numPreemptions.reduce((sum, n) => sum + n, 0);

if (json) console.log(JSON.stringify({ errors, preemptions }));
else {
  const { device } = description;
  console.log(
    `${device.name}, ${run.meta.model}, vLLM ${run.meta.vllm_version}: ${run.requests.length} requests, ${preemptions} preemptions simulated`,
  );
  for (const [name, error] of Object.entries(errors)) {
    console.log(`  ${name.padEnd(34)} ${(100 * error).toFixed(1).padStart(6)} %`);
  }
}
writeFileSync(svg, draw());
if (!json) console.log(`wrote ${svg}`);

/** The calibrated cost model as for a device that nobody measured. */
function withoutOwn(deployment) {
  const { families, engine } = lab.defaultCoefficients;
  const others = Object.entries(families).filter(([name]) => name !== deployment.device.name);
  return lab.calibrated(deployment, { families: Object.fromEntries(others), engine });
}

function draw() {
  const end = Math.max(...run.requests.map(({ last }) => last)) * 1.02;
  const { timeSeries } = result;
  const measuredFile = files[0].replace("requests", "timeseries");
  const measured =
    measuredFile !== files[0] && existsSync(measuredFile) ? readCsv(measuredFile) : [];
  const panel = (title, yLabel, measuredPoints, simulatedPoints) => {
    const highest = Math.max(1, ...[...measuredPoints, ...simulatedPoints].map(([, y]) => y));
    return {
      title,
      xLabel: "seconds",
      yLabel,
      x: [0, end],
      y: [0, highest * 1.08],
      series: [
        { label: "measured", points: measuredPoints },
        { label: "simulated", points: simulatedPoints, dash: "5 3" },
      ],
    };
  };
  const simulated = (column, factor = 1) =>
    Array.from(timeSeries.time, (time, i) => [time, factor * timeSeries[column][i]]);
  return svgChart({
    title: `${run.meta.model} on ${run.gpu}, vLLM ${run.meta.vllm_version}: measured and simulated`,
    panelWidth: 820,
    panels: [
      panel("running", "requests", counted("running"), simulated("numRunning")),
      panel("waiting", "requests", counted("waiting"), simulated("numWaiting")),
      panel(
        "KV cache",
        "% of blocks",
        measured.map((row) => [+row.t, +row.kv_cache_pct]),
        simulated("kvCacheUsage", 100),
      ),
    ],
  });

  /** Of the engine's own log, where there is one; else from the times of the requests, which do not know of preemptions. */
  function counted(column) {
    if (measured.length > 0) return measured.map((row) => [+row.t, +row[column]]);
    const from = column === "running" ? "scheduled" : "queued";
    const to = column === "running" ? "last" : "scheduled";
    const times = Array.from({ length: 400 }, (_, i) => (i * end) / 399);
    return times.map((time) => [
      time,
      run.requests.filter((request) => request[from] <= time && request[to] > time).length,
    ]);
  }
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      options: {
        svg: { type: "string", default: "validation-run.svg" },
        inherited: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
      allowPositionals: true,
    });
    if (positionals.length !== 3) throw new Error("three files are needed");
    const missing = positionals.find((file) => !existsSync(file));
    if (missing !== undefined) throw new Error(`${missing}: no such file`);
    return { files: positionals, ...values };
  } catch (error) {
    console.error(
      `${error.message}\nusage: npm run validate:run -- requests.csv.gz meta.json trace.jsonl.gz [--svg FILE] [--inherited] [--json]`,
    );
    return process.exit(1);
  }
}
