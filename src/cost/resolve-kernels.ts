/** Which coefficients a deployment uses, and where they are from: its own family's, or inherited ones. */
import type { DeploymentDescription } from "../spec/deployment-description.js";
import { arithmeticFor, type Precision } from "../spec/precision.js";
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
  readonly allReduce: AllReduceCoefficients;
  readonly expertsPerToken: number;
  /** The terms asked for so far. */
  readonly provenance: readonly KernelProvenance[];
}

/** Families without kernels of their own take those of the next of these that has them. */
const RELATIVES: Readonly<Record<string, readonly string[]>> = {
  hopper: ["blackwell", "ampere"],
  blackwell: ["hopper", "ampere"],
  ampere: ["hopper", "ada"],
  ada: ["blackwell-workstation", "ampere", "hopper"],
  "blackwell-workstation": ["ada", "blackwell", "hopper"],
};
const ANY: readonly string[] = ["hopper", "blackwell", "ampere", "ada", "blackwell-workstation"];

/** Expert kernels by the precision of their weights, where none is named: vLLM's choice per family. */
export function expertBackend(precision: Precision, family: string): string {
  switch (precision) {
    case "mxfp4":
      return family === "blackwell" ? "mxfp4" : "marlin_mxfp4";
    case "int4":
      return "marlin_int4";
    case "fp32":
      return "bf16";
    case "int8":
      return "fp8";
    default:
      return precision;
  }
}

/** Precisions whose kernels stand in for those that nobody measured. */
const STAND_INS: Readonly<Record<string, readonly string[]>> = {
  fp32: ["bf16"],
  int8: ["fp8", "bf16"],
  fp8_block: ["fp8", "bf16"],
  mxfp4: ["int4", "nvfp4", "bf16"],
  nvfp4: ["mxfp4", "int4", "bf16"],
  int4: ["bf16"],
  fp8: ["fp8_block", "bf16"],
  marlin_int4: ["marlin_mxfp4", "bf16"],
  marlin_mxfp4: ["marlin_int4", "bf16"],
  fp8_block_alt: ["fp8_block"],
};

export function resolveKernels(
  { device, kernelBackend, model }: DeploymentDescription,
  { families }: Coefficients,
): ResolvedKernels {
  const { family } = device!;
  const order = [...new Set([family, ...(RELATIVES[family] ?? []), ...ANY])];
  const provenance: KernelProvenance[] = [];

  /** The first entry under the key, or one that stands in for it: a relative's own kernel goes before our substitute. */
  const find = <T extends { readonly source: string }>(
    term: string,
    table: (family: FamilyCoefficients) => Readonly<Record<string, T>>,
    key: string,
  ): T => {
    for (const name of [key, ...(STAND_INS[key] ?? []), "bf16"]) {
      for (const candidate of order) {
        const coefficients = families[candidate];
        const entry = coefficients && table(coefficients)[name];
        if (entry === undefined) continue;
        const inherited = candidate !== family || name !== key;
        const source = inherited ? `${candidate} ${name}: ${entry.source}` : entry.source;
        if (!provenance.some((known) => known.term === `${term} ${key}`)) {
          provenance.push({ term: `${term} ${key}`, inherited, source });
        }
        return entry;
      }
    }
    throw new Error(`no coefficients for ${term} ${key}`);
  };

  const isKnown = (backend: string): boolean =>
    Object.values(families).some((coefficients) => coefficients.experts[backend] !== undefined);
  const named = kernelBackend !== undefined && isKnown(kernelBackend) ? kernelBackend : undefined;
  const backendOf = (precision: Precision): string => named ?? expertBackend(precision, family);
  const experts = (precision: Precision): ExpertCoefficients =>
    find("experts", (f) => f.experts, backendOf(precision));
  const routed = model.weights.find(({ routing }) => routing !== undefined)?.routing;

  return {
    provenance,
    experts,
    linear: (precision) => find("linear", (f) => f.linear, precision),
    expertPeak: (precision) => {
      // Marlin kernels convert weights and multiply in 16 bits.
      const backend = backendOf(precision);
      const asked = backend.startsWith("marlin") ? "bf16" : arithmeticFor(expertArithmetic(precision), device!.flops);
      return device!.flops[asked] ?? device!.flops.bf16!;
    },
    attention: (kvPrecision) => {
      const key = kvPrecision.startsWith("fp8") ? "fp8" : "bf16";
      return {
        prefill: find("prefill attention", (f) => f.prefill, key),
        decode: find("decode attention", (f) => f.decode, key),
      };
    },
    allReduce: find("all-reduce", (f) => ({ bf16: f.allReduce }), "bf16"),
    expertsPerToken: routed?.numExpertsPerToken ?? 1,
  };
}

/** mxfp4 weights of experts meet 8-bit activations. */
function expertArithmetic(precision: Precision): Precision {
  return precision === "mxfp4" ? "fp8" : precision;
}
