/** The schema's `[hardware]` and `[model]` tables. */
import * as z from "zod/mini";
import { lazy } from "../base/lazy.js";
import {
  deviceTable,
  expertRouting,
  kvCacheDtype,
  layersList,
  precision,
  quantization,
  weightsList,
} from "./schema-composition.js";
import {
  count,
  countOrZero,
  flag,
  MAX_LAYERS,
  measured,
  optional,
  positive,
  required,
  text,
  withDefault,
} from "./schema-leaves.js";

export const hardware = lazy(() => ({
  name: optional(text(), "A label for reports.", "H100"),
  computeFlops: required(
    positive("FLOP/s"),
    "FLOP/s of one device at the precision used, dense.",
    1.513e15,
  ),
  memoryBandwidth: required(positive("bytes/s"), "Bytes/s of one device's memory.", 3.35e12),
  memoryCapacity: required(positive("bytes"), "Bytes of memory of one device.", 85899345920),
  bytesPerParam: optional(
    positive("bytes"),
    "Bytes of one weight and of one KV element: 1 for fp8, 2 for bf16. Required unless device or model are presets.",
    2,
  ),
  device: optional(deviceTable(), "What a preset knows of the device."),
  kvCacheDtype: withDefault(
    kvCacheDtype(),
    "auto",
    "How the KV cache is stored; auto: as the checkpoint asks for, or in bytes_per_param for a model given by its totals.",
  ),
  kvCacheCapacity: optional(
    positive("bytes"),
    "Bytes of KV cache over all devices, taken as they are. Default: devices × memory_capacity × gpu_memory_utilization − weights.",
    17179869184,
  ),
  gpuMemoryUtilization: withDefault(
    measured(
      z.number({ error: "a number above 0 and at most 1" }).check(z.gt(0), z.lte(1)),
      "share",
    ),
    0.9,
    "Share of each device's memory that weights and KV cache may take.",
  ),
  tensorParallel: optional(
    count("devices"),
    "Devices that weights and KV cache are sharded over. Default: the smallest number that is allowed and fits.",
    2,
  ),
  pipelineParallel: withDefault(
    count("stages", MAX_LAYERS),
    1,
    "Stages of consecutive layers, each on its own tensor_parallel devices.",
  ),
  dataParallel: withDefault(
    count("replicas"),
    1,
    "Replicas of the attention, each on its own tensor_parallel devices and with a share of the requests.",
  ),
  expertParallel: withDefault(
    count("devices"),
    1,
    "Devices that experts are dealt out to whole: 1 (each is cut), or all, tensor_parallel × data_parallel.",
  ),
  devicesPerNode: optional(
    count("devices"),
    "Devices of one node. Default: as many as a switch connects, else 8.",
    8,
  ),
  kernelBackend: optional(
    text(),
    "Kernels that multiply matrices, for the calibrated cost model. Default: what the engine picks.",
    "marlin",
  ),
  engineVersion: optional(
    text(),
    "Version of vLLM that the calibrated cost model prices. Default: the newest it knows.",
    "0.19.0",
  ),
}));

export const model = lazy(() => ({
  name: optional(text(), "A label for reports.", "Llama-3-70B"),
  numParameters: required(positive("parameters"), "Parameters, all of them.", 70000000000),
  numLayers: required(count("layers", MAX_LAYERS), "Layers.", 80),
  hiddenDim: required(count("elements"), "Width of the residual stream.", 8192),
  numHeads: required(count("heads", MAX_LAYERS), "Attention heads.", 64),
  maxSeqLen: required(
    count("tokens"),
    "Longest sequence in tokens, prompt and output together.",
    8192,
  ),
  numActiveParameters: optional(
    positive("parameters"),
    "Parameters that one token uses (mixture of experts). Default: all.",
    70000000000,
  ),
  numKvHeads: optional(
    count("heads", MAX_LAYERS),
    "KV heads (grouped-query attention). Default: num_heads.",
    8,
  ),
  headDim: optional(
    count("elements"),
    "Elements of one head. Default: hidden_dim / num_heads.",
    128,
  ),
  slidingWindow: optional(count("tokens"), "Window of the sliding layers, in tokens.", 4096),
  numSlidingLayers: optional(
    countOrZero("layers", MAX_LAYERS),
    "Layers that slide. Default: all if there is a sliding_window, else 0.",
    40,
  ),
  weights: optional(weightsList(), "The weights, kind by kind; with layers."),
  layers: optional(layersList(), "The layers that mix tokens, class by class; with weights."),
  kvPrecision: optional(
    precision(),
    "How the checkpoint wants its KV cache stored. Default: bf16.",
  ),
  quantization: optional(
    quantization(),
    "How linear layers are stored, in place of what preset or bytes_per_param say.",
    "fp8",
  ),
  expertRouting: optional(
    expertRouting(),
    "How tokens are spread over experts: uniform, or uneven by an exponent (zipf, power_law). Default: uniform.",
    { type: "uniform" },
  ),
  source: optional(text(), "Where the numbers of a preset are from."),
  verified: optional(flag(), "False where no second source confirms them."),
}));
