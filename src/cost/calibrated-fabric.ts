/** Time of collectives. */
import type { Bytes, Seconds } from "../base/units.js";
import type { DeviceDescription } from "../spec/device-description.js";
import type { AllReduceCoefficients } from "./coefficients.js";

/** PCIe 4.0 × 16, both directions, where a device has no fabric of its own. */
const PCIE: Bytes = 64e9;
/** One 400 Gb/s port per device, where the catalog names no network. */
const NETWORK: Bytes = 50e9;
/** One message between nodes. */
const NETWORK_LATENCY: Seconds = 12e-6;

/** Bytes/s that a device sends to the others of its node. */
function oneWay(device: DeviceDescription): number {
  return (device.scaleUpBandwidth ?? PCIE) / 2;
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
  const { latency, latencyPerDevice, secondStage, bandwidth } = coefficients;
  const fixed = local > 1 ? latency + latencyPerDevice * (local - 2) : 0;
  const largestAtOnce = oneStageBytes(local);
  const perByte = (2 * (local - 1)) / local / (bandwidth * oneWay(device));
  const numNodes = Math.ceil(n / devicesPerNode);
  if (numNodes === 1) {
    return (bytes) => fixed + (bytes > largestAtOnce ? secondStage : 0) + bytes * perByte;
  }
  const perByteBetween =
    (2 * (numNodes - 1)) / numNodes / local / (bandwidth * (device.scaleOutBandwidth ?? NETWORK));
  const fixedBetween = 2 * (numNodes - 1) * NETWORK_LATENCY;
  return (bytes) => fixed + secondStage + fixedBetween + bytes * (perByte + perByteBetween);
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
  const { latency, latencyPerDevice, bandwidth } = coefficients;
  const local = Math.min(n, devicesPerNode);
  const away = (n - local) / n;
  const perByte = (local - 1) / n / (bandwidth * oneWay(device));
  const perByteBetween = away / (bandwidth * (device.scaleOutBandwidth ?? NETWORK));
  const fixed = latency + latencyPerDevice * (local - 2) + (away > 0 ? NETWORK_LATENCY : 0);
  return (bytes) => fixed + bytes * (perByte + perByteBetween);
}
