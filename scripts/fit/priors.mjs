/** Where a fit to whole engines starts: kernels as measured, and for what no table holds an estimate with its reason. */
import { fitKernels } from "./kernels.mjs";

/** Coefficients before any fit to whole engines, with the residuals of the kernels; undefined without the tables. */
export function priorsFrom(lab, log) {
  const kernels = fitKernels(lab, lab.deviceOf, log);
  if (kernels === undefined) return undefined;
  return {
    families: withEstimates(kernels.families),
    engine: { ...engine, source: "estimates" },
    residuals: kernels.residuals,
  };
}

/** Kernels that the tables do not hold, or not as engines run them. */
function withEstimates(families) {
  for (const family of Object.values(families)) {
    const { bf16, fp8_block: block } = family.linear;
    // Tables of block-scaled GEMM hold a launch floor of 60 to 340 µs that whole engines do not show: they say how fast large ones are.
    family.linear.fp8_block = {
      compute: block?.compute ?? 0.65,
      bandwidth: 0.75,
      launch: 7e-6,
      conversion: 0,
      source: block
        ? `compute: ${block.source}; the rest estimated for whole engines`
        : "estimate for whole engines, factors fitted to them",
    };
    family.linear.int4 = {
      compute: 0.8 * bf16.compute,
      bandwidth: 0.85 * bf16.bandwidth,
      launch: bf16.launch + 2e-6,
      conversion: 0,
      source: `estimate from bf16 (weights are converted on the way): ${bf16.source}`,
    };
    // vLLM 0.16 and 0.17 ran other kernels, slower by about these factors.
    const { fp8_block: experts } = family.experts;
    if (experts === undefined) continue;
    family.experts.fp8_block_alt = {
      ...experts,
      compute: experts.compute / 1.3,
      launch: experts.launch * 1.6,
      source: `${experts.source}; slower by factors fitted to engines`,
    };
  }
  return families;
}

const engine = {
  perLayer: 5e-6,
  elementwiseBandwidth: 0.7,
  launchPerLayer: 250e-6,
  launchPerExpertLayer: 250e-6,
  tokenDiversity: 0.9,
  samplingPerStep: 50e-6,
  samplingPerSequence: 1e-6,
  hostPerStep: 2e-3,
  hostPerSequence: 10e-6,
  hostPerPrefill: 100e-6,
};
