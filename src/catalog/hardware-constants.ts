/** The devices of the catalog as constants, to spread into a config: `hardware: { ...h100Sxm, tensorParallel: 4 }`. */
import { hardwarePreset } from "./presets.js";

/** "a100-40gb-sxm" of the catalog. */
export const a100_40gbSxm = hardwarePreset("a100-40gb-sxm");
/** "a100-80gb-sxm" of the catalog. */
export const a100_80gbSxm = hardwarePreset("a100-80gb-sxm");
/** "a100-80gb-pcie" of the catalog. */
export const a100_80gbPcie = hardwarePreset("a100-80gb-pcie");
/** "a30" of the catalog. */
export const a30 = hardwarePreset("a30");
/** "a40" of the catalog. */
export const a40 = hardwarePreset("a40");
/** "a10" of the catalog. */
export const a10 = hardwarePreset("a10");
/** "a10g" of the catalog. */
export const a10g = hardwarePreset("a10g");
/** "h100-sxm" of the catalog. */
export const h100Sxm = hardwarePreset("h100-sxm");
/** "h100-pcie" of the catalog. */
export const h100Pcie = hardwarePreset("h100-pcie");
/** "h100-nvl" of the catalog. */
export const h100Nvl = hardwarePreset("h100-nvl");
/** "h200-sxm" of the catalog. */
export const h200Sxm = hardwarePreset("h200-sxm");
/** "h20" of the catalog. */
export const h20 = hardwarePreset("h20");
/** "gh200-96gb" of the catalog. */
export const gh200_96gb = hardwarePreset("gh200-96gb");
/** "gh200-144gb" of the catalog. */
export const gh200_144gb = hardwarePreset("gh200-144gb");
/** "b200-sxm" of the catalog. */
export const b200Sxm = hardwarePreset("b200-sxm");
/** "gb200" of the catalog. */
export const gb200 = hardwarePreset("gb200");
/** "b300-sxm" of the catalog. */
export const b300Sxm = hardwarePreset("b300-sxm");
/** "gb300" of the catalog. */
export const gb300 = hardwarePreset("gb300");
/** "l4" of the catalog. */
export const l4 = hardwarePreset("l4");
/** "l40s" of the catalog. */
export const l40s = hardwarePreset("l40s");
/** "rtx-4090" of the catalog. */
export const rtx4090 = hardwarePreset("rtx-4090");
/** "rtx-5090" of the catalog. */
export const rtx5090 = hardwarePreset("rtx-5090");
/** "rtx-pro-6000-server" of the catalog. */
export const rtxPro6000Server = hardwarePreset("rtx-pro-6000-server");
/** "mi300x" of the catalog. */
export const mi300x = hardwarePreset("mi300x");
/** "mi325x" of the catalog. */
export const mi325x = hardwarePreset("mi325x");
/** "mi355x" of the catalog. */
export const mi355x = hardwarePreset("mi355x");
/** "tpu-v5e" of the catalog. */
export const tpuV5e = hardwarePreset("tpu-v5e");
/** "tpu-v5p" of the catalog. */
export const tpuV5p = hardwarePreset("tpu-v5p");
/** "tpu-v6e" of the catalog. */
export const tpuV6e = hardwarePreset("tpu-v6e");
/** "tpu-v7" of the catalog. */
export const tpuV7 = hardwarePreset("tpu-v7");
/** "gaudi3" of the catalog. */
export const gaudi3 = hardwarePreset("gaudi3");
/** "trainium2" of the catalog. */
export const trainium2 = hardwarePreset("trainium2");
