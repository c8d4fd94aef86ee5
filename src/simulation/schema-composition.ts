/** The schema of what the catalog brings along: a device, and the composition of a model. */
import * as z from "zod";
import {
  count,
  countOrZero,
  flag,
  MAX_LAYERS,
  notNegative,
  positive,
  table,
  text,
} from "./schema-leaves.js";

const oneOf = <const Names extends readonly string[]>(names: Names) =>
  z.enum(names, { error: `one of ${names.join(", ")}` });

const PRECISIONS = ["fp32", "bf16", "fp8", "fp8_block", "int8", "int4", "mxfp4", "nvfp4"] as const;

export const precision = () => oneOf(PRECISIONS);

export const quantization = () =>
  oneOf(["none", "bf16", "fp8", "fp8_block", "int8", "int4", "awq", "gptq", "mxfp4", "nvfp4"]);

export const kvCacheDtype = () => oneOf(["auto", "bf16", "fp8", "nvfp4"]);

const ROLES = [
  "attention",
  "recurrent",
  "feed-forward",
  "experts",
  "shared-experts",
  "router",
  "head",
  "embedding",
  "other",
] as const;

const matrix = {
  outputs: positive("rows").describe("Rows."),
  inputs: positive("columns").describe("Columns."),
  cut: oneOf(["outputs", "inputs", "none"])
    .describe("What tensor parallelism cuts; none: every device holds a copy. Default: outputs.")
    .optional(),
};

const routing = {
  numExperts: positive("experts").describe("Experts of one layer."),
  numExpertsPerToken: positive("experts").describe("Experts that one token is sent to."),
};

const weights = {
  role: oneOf(ROLES).describe(
    "What the weights are for; head: computed for sampled positions only; embedding: takes memory, no time.",
  ),
  numLayers: count("layers", MAX_LAYERS).describe("Layers that have them."),
  matrices: z
    .array(table(matrix), { error: "a list of matrices" })
    .readonly()
    .describe("The matrices of one layer; with routing, of one expert."),
  precision: precision().describe("How they are stored and multiplied."),
  bytesPerParam: positive("bytes")
    .describe("Bytes of one parameter. Default: those of the precision, scales included.")
    .optional(),
  routing: table(routing).describe("Where each token uses some of them only.").optional(),
};

const attention = {
  type: z.literal("attention"),
  numLayers: count("layers", MAX_LAYERS).describe("Layers of this class."),
  numHeads: count("heads", MAX_LAYERS).describe("Query heads."),
  numKvHeads: count("heads", MAX_LAYERS).describe("KV heads."),
  headDim: count("elements").describe("Elements of a query and a key."),
  valueHeadDim: count("elements").describe("Elements of a value. Default: head_dim.").optional(),
  window: count("tokens").describe("Sliding window in tokens. Default: full attention.").optional(),
  chunk: count("tokens").describe("Chunk in tokens, for chunked local attention.").optional(),
  normAcrossHeads: flag()
    .describe("Queries and keys are normalised over all heads, which cut heads have to sum up.")
    .optional(),
  sharesKv: flag().describe("They read the KV of other layers and store none.").optional(),
};

const mla = {
  type: z.literal("mla"),
  numLayers: count("layers", MAX_LAYERS).describe("Layers of this class."),
  numHeads: count("heads", MAX_LAYERS).describe("Heads."),
  kvLoraRank: count("elements").describe("Elements of the compressed keys and values."),
  qkNopeHeadDim: count("elements").describe("Elements of a query without positions."),
  qkRopeHeadDim: countOrZero("elements").describe(
    "Elements of a query and the shared key with positions.",
  ),
  valueHeadDim: count("elements").describe("Elements of a value."),
  index: table({
    topK: count("keys").describe("Keys that a query attends to at most."),
    numHeads: count("heads", MAX_LAYERS).describe("Heads of the indexer."),
    headDim: count("elements").describe("Elements of one of its heads."),
  })
    .describe("Sparse attention: which keys a query attends to.")
    .optional(),
};

const recurrent = {
  type: z.literal("recurrent"),
  numLayers: count("layers", MAX_LAYERS).describe("Layers of this class."),
  numHeads: count("heads", MAX_LAYERS).describe("Heads."),
  stateBytes: notNegative("bytes").describe("Bytes of state of one sequence in one layer."),
  flopsPerToken: notNegative("FLOPs").describe(
    "FLOPs of one token in one layer, beside the weights.",
  ),
};

const device = {
  name: text().describe("As in the catalog."),
  family: text().describe("Devices of one family share efficiencies."),
  flops: table({
    bf16: positive("FLOP/s").describe("In bf16.").optional(),
    fp8: positive("FLOP/s").describe("In fp8.").optional(),
    fp4: positive("FLOP/s").describe("In fp4.").optional(),
    int8: positive("FLOP/s").describe("In int8.").optional(),
  }).describe("Dense FLOP/s of one device."),
  memoryCapacity: positive("bytes").describe("Bytes of memory."),
  memoryBandwidth: positive("bytes/s").describe("Bytes/s of memory."),
  scaleUpBandwidth: positive("bytes/s")
    .describe("Bytes/s between devices of one node, both directions together.")
    .optional(),
  fabric: oneOf([
    "nvswitch",
    "nvlink-bridge",
    "infinity-fabric",
    "ici",
    "ethernet",
    "neuronlink",
    "pcie",
  ])
    .describe("What connects the devices of one node. Default: pcie.")
    .optional(),
  scaleUpSize: count("devices").describe("Devices that it connects. Default: 8.").optional(),
  scaleOutBandwidth: positive("bytes/s")
    .describe("Bytes/s per device between nodes, one direction.")
    .optional(),
  source: text().describe("Where the numbers are from.").optional(),
  verified: flag().describe("False where no second source confirms them.").optional(),
};

export const deviceTable = () => table(device);

export const weightsList = () =>
  z.array(table(weights), { error: "a list of weight streams" }).min(1).readonly();

export const layersList = () =>
  z
    .array(
      z.discriminatedUnion("type", [table(attention), table(mla), table(recurrent)], {
        error: ({ code }) =>
          code === "invalid_union"
            ? "one of attention, mla, recurrent"
            : "a class of layers: a table with a type, such as attention",
      }),
      { error: "a list of layer classes" },
    )
    .min(1)
    .readonly();

const exponent = () =>
  notNegative("").describe("How uneven: 0 is uniform for zipf, 1 for power_law.");

export const expertRouting = () =>
  z.discriminatedUnion(
    "type",
    [
      table({ type: z.literal("uniform") }),
      table({ type: z.literal("zipf"), exponent: exponent() }),
      table({ type: z.literal("power_law"), exponent: exponent() }),
    ],
    {
      error: ({ code }) =>
        code === "invalid_union"
          ? "one of uniform, zipf, power_law"
          : 'a routing law: a table with a type, such as { type = "uniform" }',
    },
  );

/** The keys of the tables within these tables, for suggestions, by the key that holds them. */
export const compositionKeys: Readonly<Record<string, readonly string[]>> = {
  device: Object.keys(device),
  flops: ["bf16", "fp8", "fp4", "int8"],
  weights: Object.keys(weights),
  matrices: Object.keys(matrix),
  routing: Object.keys(routing),
  layers: [...new Set([attention, mla, recurrent].flatMap(Object.keys))],
  index: ["topK", "numHeads", "headDim"],
  expertRouting: ["type", "exponent"],
};
