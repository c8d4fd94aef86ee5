/** The schema's `[workload]` table. */
import * as z from "zod";
import type { ArrivalPattern } from "../workload/arrivals.js";
import type { WorkloadPlugin } from "./config.js";
import { dataset } from "./schema-dataset.js";
import { count, integer, plugin, positive, table, text } from "./schema-leaves.js";
import { lengths } from "./schema-lengths.js";
import { sessions, traceScaling } from "./schema-sessions.js";
import { trace } from "./schema-trace.js";

const ARRIVAL_PATTERNS = [
  "poisson",
  "uniform",
  "fixed_rate",
  "burst",
  "batched",
  "closed_loop",
  "gamma",
] as const satisfies readonly ArrivalPattern[];

const weight = () =>
  positive("").describe("How often it comes, in proportion to the other weights.");

const labels = (name: string, description: string, examples: readonly string[]) =>
  z
    .array(
      table({
        name: text()
          .min(1, { error: "a text that is not empty" })
          .describe("What policies and results call it."),
        weight: weight(),
      }),
      {
        error: "a list of at least one { name, weight }",
      },
    )
    .min(1)
    .readonly()
    .meta({
      description: `${name} drawn per request, or per session: ${description} Default: those of a trace, else none.`,
      examples: [examples.map((example, i) => ({ name: example, weight: examples.length - i }))],
    })
    .optional();

const seed = () => integer(0, Number.MAX_SAFE_INTEGER, "a whole number of at least 0");

export const workload = {
  arrivalPattern: z
    .enum(ARRIVAL_PATTERNS, { error: `one of ${ARRIVAL_PATTERNS.join(", ")}` })
    .meta({
      description: "How requests arrive. Optional with a trace, whose times it then replaces.",
      examples: ["poisson"],
    })
    .optional(),
  arrivalRate: positive("requests/s")
    .meta({
      description: "Requests (or sessions) per second, where the pattern uses a rate.",
      examples: [5],
    })
    .optional(),
  inputLenDist: lengths()
    .meta({
      unit: "tokens",
      description: "Prompt lengths in tokens. A trace or dataset brings its own.",
      examples: [{ type: "lognormal", mean: 6.9, stdDev: 0.7 }],
    })
    .optional(),
  outputLenDist: lengths()
    .meta({
      unit: "tokens",
      description: "Output lengths in tokens. A trace brings its own.",
      examples: [{ type: "lognormal", mean: 5.3, stdDev: 0.8 }],
    })
    .optional(),
  seed: seed().describe("Equal seeds give equal runs.").default(42),
  numRequests: count("requests")
    .meta({
      description:
        "Requests in all. This or duration_secs is needed, unless a trace or dataset brings its own.",
      examples: [100],
    })
    .optional(),
  durationSecs: positive("seconds")
    .meta({
      description: "Seconds after which arrivals stop; what is in flight drains.",
      examples: [60],
    })
    .optional(),
  numConcurrentUsers: count("users", 10_000_000)
    .meta({
      description: "Users of the closed_loop pattern; each has one request or session at a time.",
      examples: [10],
    })
    .optional(),
  burstSize: count("requests")
    .meta({ description: "Requests of one burst. Default: 10.", examples: [10] })
    .optional(),
  batchSize: count("requests")
    .meta({ description: "Requests of one batch. Default: all of them, at t = 0.", examples: [16] })
    .optional(),
  burstiness: positive("")
    .meta({
      description: "Shape of the gamma pattern's gaps: 1 is Poisson, less is burstier. Default: 1.",
      examples: [1],
    })
    .optional(),
  maxTokens: count("tokens")
    .meta({
      description:
        "The client's bound on the output of every request, in tokens. Default: each request's sampled output length.",
      examples: [512],
    })
    .optional(),
  priorities: z
    .array(
      table({
        value: z.number({ error: "a number" }).describe("Lower goes first."),
        weight: weight(),
      }),
      { error: "a list of at least one { value, weight }" },
    )
    .min(1)
    .readonly()
    .meta({
      description: "Priorities drawn per request, for the priority policy. Default: all 0.",
      examples: [[{ value: 0, weight: 1 }]],
    })
    .optional(),
  tenants: labels("Tenants", "policies see them, and results are told apart by them.", [
    "acme",
    "umbrella",
  ]),
  classes: labels("Classes of service", "like tenants.", ["batch", "interactive"]),
  datasetPath: text()
    .meta({
      description:
        "A JSONL file of requests in OpenAI's batch format, relative to this file; needs a tokenizer.",
      examples: ["dataset.jsonl"],
    })
    .optional(),
  dataset: dataset().optional(),
  tracePath: text()
    .meta({
      description: "A trace to replay, gzipped or not, relative to this file.",
      examples: ["trace.csv"],
    })
    .optional(),
  trace: trace().optional(),
  ...traceScaling,
  sessions: table(sessions)
    .meta({
      description:
        "Conversations: the prompt of each turn is the last prompt, its output, and input_len_dist new tokens. The arrival pattern says when they start; closed_loop keeps num_concurrent_users of them open.",
      examples: [{ turns: { type: "uniform", min: 2, max: 9 }, thinkTime: 10 }],
    })
    .optional(),
};

export const workloadPlugin = plugin<WorkloadPlugin>(
  "create",
  { name: "string" },
  "a workload: an object with a name and a create function",
)
  .refine((value) => seed().optional().safeParse(value.seed).success, {
    error: "a whole number from 0 to 9007199254740991",
    path: ["seed"],
  })
  .meta({ plugin: true });
