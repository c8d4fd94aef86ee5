/** The schema's `[workload]` table. */
import * as z from "zod/mini";
import { lazy } from "../base/lazy.js";
import type { ArrivalPattern } from "../workload/arrivals.js";
import type { WorkloadPlugin } from "./config.js";
import { dataset } from "./schema-dataset.js";
import {
  count,
  documentation,
  integer,
  optional,
  plugin,
  positive,
  required,
  table,
  text,
  withDefault,
} from "./schema-leaves.js";
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

const weight = lazy(() =>
  required(positive(""), "How often it comes, in proportion to the other weights."),
);

const labels = (name: string, description: string, examples: readonly string[]) =>
  optional(
    z.readonly(
      z
        .array(
          table({
            name: required(
              text().check(z.minLength(1, { error: "a text that is not empty" })),
              "What policies and results call it.",
            ),
            weight: weight(),
          }),
          {
            error: "a list of at least one { name, weight }",
          },
        )
        .check(z.minLength(1)),
    ),
    `${name} drawn per request, or per session: ${description} Default: those of a trace, else none.`,
    examples.map((example, i) => ({ name: example, weight: examples.length - i })),
  );

const seed = lazy(() => integer(0, Number.MAX_SAFE_INTEGER, "a whole number of at least 0"));

export const workload = lazy(() => ({
  arrivalPattern: optional(
    z.enum(ARRIVAL_PATTERNS, { error: `one of ${ARRIVAL_PATTERNS.join(", ")}` }),
    "How requests arrive. Optional with a trace, whose times it then replaces.",
    "poisson",
  ),
  arrivalRate: optional(
    positive("requests/s"),
    "Requests (or sessions) per second, where the pattern uses a rate.",
    5,
  ),
  inputLenDist: optional(
    lengths("tokens"),
    "Prompt lengths in tokens. A trace or dataset brings its own.",
    {
      type: "lognormal",
      mean: 6.9,
      stdDev: 0.7,
    },
  ),
  outputLenDist: optional(lengths("tokens"), "Output lengths in tokens. A trace brings its own.", {
    type: "lognormal",
    mean: 5.3,
    stdDev: 0.8,
  }),
  seed: withDefault(seed(), 42, "Equal seeds give equal runs."),
  numRequests: optional(
    count("requests"),
    "Requests in all. This or duration_secs is needed, unless a trace or dataset brings its own.",
    100,
  ),
  durationSecs: optional(
    positive("seconds"),
    "Seconds after which arrivals stop; what is in flight drains.",
    60,
  ),
  numConcurrentUsers: optional(
    count("users", 10_000_000),
    "Users of the closed_loop pattern; each has one request or session at a time.",
    10,
  ),
  burstSize: optional(count("requests"), "Requests of one burst. Default: 10.", 10),
  batchSize: optional(
    count("requests"),
    "Requests of one batch. Default: all of them, at t = 0.",
    16,
  ),
  burstiness: optional(
    positive(""),
    "Shape of the gamma pattern's gaps: 1 is Poisson, less is burstier. Default: 1.",
    1,
  ),
  maxTokens: optional(
    count("tokens"),
    "The client's bound on the output of every request, in tokens. Default: each request's sampled output length.",
    512,
  ),
  priorities: optional(
    z.readonly(
      z
        .array(
          table({
            value: required(z.number({ error: "a number" }), "Lower goes first."),
            weight: weight(),
          }),
          { error: "a list of at least one { value, weight }" },
        )
        .check(z.minLength(1)),
    ),
    "Priorities drawn per request, for the priority policy. Default: all 0.",
    [{ value: 0, weight: 1 }],
  ),
  tenants: labels("Tenants", "policies see them, and results are told apart by them.", [
    "acme",
    "umbrella",
  ]),
  classes: labels("Classes of service", "like tenants.", ["batch", "interactive"]),
  datasetPath: optional(
    text(),
    "A JSONL file of requests in OpenAI's batch format, relative to this file; needs a tokenizer.",
    "dataset.jsonl",
  ),
  dataset: z.optional(dataset()),
  tracePath: optional(
    text(),
    "A trace to replay, gzipped or not, relative to this file.",
    "trace.csv",
  ),
  trace: z.optional(trace()),
  ...traceScaling(),
  sessions: optional(
    table(sessions()),
    "Conversations: the prompt of each turn is the last prompt, its output, and input_len_dist new tokens. The arrival pattern says when they start; closed_loop keeps num_concurrent_users of them open.",
    { turns: { type: "uniform", min: 2, max: 9 }, thinkTime: 10 },
  ),
}));

export const workloadPlugin = lazy(() =>
  plugin<WorkloadPlugin>(
    "create",
    { name: "string" },
    "a workload: an object with a name and a create function",
  )
    .check(
      z.refine((value) => z.optional(seed()).safeParse(value.seed).success, {
        error: "a whole number from 0 to 9007199254740991",
        path: ["seed"],
      }),
    )
    .register(documentation, { plugin: true }),
);
