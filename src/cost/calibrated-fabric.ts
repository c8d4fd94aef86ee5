/** Time of collectives. */
import type { Bytes, Seconds } from "../base/units.js";
import type { DeviceDescription } from "../spec/device-description.js";
import type { AllReduceCoefficients } from "./coefficients.js";

/** PCIe × 16, both directions: 4.0, and 5.0 from Hopper on. */
const PCIE_4: Bytes = 64e9;
const PCIE_5: Bytes = 128e9;
/** One 400 Gb/s port per device, where the catalog names no network. */
const NETWORK: Bytes = 50e9;
/** One message between nodes. */
const NETWORK_LATENCY: Seconds = 12e-6;

/** Whether so many devices of a node talk over PCIe: they have nothing else, or more of them than a bridge joins. */
export function isOverPcie(
  { fabric, scaleUpSize = Infinity }: DeviceDescription,
  n: number,
): boolean {
  return fabric === "pcie" || (fabric === "nvlink-bridge" && n > scaleUpSize);
}

/** Bytes/s in both directions of the PCIe slot that a device sits in. */
function pcieBandwidth({ fabric, family, scaleUpBandwidth }: DeviceDescription): number {
  if (fabric === "pcie" && scaleUpBandwidth !== undefined) return scaleUpBandwidth;
  return family === "ampere" || family === "ada" ? PCIE_4 : PCIE_5;
}

/** Bytes/s that one of `n` devices of a node sends to the others. */
function oneWay(device: DeviceDescription, n: number): number {
  const { scaleUpBandwidth = PCIE_4 } = device;
  return (isOverPcie(device, n) ? pcieBandwidth(device) : scaleUpBandwidth) / 2;
}

/** Seconds of an all-reduce of so many bytes over `n` devices. Beyond a node: within it, between nodes, and back. */
export function allReduceTime(
  device: DeviceDescription,
  n: number,
  devicesPerNode: number,
  coefficients: AllReduceCoefficients,
): (bytes: Bytes) => Seconds {
  if (n <= 1) return () => 0;
  const local = Math.min(n, devicesPerNode);
  const { latency, latencyPerDevice, secondStage, bandwidth, ring } = coefficients;
  const rate = oneWay(device, local);
  const numHops = 2 * (local - 1);
  const isRing = ring !== undefined && local > 2;
  const twoStages = isRing ? 0 : secondStage;
  let fixed = 0;
  if (isRing) fixed = ring.latency + numHops * ring.hop;
  else if (local > 1) fixed = latency + latencyPerDevice * (local - 2);
  const perByte = numHops / local / (bandwidth * rate) + (isRing ? numHops / (ring.bus * rate) : 0);
  const numNodes = Math.ceil(n / devicesPerNode);
  if (numNodes === 1) {
    const largestAtOnce = oneStageBytes(local);
    return (bytes) => fixed + (bytes > largestAtOnce ? twoStages : 0) + bytes * perByte;
  }
  const perByteBetween =
    (2 * (numNodes - 1)) / numNodes / local / (bandwidth * (device.scaleOutBandwidth ?? NETWORK));
  const fixedBetween = 2 * (numNodes - 1) * NETWORK_LATENCY;
  return (bytes) => fixed + twoStages + fixedBetween + bytes * (perByte + perByteBetween);
}

/** Up to here vLLM's custom all-reduce lets every device read everything (csrc/custom_all_reduce.cuh). */
function oneStageBytes(n: number): Bytes {
  if (n <= 2) return Infinity;
  return n <= 4 ? 512 * 1024 : 256 * 1024;
}

/**
 * Seconds in which each of `n` devices sends `bytes` of its own to the others (all-to-all, or half of an all-gather and
 * reduce-scatter pair).
 */
export function exchangeTime(
  device: DeviceDescription,
  n: number,
  devicesPerNode: number,
  coefficients: AllReduceCoefficients,
): (bytes: Bytes) => Seconds {
  if (n <= 1) return () => 0;
  const { latency, latencyPerDevice, bandwidth, ring } = coefficients;
  const local = Math.min(n, devicesPerNode);
  const away = (n - local) / n;
  const rate = oneWay(device, local);
  const isRing = ring !== undefined && local > 2;
  const perByte =
    (local - 1) / n / (bandwidth * rate) +
    (isRing ? (local * (local - 1)) / n / (ring.bus * rate) : 0);
  const perByteBetween = away / (bandwidth * (device.scaleOutBandwidth ?? NETWORK));
  const fixed =
    (isRing
      ? ring.latency + (local - 1) * ring.hop
      : latency + latencyPerDevice * Math.max(local - 2, 0)) + (away > 0 ? NETWORK_LATENCY : 0);
  return (bytes) => fixed + bytes * (perByte + perByteBetween);
}
