/** The modules of the simulator that the scripts use, from their sources. */
import { loadSource } from "../load-source.mjs";

export async function loadLab() {
  const lab = await loadSource([
    "index.ts",
    "catalog/index.ts",
    "simulation/resolve.ts",
    "cost/calibrated.ts",
    "cost/coefficients-data.ts",
    "cost/held-out-errors-data.ts",
    "cost/calibrated-linear.ts",
    "cost/calibrated-attention.ts",
    "cost/calibrated-fabric.ts",
    "cost/resolve-kernels.ts",
    "calibration/calibrate.ts",
    "calibration/predict-benchmark.ts",
    "workload/benchmark-client.ts",
    "workload/bodies.ts",
    "workload/labels.ts",
  ]);
  return {
    ...lab,
    /** Devices by any name. */
    deviceOf: new Proxy({}, { get: (_, name) => lab.hardwarePreset(String(name)).device }),
  };
}
