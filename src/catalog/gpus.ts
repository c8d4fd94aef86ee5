/**
 * Accelerators as data. Rates are dense, per second and per device; memory is what the driver reports, or would by what it reports of
 * siblings, else the datasheet's. A row is unverified where one recollection of a datasheet is all that stands behind it.
 */
import type { DeviceDescription } from "../spec/device-description.js";

/** In the order of the columns below: TFLOP/s, GB, GB/s. */
type Row = readonly [
  name: string,
  family: string,
  bf16: number,
  fp8: number | undefined,
  fp4: number | undefined,
  int8: number | undefined,
  memory: number,
  bandwidth: number,
  scaleUp: number,
  fabric: NonNullable<DeviceDescription["fabric"]>,
  scaleUpSize: number,
  scaleOut: number | undefined,
  source: string,
  verified: boolean,
];

const DATASHEET = "vendor's datasheet";
const AIC = `${DATASHEET}; ai-dynamo/aiconfigurator 095f58a5, systems/*.yaml`;
const DRIVER = "memory as the driver reports it in public logs";
/** Of a device sold as N GB, NVIDIA's drivers report 98.5 to 99.2 % of N GiB (40, 80, 94, 96, 141), AMD's all but 0.02 GiB of it. */
const SIBLINGS = "memory in proportion to what drivers report of its siblings";
const RECALLED = `${DATASHEET}, recalled`;
const GOOGLE = "cloud.google.com/tpu/docs";
const no = undefined;

// prettier-ignore
const rows: readonly Row[] = [
  // name, family, bf16, fp8, fp4, int8 (TFLOP/s), memory GB, memory GB/s, scale-up GB/s, fabric, devices, scale-out GB/s
  ["a100-40gb-sxm", "ampere", 312, no, no, 624, 42.29, 1555, 600, "nvswitch", 8, 25, `${DATASHEET}; 312 TFLOP/s, 40 GB and 1.6 TB/s in two public tables of devices; ${DRIVER}`, true],
  ["a100-80gb-sxm", "ampere", 312, no, no, 624, 84.99, 2039, 600, "nvswitch", 8, 25, `${AIC}; ${DRIVER}`, true],
  ["a100-80gb-pcie", "ampere", 312, no, no, 624, 84.99, 1935, 64, "pcie", 8, no, `${AIC}; ${DRIVER}`, true],
  ["a30", "ampere", 165, no, no, 330, 24, 933, 200, "nvlink-bridge", 2, no, AIC, true],
  ["a40", "ampere", 149.7, no, no, 299.3, 47.62, 696, 112.5, "nvlink-bridge", 2, no, `${RECALLED}; ${DRIVER}`, false],
  ["a10", "ampere", 125, no, no, 250, 23.7, 600, 64, "pcie", 8, no, `${DATASHEET}; citsjtu2020/LLM-Prof, hardware_spec.md; ${SIBLINGS}`, true],
  ["a10g", "ampere", 70, no, no, 140, 23.7, 600, 64, "pcie", 8, no, `${RECALLED}; ${SIBLINGS}`, false],
  ["h100-sxm", "hopper", 989.4, 1979, no, 1979, 85.0, 3350, 900, "nvswitch", 8, 50, `${AIC}; ${DRIVER}`, true],
  ["h100-pcie", "hopper", 756, 1513, no, 1513, 84.99, 2000, 128, "pcie", 8, no, `${AIC}; ${SIBLINGS}`, true],
  ["h100-nvl", "hopper", 835.5, 1671, no, 1671, 99.97, 3900, 600, "nvlink-bridge", 2, no, `${DATASHEET}; inference-sim/training ed5c1d26, datasheets/h100-nvl.json; ${DRIVER}`, true],
  ["h200-sxm", "hopper", 989.4, 1979, no, 1979, 150.1, 4800, 900, "nvswitch", 8, 50, `${AIC}; ${DRIVER}`, true],
  ["h20", "hopper", 148, 296, no, 296, 102.01, 4000, 900, "nvswitch", 8, 50, `${DATASHEET}; citsjtu2020/LLM-Prof, hardware_spec.md (fp8 recalled); ${SIBLINGS}`, true],
  ["gh200-96gb", "hopper", 989.4, 1979, no, 1979, 102.0, 4000, 900, "nvswitch", 8, 50, `${DATASHEET}; doublewordai/inference-lab, catalog/hardware/gh200.toml; ${SIBLINGS}`, true],
  ["gh200-144gb", "hopper", 989.4, 1979, no, 1979, 153.1, 4900, 900, "nvswitch", 8, 50, `${DATASHEET}; 144 GB and 4.9 TB/s in a public table of devices; ${SIBLINGS}`, true],
  ["b200-sxm", "blackwell", 2250, 4500, 9000, 4500, 191.5, 8000, 1800, "nvswitch", 8, 50, `${AIC} (7.7 TB/s there); ${DRIVER}`, true],
  ["gb200", "blackwell", 2500, 5000, 10000, 5000, 197.7, 8000, 1800, "nvswitch", 72, 50, `${AIC}; ${SIBLINGS}`, true],
  ["b300-sxm", "blackwell", 2250, 4500, 13500, 153.5, 287.0, 8000, 1800, "nvswitch", 8, 100, `${AIC} (14 PFLOP/s fp4 and 7.75 TB/s there); ${SIBLINGS}`, true],
  ["gb300", "blackwell", 2500, 5000, 15000, 165, 296.6, 8000, 1800, "nvswitch", 72, 100, `${AIC}; ${SIBLINGS}`, true],
  ["l4", "ada", 121, 242, no, 242, 23.65, 300, 64, "pcie", 8, no, `${AIC}; ${DRIVER}`, true],
  ["l40s", "ada", 362, 733, no, 733, 47.67, 864, 64, "pcie", 8, no, `${AIC}; ${DRIVER}`, true],
  ["rtx-4090", "ada", 165.2, 330.3, no, 660.6, 25.250627584, 1008, 64, "pcie", 8, no, `${RECALLED} (32-bit accumulation); memory as the driver reports it, casys-kaist/LLMServingSim 5daddb21`, false],
  ["rtx-5090", "blackwell-rtx", 209.5, 419, 1676, 838, 33.67, 1792, 128, "pcie", 8, no, `${RECALLED} (32-bit accumulation); ${DRIVER}`, false],
  ["rtx-pro-6000-server", "blackwell-rtx", 467.8, 935.6, 1871, 935.6, 102.01, 1597, 128, "pcie", 8, no, `ai-dynamo/aiconfigurator 095f58a5, systems/*.yaml; casys-kaist/LLMServingSim 5daddb21 for 1597 GB/s; ${DRIVER}`, true],
  ["mi300x", "cdna3", 1307, 2615, no, 2615, 206.14, 5300, 896, "infinity-fabric", 8, 50, `${DATASHEET}; 1307 TFLOP/s, 192 GB and 5.3 TB/s in two public tables of devices; ${DRIVER}`, true],
  ["mi325x", "cdna3", 1307, 2615, no, 2615, 274.9, 6000, 896, "infinity-fabric", 8, 50, `${RECALLED}; ${SIBLINGS}`, false],
  ["mi355x", "cdna4", 2517, 5033, 10070, 5033, 309.2, 8000, 1075, "infinity-fabric", 8, 50, `${RECALLED}; ${SIBLINGS}`, false],
  ["tpu-v5e", "tpu", 197, no, no, 394, 16, 819, 400, "ici", 256, no, `${GOOGLE}/v5e`, true],
  ["tpu-v5p", "tpu", 459, no, no, 918, 95, 2765, 1200, "ici", 8960, no, `${GOOGLE}/v5p`, true],
  ["tpu-v6e", "tpu", 918, no, no, 1836, 32, 1638, 800, "ici", 256, no, `${GOOGLE}/v6e`, true],
  ["tpu-v7", "tpu", 2307, 4614, no, no, 192, 7370, 1200, "ici", 9216, no, `${RECALLED}; 9.6 Tb/s a chip, in which directions is uncertain`, false],
  ["gaudi3", "gaudi", 1835, 1835, no, no, 128, 3700, 1200, "ethernet", 8, no, `${DATASHEET}; two public pages of specifications`, true],
  ["trainium2", "trainium", 667, 1299, no, no, 96, 2900, 1280, "neuronlink", 16, no, "awsdocs-neuron, Trainium2 architecture", true],
];

/** Every accelerator of the catalog, by name. */
export const devices: ReadonlyMap<string, DeviceDescription> = new Map(
  rows.map((row) => [row[0], describe(row)]),
);

function describe(row: Row): DeviceDescription {
  const [name, family, bf16, fp8, fp4, int8, memory, bandwidth, scaleUp, fabric] = row;
  const [, , , , , , , , , , scaleUpSize, scaleOut, source, verified] = row;
  const tera = (value: number | undefined) => value && round(value * 1e12);
  return {
    name,
    family,
    flops: {
      bf16: round(bf16 * 1e12),
      ...(fp8 && { fp8: tera(fp8) }),
      ...(fp4 && { fp4: tera(fp4) }),
      ...(int8 && { int8: tera(int8) }),
    },
    memoryCapacity: round(memory * 1e9),
    memoryBandwidth: round(bandwidth * 1e9),
    scaleUpBandwidth: round(scaleUp * 1e9),
    fabric,
    scaleUpSize,
    ...(scaleOut && { scaleOutBandwidth: round(scaleOut * 1e9) }),
    source,
    verified,
  };
}

/** Rates and sizes are whole numbers; a product of decimals need not be. */
function round(value: number): number {
  return Math.round(value);
}

/** Shorter names that people type. */
export const deviceAliases: Readonly<Record<string, string>> = {
  a100: "a100-80gb-sxm",
  "a100-sxm": "a100-80gb-sxm",
  "a100-pcie": "a100-80gb-pcie",
  "a100-80gb": "a100-80gb-sxm",
  "a100-40gb": "a100-40gb-sxm",
  h100: "h100-sxm",
  h200: "h200-sxm",
  b200: "b200-sxm",
  b300: "b300-sxm",
  gh200: "gh200-96gb",
  "h20-sxm": "h20",
  "gh200-sxm": "gh200-96gb",
  "gb200-sxm": "gb200",
  "gb200-nvl72": "gb200",
  "gb300-sxm": "gb300",
  "gb300-nvl72": "gb300",
  "h100-80gb": "h100-sxm",
  "h200-141gb": "h200-sxm",
  "l40s-pcie": "l40s",
  mi300: "mi300x",
  "rtx-pro-6000": "rtx-pro-6000-server",
  "rtx-pro-6000-blackwell-server": "rtx-pro-6000-server",
  4090: "rtx-4090",
  5090: "rtx-5090",
  "tpu-v7-ironwood": "tpu-v7",
};
