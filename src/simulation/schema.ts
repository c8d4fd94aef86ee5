/**
 * The one schema of a config: types, ranges, constant defaults, and what the JSON Schema says of each key (`examples`
 * are what a commented config file shows). What depends on several keys is left to checks.ts and defaults.ts. Every part is made
 * when a config is first checked: making them all takes longer than anything else would when the library is loaded.
 */
import * as z from "zod/mini";
import { lazy } from "../base/lazy.js";
import type { CostModel } from "../cost/cost-model.js";
import {
  count,
  optional,
  plugin,
  positive,
  required,
  table,
  withDefault,
} from "./schema-leaves.js";
import { hardware, model } from "./schema-deployment.js";
import { scheduler } from "./schema-scheduler.js";
import { workload, workloadPlugin } from "./schema-workload.js";

const simulation = lazy(() => ({
  logInterval: withDefault(
    count("steps"),
    100,
    "A progress line every N steps, in verbose, debug and non-terminal output.",
  ),
  retain: withDefault(
    z.enum(["requests", "summary"], { error: '"requests" or "summary"' }),
    "requests",
    'What is kept of each request: a row, or ("summary") only its part in distributions, whose percentiles are then within 0.4 %.',
  ),
}));

const slo = lazy(() => ({
  ttft: optional(positive("seconds"), "Time to first token, in seconds.", 1),
  tpot: optional(positive("seconds"), "Time per output token after the first, in seconds.", 0.05),
  e2e: optional(positive("seconds"), "Time to last token, in seconds.", 30),
}));

const COST_MODELS =
  'one of "ideal", "calibrated", or a cost model: an object with a name, peakFlops, peakBandwidth and a stepCost function';

export const configSchema = lazy(() =>
  table({
    hardware: required(table(hardware()), "One device; all devices are alike."),
    model: required(table(model()), "The model that is served."),
    scheduler: required(table(scheduler()), "vLLM's scheduler and KV cache, under vLLM's names."),
    workload: required(
      z.union([table(workload()), workloadPlugin()]),
      "Which requests arrive, and when.",
    ),
    simulation: z.prefault(required(table(simulation()), "Settings of the run."), {}),
    slo: optional(
      table(slo()),
      "Latency targets: goodput and the share that meets each are reported.",
    ),
    costModel: optional(
      z.union([
        z.enum(["ideal", "calibrated"], { error: COST_MODELS }),
        plugin<CostModel>(
          "stepCost",
          { name: "string", peakFlops: "number", peakBandwidth: "number" },
          "a cost model: an object with a name, peakFlops, peakBandwidth and a stepCost function",
        ),
      ]),
      "What a forward pass costs: ideal is the roofline, an upper bound on speed; calibrated knows the kernels of the device. Default: calibrated for a preset device, ideal for bare numbers.",
      "ideal",
    ),
  }),
);

/** A config with every constant default filled in. */
export type ParsedConfig = z.output<ReturnType<typeof configSchema>>;

/** The keys of each table, for suggestions and for checks of tables that are only partly right. */
export const tableShapes = lazy(() => ({
  hardware: hardware(),
  model: model(),
  scheduler: scheduler(),
  workload: workload(),
  simulation: simulation(),
  slo: slo(),
}));
