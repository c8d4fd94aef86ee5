/**
 * The one schema of a config: types, ranges, constant defaults, and what the JSON Schema says of each key (`examples`
 * are what a commented config file shows). What depends on several keys is left to checks.ts and defaults.ts.
 */
import * as z from "zod";
import type { CostModel } from "../cost/cost-model.js";
import { count, plugin, positive, table } from "./schema-leaves.js";
import { hardware, model } from "./schema-deployment.js";
import { scheduler } from "./schema-scheduler.js";
import { workload, workloadPlugin } from "./schema-workload.js";

const simulation = {
  logInterval: count("steps")
    .describe("A progress line every N steps, in verbose, debug and non-terminal output.")
    .default(100),
  retain: z
    .enum(["requests", "summary"], { error: '"requests" or "summary"' })
    .describe(
      'What is kept of each request: a row, or ("summary") only its part in distributions, whose percentiles are then within 0.4 %.',
    )
    .default("requests"),
};

const slo = {
  ttft: positive("seconds")
    .meta({ description: "Time to first token, in seconds.", examples: [1] })
    .optional(),
  tpot: positive("seconds")
    .meta({ description: "Time per output token after the first, in seconds.", examples: [0.05] })
    .optional(),
  e2e: positive("seconds")
    .meta({ description: "Time to last token, in seconds.", examples: [30] })
    .optional(),
};

const COST_MODELS =
  'one of "ideal", "calibrated", or a cost model: an object with a name, peakFlops, peakBandwidth and a stepCost function';

export const configSchema = table({
  hardware: table(hardware).describe("One device; all devices are alike."),
  model: table(model).describe("The model that is served."),
  scheduler: table(scheduler).describe("vLLM's scheduler and KV cache, under vLLM's names."),
  workload: z.union([table(workload), workloadPlugin]).describe("Which requests arrive, and when."),
  simulation: table(simulation).describe("Settings of the run.").prefault({}),
  slo: table(slo)
    .describe("Latency targets: goodput and the share that meets each are reported.")
    .optional(),
  costModel: z
    .union([
      z.enum(["ideal", "calibrated"], { error: COST_MODELS }),
      plugin<CostModel>(
        "stepCost",
        { name: "string", peakFlops: "number", peakBandwidth: "number" },
        "a cost model: an object with a name, peakFlops, peakBandwidth and a stepCost function",
      ),
    ])
    .meta({
      description:
        "What a forward pass costs: ideal is the roofline, an upper bound on speed; calibrated knows the kernels of the device. Default: calibrated for a preset device, ideal for bare numbers.",
      examples: ["ideal"],
    })
    .optional(),
});

/** A config with every constant default filled in. */
export type ParsedConfig = z.output<typeof configSchema>;

/** The keys of each table, for suggestions and for checks of tables that are only partly right. */
export const tableShapes = { hardware, model, scheduler, workload, simulation, slo };
