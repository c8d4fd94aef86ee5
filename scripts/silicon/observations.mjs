/** Measured rows, simulated once each: what a fit needs of them. */
import { configOf } from "./rows.mjs";
import { record, reprice } from "./record.mjs";

/** Rows that can be right. */
export function usable(rows) {
  return rows.filter((row) => !row.exclude && +row.tpot_ms > 0 && +row.ttft_ms > 0);
}

export function observe(lab, rows, coefficients) {
  return rows.map((row) => {
    const config = configOf(lab, row);
    const { deployment } = lab.resolve(config);
    const { steps } = record(lab, config, lab.calibrated(deployment.description, coefficients));
    return {
      row,
      description: deployment.description,
      steps,
      ttft: row.ttft_ms / 1000,
      tpot: row.tpot_ms / 1000,
    };
  });
}

/** Mean TTFT, as the client sees it, and TPOT. */
export function predict(lab, { description, steps }, coefficients) {
  const { ttft, tpot } = reprice(steps, lab.calibrated(description, coefficients));
  return { ttft: ttft + lab.FIRST_TOKEN_TRIP, tpot };
}

export const groupOf = ({ row }) =>
  [row.model.replace(/^.*\//, ""), row.gpu, row.weights_dtype || row.precision, row.moe_backend]
    .filter((part) => part !== "" && part !== undefined)
    .join(" ");

/** Rows that differ in concurrency alone. */
export const curveOf = ({ row }) =>
  [
    groupOf({ row }),
    row.vllm_version,
    row.tensor_parallel,
    row.expert_parallel,
    row.isl,
    row.osl,
    row.kv_cache_dtype,
  ].join("|");
