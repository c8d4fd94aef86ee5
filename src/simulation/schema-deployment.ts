/** The schema's `[hardware]` and `[model]` tables. */
import * as z from "zod";
import {
  deviceTable,
  expertRouting,
  kvCacheDtype,
  layersList,
  precision,
  quantization,
  weightsList,
} from "./schema-composition.js";
import { count, countOrZero, flag, MAX_LAYERS, positive, text } from "./schema-leaves.js";

export const hardware = {
  name: text()
    .meta({ description: "A label for reports.", examples: ["H100"] })
    .optional(),
  computeFlops: positive().meta({
    description: "FLOP/s of one device at the precision used, dense.",
    examples: [1.513e15],
  }),
  memoryBandwidth: positive().meta({
    description: "Bytes/s of one device's memory.",
    examples: [3.35e12],
  }),
  memoryCapacity: positive().meta({
    description: "Bytes of memory of one device.",
    examples: [85899345920],
  }),
  bytesPerParam: positive()
    .meta({
      description:
        "Bytes of one weight and of one KV element: 1 for fp8, 2 for bf16. Required unless device or model are presets.",
      examples: [2],
    })
    .optional(),
  device: deviceTable().meta({ description: "What a preset knows of the device." }).optional(),
  kvCacheDtype: kvCacheDtype()
    .describe(
      "How the KV cache is stored; auto: as the checkpoint asks for, or in bytes_per_param for a model given by its totals.",
    )
    .default("auto"),
  kvCacheCapacity: positive()
    .meta({
      description:
        "Bytes of KV cache over all devices, taken as they are. Default: devices × memory_capacity × gpu_memory_utilization − weights.",
      examples: [17179869184],
    })
    .optional(),
  gpuMemoryUtilization: z
    .number({ error: "a number above 0 and at most 1" })
    .gt(0)
    .lte(1)
    .describe("Share of each device's memory that weights and KV cache may take.")
    .default(0.9),
  tensorParallel: count()
    .meta({
      description:
        "Devices that weights and KV cache are sharded over. Default: the smallest number that is allowed and fits.",
      examples: [2],
    })
    .optional(),
  pipelineParallel: count(MAX_LAYERS)
    .describe("Stages of consecutive layers, each on its own tensor_parallel devices.")
    .default(1),
  dataParallel: count()
    .describe(
      "Replicas of the attention, each on its own tensor_parallel devices and with a share of the requests.",
    )
    .default(1),
  expertParallel: count()
    .describe(
      "Devices that experts are dealt out to whole: 1 (each is cut), or all, tensor_parallel × data_parallel.",
    )
    .default(1),
  devicesPerNode: count()
    .meta({
      description: "Devices of one node. Default: as many as a switch connects, else 8.",
      examples: [8],
    })
    .optional(),
  kernelBackend: text()
    .meta({
      description:
        "Kernels that multiply matrices, for the calibrated cost model. Default: what the engine picks.",
      examples: ["marlin"],
    })
    .optional(),
  engineVersion: text()
    .meta({
      description:
        "Version of vLLM that the calibrated cost model prices. Default: the newest it knows.",
      examples: ["0.19.0"],
    })
    .optional(),
};

export const model = {
  name: text()
    .meta({ description: "A label for reports.", examples: ["Llama-3-70B"] })
    .optional(),
  numParameters: positive().meta({
    description: "Parameters, all of them.",
    examples: [70000000000],
  }),
  numLayers: count(MAX_LAYERS).meta({ description: "Layers.", examples: [80] }),
  hiddenDim: count().meta({ description: "Width of the residual stream.", examples: [8192] }),
  numHeads: count(MAX_LAYERS).meta({ description: "Attention heads.", examples: [64] }),
  maxSeqLen: count().meta({
    description: "Longest sequence in tokens, prompt and output together.",
    examples: [8192],
  }),
  numActiveParameters: positive()
    .meta({
      description: "Parameters that one token uses (mixture of experts). Default: all.",
      examples: [70000000000],
    })
    .optional(),
  numKvHeads: count(MAX_LAYERS)
    .meta({
      description: "KV heads (grouped-query attention). Default: num_heads.",
      examples: [8],
    })
    .optional(),
  headDim: count()
    .meta({
      description: "Elements of one head. Default: hidden_dim / num_heads.",
      examples: [128],
    })
    .optional(),
  slidingWindow: count()
    .meta({ description: "Window of the sliding layers, in tokens.", examples: [4096] })
    .optional(),
  numSlidingLayers: countOrZero(MAX_LAYERS)
    .meta({
      description: "Layers that slide. Default: all if there is a sliding_window, else 0.",
      examples: [40],
    })
    .optional(),
  weights: weightsList()
    .meta({ description: "The weights, kind by kind; with layers." })
    .optional(),
  layers: layersList()
    .meta({
      description: "The layers that mix tokens, class by class; with weights.",
    })
    .optional(),
  kvPrecision: precision()
    .meta({
      description: "How the checkpoint wants its KV cache stored. Default: bf16.",
    })
    .optional(),
  quantization: quantization()
    .meta({
      description: "How linear layers are stored, in place of what preset or bytes_per_param say.",
      examples: ["fp8"],
    })
    .optional(),
  expertRouting: expertRouting()
    .meta({
      description:
        "How tokens are spread over experts: uniform, or uneven by an exponent (zipf, power_law). Default: uniform.",
      examples: [{ type: "uniform" }],
    })
    .optional(),
  source: text().meta({ description: "Where the numbers of a preset are from." }).optional(),
  verified: flag().meta({ description: "False where no second source confirms them." }).optional(),
};
