/**
 * Fits the coefficients of the calibrated cost model and writes them, with their sources and residuals, to
 * src/cost/coefficients-data.ts and src/cost/held-out-errors-data.ts:
 *
 *   npm run fit [-- --quick]
 *
 * 1. Kernels: efficiencies by device family, from tables of single kernels under vLLM.
 * 2. Whole engines: factors on those, drawn to 1, from measured latencies. The steps of each row are simulated once; trying other
 *    coefficients on them needs no simulation.
 * 3. One run of an RTX 4090 request by request: factors for that device.
 * 4. Held-out errors: the same fit without each model in turn, and without each fifth of the curves. --quick leaves this out.
 *
 * The data lies in ../shared/data, or where INFERENCE_LAB_DATA says. Every run gives the same bits.
 */
import { parseArgs } from "node:util";
import { fitDevice } from "./device.mjs";
import { fitToRows } from "./engines.mjs";
import { checkComposed } from "./composed.mjs";
import { dataRoot, readData } from "./csv.mjs";
import { heldOut } from "./held-out.mjs";
import { parameters } from "./parameters.mjs";
import { priorsFrom } from "./priors.mjs";
import { loadLab } from "../silicon/lab.mjs";
import { usable } from "../silicon/observations.mjs";
import { report } from "../silicon/report.mjs";
import { rounded, writeCoefficients, writeHeldOut } from "./write.mjs";

const { values: options } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const rows = readData("measured/silicon_vllm_public.csv");
if (rows === undefined) {
  console.log(`fit: skipped, no data in ${dataRoot} (INFERENCE_LAB_DATA names another folder)`);
  process.exit(0);
}
const lab = await loadLab();
const priors = priorsFrom(lab, console.log);
if (priors === undefined) {
  console.log(`fit: skipped, no kernel tables in ${dataRoot}`);
  process.exit(0);
}
checkComposed(lab, priors, console.log);

const usableRows = usable(rows);
console.log(`\nengines: ${usableRows.length} rows, ${parameters.length} factors`);
const { fit, observations } = fitToRows(lab, usableRows, priors);
const coefficients = rounded({
  families: fit.coefficients.families,
  engine: {
    ...fit.coefficients.engine,
    source: `${usableRows.length} rows of measured vLLM latencies (InferenceX, aiconfigurator 095f58a5)`,
  },
});
parameters.forEach(({ name, sigma }, i) => {
  const inSigmas = (fit.x[i] / sigma).toFixed(1);
  console.log(`  ${name.padEnd(32)} × ${Math.exp(fit.x[i]).toFixed(3)}  (${inSigmas} sigma)`);
});
console.log("\nfitted rows:");
const fitted = report(lab, observations, () => coefficients, console.log);
fitDevice(lab, coefficients, console.log);
await writeCoefficients(coefficients, priors.residuals, fit.x, fitted);
if (!options.quick) await writeHeldOut(heldOut(lab, observations, priors, console.log));
