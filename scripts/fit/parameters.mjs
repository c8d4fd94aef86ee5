/**
 * What is fitted to whole engines: factors on coefficients of kernels and of the engine, each with the width of its prior (of the
 * logarithm) around 1. Factors hold for all families, or for the kernels of one backend; none belongs to a row, a model or a
 * degree of parallelism.
 */
const families = ({ families: all }) => Object.values(all);

/** A factor on one field of the entries of a table. */
function entries(table, field, keys) {
  return (coefficients, factor) => {
    for (const family of families(coefficients)) {
      for (const [key, entry] of Object.entries(family[table])) {
        if (keys === undefined || keys.includes(key)) entry[field] *= factor;
      }
    }
  };
}

/** What no factor makes greater than 1: shares of a device's rates, also where a factor found on one family is applied to another. */
function cap(coefficients) {
  for (const family of families(coefficients)) {
    const tables = [family.linear, family.experts, family.prefill, family.decode];
    for (const entry of [...tables.flatMap(Object.values), family.allReduce]) {
      entry.bandwidth = Math.min(1, entry.bandwidth);
      if (entry.compute !== undefined) entry.compute = Math.min(1, entry.compute);
    }
  }
  const { engine: own } = coefficients;
  own.elementwiseBandwidth = Math.min(1, own.elementwiseBandwidth);
  own.tokenDiversity = Math.min(1, own.tokenDiversity);
}

const engine = (field) => (coefficients, factor) => (coefficients.engine[field] *= factor);

/** Of devices behind a switch; on PCIe nobody measured an engine. */
const allReduce = (field, names) => (coefficients, factor) => {
  for (const name of names) coefficients.families[name].allReduce[field] *= factor;
};
const SWITCHED = ["ampere", "hopper", "blackwell"];
/** Their switches add up, which a whole engine uses and the table does not. */
const REDUCING = ["hopper", "blackwell"];

const parameter = (name, sigma, apply) => ({ name, sigma, apply });
/** Products of activations that a kernel of their own makes short, in engines that were measured: a factor on launches holds for both. */
const quantised = ["fp8", "fp8_block"];
const fp8Experts = ["fp8_block", "fp8_block_alt"];

export const parameters = [
  parameter("linear bf16 compute", 0.1, entries("linear", "compute", ["bf16"])),
  parameter("linear bf16 bandwidth", 0.1, entries("linear", "bandwidth", ["bf16"])),
  parameter("linear bf16 launch", 0.3, entries("linear", "launch", ["bf16"])),
  parameter("linear fp8 compute", 0.15, entries("linear", "compute", ["fp8"])),
  parameter("linear fp8 bandwidth", 0.15, entries("linear", "bandwidth", ["fp8"])),
  parameter("linear fp8 launch", 0.3, entries("linear", "launch", quantised)),
  parameter("linear fp8 conversion", 0.7, entries("linear", "conversion", ["fp8"])),
  parameter("linear fp8_block compute", 0.2, entries("linear", "compute", ["fp8_block"])),
  parameter("linear fp8_block bandwidth", 0.2, entries("linear", "bandwidth", ["fp8_block"])),
  parameter("linear fp8_block launch", 0.3, entries("linear", "launch", ["fp8_block"])),
  parameter("prefill attention compute", 0.2, entries("prefill", "compute")),
  parameter("prefill attention bandwidth", 0.3, entries("prefill", "bandwidth")),
  parameter("decode attention bandwidth", 0.15, entries("decode", "bandwidth")),
  parameter("decode attention launch", 0.3, entries("decode", "launch")),
  parameter("decode attention per sequence", 0.5, entries("decode", "perSequence")),
  parameter("token diversity", 0.15, engine("tokenDiversity")),
  parameter("experts activation", 0.4, entries("experts", "activation")),
  parameter("experts marlin compute", 0.4, entries("experts", "compute", ["marlin"])),
  parameter("experts marlin bandwidth", 0.25, entries("experts", "bandwidth", ["marlin"])),
  parameter("experts marlin launch", 0.4, entries("experts", "launch", ["marlin"])),
  parameter("experts fp8_block compute", 0.4, entries("experts", "compute", fp8Experts)),
  parameter("experts fp8_block launch", 0.4, entries("experts", "launch", fp8Experts)),
  parameter("experts fp8_block_alt compute", 0.4, entries("experts", "compute", ["fp8_block_alt"])),
  parameter("experts fp8_block_alt launch", 0.4, entries("experts", "launch", ["fp8_block_alt"])),
  parameter("all-reduce latency", 0.3, allReduce("latency", SWITCHED)),
  parameter("all-reduce latency per device", 1, allReduce("latencyPerDevice", SWITCHED)),
  parameter("all-reduce second stage", 0.7, allReduce("secondStage", SWITCHED)),
  parameter("all-reduce bandwidth", 0.2, allReduce("bandwidth", REDUCING)),
  parameter("per layer", 1, engine("perLayer")),
  parameter("elementwise bandwidth", 0.4, engine("elementwiseBandwidth")),
  parameter("launch per layer", 0.7, engine("launchPerLayer")),
  parameter("launch per expert layer", 0.7, engine("launchPerExpertLayer")),
  parameter("sampling per step", 0.7, engine("samplingPerStep")),
  parameter("sampling per sequence", 1, engine("samplingPerSequence")),
  parameter("host per step", 0.5, engine("hostPerStep")),
  parameter("host per sequence", 1, engine("hostPerSequence")),
  parameter("host per prefill", 1, engine("hostPerPrefill")),
];

/** The coefficients with the factors exp(x). */
export function withFactors(priors, x) {
  const coefficients = structuredClone(priors);
  parameters.forEach(({ apply }, i) => apply(coefficients, Math.exp(x[i])));
  cap(coefficients);
  return coefficients;
}
