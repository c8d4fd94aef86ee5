/** Which coefficients a deployment uses, and where they are from: its own family's, or inherited ones. */
import type { DeploymentDescription } from "../spec/deployment-description.js";
import type { DeviceDescription } from "../spec/device-description.js";
import { type Arithmetic, arithmeticFor, type Precision } from "../spec/precision.js";
import { isOverPcie } from "./calibrated-fabric.js";
import type {
  AllReduceCoefficients,
  Coefficients,
  DecodeCoefficients,
  ExpertCoefficients,
  FamilyCoefficients,
  LinearCoefficients,
  PrefillCoefficients,
} from "./coefficients.js";

/** One class of operators, and whose measurements price it. */
export interface KernelProvenance {
  /** For instance "linear bf16" or "experts marlin_mxfp4". */
  readonly term: string;
  /** Measured on this family, or taken over from another. */
  readonly inherited: boolean;
  /** For instance "hopper: vLLM 0.24 kernels on H100 and H200". */
  readonly source: string;
}

export interface ResolvedKernels {
  linear(precision: Precision): LinearCoefficients;
  experts(precision: Precision): ExpertCoefficients;
  /** FLOP/s that the compute share of experts refers to. */
  expertPeak(precision: Precision): number;
  attention(kvPrecision: Precision): {
    readonly prefill: PrefillCoefficients;
    readonly decode: DecodeCoefficients;
  };
  /** Over so many devices, all nodes counted. */
  allReduce(numDevices: number): AllReduceCoefficients;
  readonly expertsPerToken: number;
  /** The terms asked for so far. */
  readonly provenance: readonly KernelProvenance[];
}

/**
 * Devices that resemble another family more than their own: an RTX 4090 is not held back by 350 W as the L40S is, whose matrix
 * products reach 0.6 of its rate.
 */
const SIBLINGS: Readonly<Record<string, string>> = { "rtx-4090": "blackwell-rtx" };

/** Families without kernels of their own take those of the next of these that has them. */
const RELATIVES: Readonly<Record<string, readonly string[]>> = {
  hopper: ["blackwell", "ampere"],
  blackwell: ["hopper", "ampere"],
  ampere: ["hopper", "ada"],
  ada: ["blackwell-rtx", "ampere", "hopper"],
  "blackwell-rtx": ["ada", "blackwell", "hopper"],
};
const ANY: readonly string[] = ["hopper", "blackwell", "ampere", "ada", "blackwell-rtx"];

/**
 * Whose PCIe stands for that of a family without its own: between devices that reach each other, as RTX PRO 6000 do. Those L40S were
 * measured through the host's memory, which is slower by a factor of ten on eight of them, and stand for their own family alone.
 */
const OVER_PCIE: readonly string[] = ["blackwell-rtx", "ada"];

/**
 * Expert kernels by the precision of their weights, where none is named: what vLLM picks for the device. Weights of a precision
 * that the device cannot multiply in are converted to 16 bits (Marlin).
 */
function expertBackend(precision: Precision, device: DeviceDescription): string {
  const multiplies = arithmeticFor(precision, device.flops) !== "bf16";
  switch (precision) {
    case "mxfp4":
      return multiplies ? "mxfp4" : "marlin";
    case "nvfp4":
      return multiplies ? "nvfp4" : "marlin";
    case "int4":
      return "marlin";
    case "fp8":
    case "fp8_block":
      if (!multiplies) return "marlin";
      // On Hopper both are Triton's, unless vLLM is told otherwise.
      return device.family === "hopper" ? "fp8_block" : precision;
    case "int8":
      return multiplies ? expertBackend("fp8", device) : "marlin";
    default:
      return "bf16";
  }
}

/** What kernels of a backend multiply in. */
function arithmeticOf(backend: string): Arithmetic {
  if (backend.startsWith("marlin") || backend.endsWith("bf16")) return "bf16";
  return backend.startsWith("nvfp4") ? "fp4" : "fp8";
}

/** Dense kernels by the precision of the weights; "int4" are those that convert weights to 16 bits. */
function linearKernel(precision: Precision, device: DeviceDescription): string {
  if (precision === "fp32" || precision === "bf16") return "bf16";
  return arithmeticFor(precision, device.flops) === "bf16" ? "int4" : precision;
}

/** Kernels that stand in for those that nobody measured. */
const STAND_INS: Readonly<Record<string, readonly string[]>> = {
  int8: ["fp8"],
  fp8_block: ["fp8"],
  mxfp4: ["nvfp4"],
  nvfp4: ["mxfp4"],
  fp8: ["fp8_block"],
  mxfp4_bf16: ["marlin"],
  fp8_block_alt: ["fp8_block"],
};

/** The key of the expert kernels that a backend names; undefined for one that nobody measured. */
export function expertKernel(
  backend: string | undefined,
  families: Coefficients["families"],
): string | undefined {
  if (backend === undefined) return undefined;
  const key = backend.startsWith("marlin") ? "marlin" : backend;
  return Object.values(families).some(({ experts }) => experts[key] !== undefined)
    ? key
    : undefined;
}

export function resolveKernels(
  { device, kernelBackend, model, parallelism }: DeploymentDescription,
  { families }: Coefficients,
): ResolvedKernels {
  const { name, family } = device!;
  const sibling = SIBLINGS[name] ?? family;
  const order = [...new Set([name, sibling, family, ...(RELATIVES[family] ?? []), ...ANY])];
  const provenance: KernelProvenance[] = [];

  /** The first entry under the key, or one that stands in for it: a relative's own kernel goes before our substitute. */
  const find = <T extends { readonly source: string }>(
    term: string,
    table: (family: FamilyCoefficients) => Readonly<Partial<Record<string, T>>>,
    key: string,
    candidates = order,
  ): T => {
    for (const entryKey of [key, ...(STAND_INS[key] ?? []), "bf16"]) {
      for (const candidate of candidates) {
        const coefficients = families[candidate];
        const entry = coefficients && table(coefficients)[entryKey];
        if (entry === undefined) continue;
        const inherited = (candidate !== family && candidate !== name) || entryKey !== key;
        const source = inherited ? `${candidate} ${entryKey}: ${entry.source}` : entry.source;
        if (!provenance.some((known) => known.term === `${term} ${key}`)) {
          provenance.push({ term: `${term} ${key}`, inherited, source });
        }
        return entry;
      }
    }
    throw new Error(`no coefficients for ${term} ${key}`);
  };

  const named = expertKernel(kernelBackend, families);
  const backendOf = (precision: Precision): string =>
    named === undefined || named === "fp8" ? expertBackend(named ?? precision, device!) : named;
  const routed = model.weights.find(({ routing }) => routing !== undefined)?.routing;

  return {
    provenance,
    experts: (precision) => find("experts", (f) => f.experts, backendOf(precision)),
    linear: (precision) => find("linear", (f) => f.linear, linearKernel(precision, device!)),
    expertPeak: (precision) =>
      device!.flops[arithmeticOf(backendOf(precision))] ?? device!.flops.bf16!,
    attention: (kvPrecision) => {
      const key = kvPrecision.startsWith("fp8") ? "fp8" : "bf16";
      return {
        prefill: find("prefill attention", (f) => f.prefill, key),
        decode: find("decode attention", (f) => f.decode, key),
      };
    },
    allReduce: (numDevices) => {
      const isPcie = isOverPcie(device!, Math.min(numDevices, parallelism.devicesPerNode));
      const table = ({ allReduce }: FamilyCoefficients) =>
        allReduce && (allReduce.ring !== undefined) === isPcie ? { bf16: allReduce } : {};
      return find(isPcie ? "all-reduce over PCIe" : "all-reduce", table, "bf16", [
        family,
        ...(isPcie ? OVER_PCIE : order),
      ]);
    },
    expertsPerToken: routed?.numExpertsPerToken ?? 1,
  };
}
