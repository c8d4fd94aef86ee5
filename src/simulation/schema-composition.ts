/** The schema of what the catalog brings along: a device, and the composition of a model. */
import * as z from "zod/mini";
import { lazy } from "../base/lazy.js";
import {
  count,
  countOrZero,
  flag,
  MAX_LAYERS,
  notNegative,
  optional,
  positive,
  required,
  table,
  text,
} from "./schema-leaves.js";

const oneOf = <const Names extends readonly string[]>(names: Names) =>
  z.enum(names, { error: `one of ${names.join(", ")}` });

const PRECISIONS = ["fp32", "bf16", "fp8", "fp8_block", "int8", "int4", "mxfp4", "nvfp4"] as const;

export const precision = lazy(() => oneOf(PRECISIONS));

export const quantization = lazy(() =>
  oneOf(["none", "bf16", "fp8", "fp8_block", "int8", "int4", "awq", "gptq", "mxfp4", "nvfp4"]),
);

export const kvCacheDtype = lazy(() => oneOf(["auto", "bf16", "fp8", "nvfp4"]));

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

const matrix = lazy(() => ({
  outputs: required(positive("rows"), "Rows."),
  inputs: required(positive("columns"), "Columns."),
  cut: optional(
    oneOf(["outputs", "inputs", "none"]),
    "What tensor parallelism cuts; none: every device holds a copy. Default: outputs.",
  ),
}));

const routing = lazy(() => ({
  numExperts: required(positive("experts"), "Experts of one layer."),
  numExpertsPerToken: required(positive("experts"), "Experts that one token is sent to."),
}));

const weights = lazy(() => ({
  role: required(
    oneOf(ROLES),
    "What the weights are for; head: computed for sampled positions only; embedding: takes memory, no time.",
  ),
  numLayers: required(count("layers", MAX_LAYERS), "Layers that have them."),
  matrices: required(
    z.readonly(z.array(table(matrix()), { error: "a list of matrices" })),
    "The matrices of one layer; with routing, of one expert.",
  ),
  precision: required(precision(), "How they are stored and multiplied."),
  bytesPerParam: optional(
    positive("bytes"),
    "Bytes of one parameter. Default: those of the precision, scales included.",
  ),
  routing: optional(table(routing()), "Where each token uses some of them only."),
}));

const attention = lazy(() => ({
  type: z.literal("attention"),
  numLayers: required(count("layers", MAX_LAYERS), "Layers of this class."),
  numHeads: required(count("heads", MAX_LAYERS), "Query heads."),
  numKvHeads: required(count("heads", MAX_LAYERS), "KV heads."),
  headDim: required(count("elements"), "Elements of a query and a key."),
  valueHeadDim: optional(count("elements"), "Elements of a value. Default: head_dim."),
  window: optional(count("tokens"), "Sliding window in tokens. Default: full attention."),
  chunk: optional(count("tokens"), "Chunk in tokens, for chunked local attention."),
  normAcrossHeads: optional(
    flag(),
    "Queries and keys are normalised over all heads, which cut heads have to sum up.",
  ),
  sharesKv: optional(flag(), "They read the KV of other layers and store none."),
}));

const mla = lazy(() => ({
  type: z.literal("mla"),
  numLayers: required(count("layers", MAX_LAYERS), "Layers of this class."),
  numHeads: required(count("heads", MAX_LAYERS), "Heads."),
  kvLoraRank: required(count("elements"), "Elements of the compressed keys and values."),
  qkNopeHeadDim: required(count("elements"), "Elements of a query without positions."),
  qkRopeHeadDim: required(
    countOrZero("elements"),
    "Elements of a query and the shared key with positions.",
  ),
  valueHeadDim: required(count("elements"), "Elements of a value."),
  index: optional(
    table({
      topK: required(count("keys"), "Keys that a query attends to at most."),
      numHeads: required(count("heads", MAX_LAYERS), "Heads of the indexer."),
      headDim: required(count("elements"), "Elements of one of its heads."),
    }),
    "Sparse attention: which keys a query attends to.",
  ),
}));

const recurrent = lazy(() => ({
  type: z.literal("recurrent"),
  numLayers: required(count("layers", MAX_LAYERS), "Layers of this class."),
  numHeads: required(count("heads", MAX_LAYERS), "Heads."),
  stateBytes: required(notNegative("bytes"), "Bytes of state of one sequence in one layer."),
  flopsPerToken: required(
    notNegative("FLOPs"),
    "FLOPs of one token in one layer, beside the weights.",
  ),
}));

const device = lazy(() => ({
  name: required(text(), "As in the catalog."),
  family: required(text(), "Devices of one family share efficiencies."),
  flops: required(
    table({
      bf16: optional(positive("FLOP/s"), "In bf16."),
      fp8: optional(positive("FLOP/s"), "In fp8."),
      fp4: optional(positive("FLOP/s"), "In fp4."),
      int8: optional(positive("FLOP/s"), "In int8."),
    }),
    "Dense FLOP/s of one device.",
  ),
  memoryCapacity: required(positive("bytes"), "Bytes of memory."),
  memoryBandwidth: required(positive("bytes/s"), "Bytes/s of memory."),
  scaleUpBandwidth: optional(
    positive("bytes/s"),
    "Bytes/s between devices of one node, both directions together.",
  ),
  fabric: optional(
    oneOf([
      "nvswitch",
      "nvlink-bridge",
      "infinity-fabric",
      "ici",
      "ethernet",
      "neuronlink",
      "pcie",
    ]),
    "What connects the devices of one node. Default: pcie.",
  ),
  scaleUpSize: optional(count("devices"), "Devices that it connects. Default: 8."),
  scaleOutBandwidth: optional(
    positive("bytes/s"),
    "Bytes/s per device between nodes, one direction.",
  ),
  source: optional(text(), "Where the numbers are from."),
  verified: optional(flag(), "False where no second source confirms them."),
}));

export const deviceTable = lazy(() => table(device()));

export const weightsList = lazy(() =>
  z.readonly(
    z.array(table(weights()), { error: "a list of weight streams" }).check(z.minLength(1)),
  ),
);

export const layersList = lazy(() =>
  z.readonly(
    z
      .array(
        z.discriminatedUnion("type", [table(attention()), table(mla()), table(recurrent())], {
          error: ({ code }) =>
            code === "invalid_union"
              ? "one of attention, mla, recurrent"
              : "a class of layers: a table with a type, such as attention",
        }),
        { error: "a list of layer classes" },
      )
      .check(z.minLength(1)),
  ),
);

const exponent = lazy(() =>
  required(notNegative(""), "How uneven: 0 is uniform for zipf, 1 for power_law."),
);

export const expertRouting = lazy(() =>
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
  ),
);

/** The keys of the tables within these tables, for suggestions, by the key that holds them. */
export const compositionKeys = lazy((): Readonly<Record<string, readonly string[]>> => ({
  device: Object.keys(device()),
  flops: ["bf16", "fp8", "fp4", "int8"],
  weights: Object.keys(weights()),
  matrices: Object.keys(matrix()),
  routing: Object.keys(routing()),
  layers: [...new Set([attention(), mla(), recurrent()].flatMap(Object.keys))],
  index: ["topK", "numHeads", "headDim"],
  expertRouting: ["type", "exponent"],
}));
