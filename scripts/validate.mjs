/**
 * Runs measured rows through the simulator as they were measured and prints the errors of its predictions:
 *
 *   npm run validate -- FILE.csv… [--json] [--columns] [--leave-one-out model] [--calibrate]
 *
 * Files have the columns of silicon_vllm_public.csv; default: that file. Rows that its `exclude` column marks are counted apart. What
 * cannot be told from a row, and what was taken instead, is said in a line. --leave-one-out fits the coefficients anew
 * without each model in turn, and predicts its rows with that. --columns takes limits and lengths of all rows as the columns say.
 * --calibrate fits a profile to three points of each curve over concurrency and says what that does for the others; it takes minutes.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { dataRoot, readCsv } from "./fit/csv.mjs";
import { fitWithout } from "./fit/held-out.mjs";
import { priorsFrom } from "./fit/priors.mjs";
import { judgeCalibration, printCalibration } from "./silicon/calibration.mjs";
import { loadLab } from "./silicon/lab.mjs";
import { printSummary, summarise } from "./silicon/report.mjs";
import { configOf } from "./silicon/rows.mjs";

const { files, json, columns, leaveOut, calibrates } = readArguments();
const log = json ? () => {} : console.log;
const lab = await loadLab();
const said = new Map();
const rows = files.flatMap(read);
const judged = rows.filter(isMeasured);
const coefficientsOf = leaveOut ? leaveOneOut() : () => undefined;

const results = [];
const failures = rows
  .filter((row) => !isMeasured(row))
  .map(({ id, ttft_ms, tpot_ms }) => ({
    id,
    reason: `ttft_ms "${ttft_ms}" and tpot_ms "${tpot_ms}" must be numbers above 0`,
  }));
for (const row of judged) {
  try {
    results.push(simulate(row));
  } catch (error) {
    failures.push({ id: row.id, reason: String(error.message).replace(/\s*\n\s*/g, " ") });
  }
}
for (const [line, count] of said) log(`note: ${line} (${count} rows)`);
for (const { id, reason } of failures) log(`not simulated: ${id}: ${reason}`);

const plausible = results.filter(({ row }) => !row.exclude);
const excluded = results.filter(({ row }) => row.exclude);
const summary = plausible.length > 0 ? printSummary(summarise(plausible), log) : undefined;
if (excluded.length > 0) {
  log(`\nmarked as implausible in the file, not counted above: ${excluded.length} rows`);
  printSummary(summarise(excluded), log);
}
const calibrations = calibrates ? judgeCalibrations() : undefined;
if (json) {
  console.log(
    JSON.stringify({
      ...summary,
      excluded: excluded.length,
      failures,
      calibrations,
      rows: results.map(toJson),
    }),
  );
}
const { tpot, ttft } = summary?.overall ?? { tpot: { mape: NaN }, ttft: { mape: NaN } };
const percent = (value) => (100 * value).toFixed(1);
const verdict = `validate: TPOT MAPE ${percent(tpot.mape)} % TTFT MAPE ${percent(ttft.mape)} % over ${plausible.length} rows`;
if (json) console.error(verdict);
else console.log(verdict);
process.exitCode = results.length > 0 ? 0 : 1;

function judgeCalibrations() {
  const judges = { configOf: (row) => fitted(configOf(lab, row)), simulate, basisOf };
  const found = judgeCalibration(
    lab,
    plausible.map(({ row }) => row),
    judges,
  );
  if (found[0].curves === 0) log("\nno curve has four concurrencies: nothing to calibrate");
  return found[0].curves === 0 ? [] : found.map((one) => printCalibration(one, log));
}

function isMeasured({ ttft_ms, tpot_ms }) {
  return [ttft_ms, tpot_ms].every((text) => Number.isFinite(+text) && +text > 0);
}

function simulate(row, configure = withCoefficientsOf(row)) {
  const result = lab.simulate(configure(fitted(configOf(lab, row, note))));
  return {
    row,
    ttft: row.ttft_ms / 1000,
    tpot: row.tpot_ms / 1000,
    predicted: { ttft: result.ttft.mean + lab.FIRST_TOKEN_TRIP, tpot: result.tpot.mean },
    confidence: result.confidence,
  };
}

function withCoefficientsOf(row) {
  const coefficients = coefficientsOf(row);
  if (coefficients === undefined) return (config) => config;
  return (config) => {
    const { description } = lab.resolve(config).deployment;
    return { ...config, costModel: lab.calibrated(description, coefficients) };
  };
}

/** What a calibration of a row's deployment begins with. */
function basisOf(row) {
  const coefficients = coefficientsOf(row);
  if (coefficients === undefined) return {};
  const { heldOutErrors } = lab;
  const models = heldOutErrors.models.filter(({ name }) => name !== row.model);
  return { coefficients, heldOut: { ...heldOutErrors, models } };
}

/** A row was measured, so its model fits: where our plan of the memory says no, the engine had a little more of it. */
function fitted(config) {
  for (const gpuMemoryUtilization of [config.hardware.gpuMemoryUtilization, 0.95, 1]) {
    const given = { ...config, hardware: { ...config.hardware, gpuMemoryUtilization } };
    try {
      lab.resolve(given);
      if (gpuMemoryUtilization !== config.hardware.gpuMemoryUtilization) {
        note(`memory does not suffice at the given utilisation: ${gpuMemoryUtilization} taken`);
      }
      return given;
    } catch {
      // The next one gives more memory.
    }
  }
  const { maxNumSeqs, blockSize } = config.scheduler;
  const numGpuBlocks = 1 + Math.ceil((maxNumSeqs * config.model.maxSeqLen) / blockSize);
  note("weights and one sequence do not fit the memory: KV cache taken as large enough");
  return { ...config, scheduler: { ...config.scheduler, numGpuBlocks } };
}

function leaveOneOut() {
  const priors = priorsFrom(lab, () => {});
  if (priors === undefined) fail(`--leave-one-out needs the kernel tables in ${dataRoot}`);
  const known = judged.filter((row) => !row.exclude);
  const byModel = fitWithout(lab, known, priors, (row) => row.model);
  return (row) => byModel.get(row.model);
}

function note(line) {
  said.set(line, (said.get(line) ?? 0) + 1);
}

function toJson({ row, ttft, tpot, predicted, confidence }) {
  return { id: row.id, measured: { ttft, tpot }, predicted, confidence };
}

function read(file) {
  try {
    const found = readCsv(file).map((row, i) => ({
      ...row,
      id: row.id || `${file}, line ${i + 2}`,
      ...(columns && row.measured === "" && { measured: "as in the columns" }),
    }));
    const [first] = found;
    if (first === undefined) fail(`${file}: has no rows`);
    const missing = ["model", "gpu", "isl", "osl", "concurrency", "ttft_ms", "tpot_ms"].filter(
      (name) => first[name] === undefined,
    );
    if (missing.length > 0) fail(`${file}: columns are missing: ${missing.join(", ")}`);
    return found;
  } catch (error) {
    return fail(`${file}: cannot be read: ${error.message}`);
  }
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      options: {
        json: { type: "boolean", default: false },
        columns: { type: "boolean", default: false },
        calibrate: { type: "boolean", default: false },
        "leave-one-out": { type: "string" },
      },
      allowPositionals: true,
    });
    const unit = values["leave-one-out"];
    if (unit !== undefined && unit !== "model")
      throw new Error("--leave-one-out model is all there is");
    const named = positionals.length > 0 ? positionals : defaultFiles();
    return {
      files: named,
      json: values.json,
      columns: values.columns,
      calibrates: values.calibrate,
      leaveOut: unit !== undefined,
    };
  } catch (error) {
    return fail(
      `${error.message}\nusage: npm run validate -- FILE.csv… [--json] [--columns] [--leave-one-out model] [--calibrate]`,
    );
  }
}

function defaultFiles() {
  const file = join(dataRoot, "measured/silicon_vllm_public.csv");
  try {
    readFileSync(file);
    return [file];
  } catch {
    console.log(`validate: skipped, no ${file} (INFERENCE_LAB_DATA names another folder)`);
    return process.exit(0);
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
