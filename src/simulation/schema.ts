/**
 * The one schema of a config: types, ranges, constant defaults, and what the JSON Schema says of each key. What depends
 * on several keys is left to checks.ts and defaults.ts.
 *
 * A leaf's `error` says what is allowed, as the end of a sentence that begins with "must be"; problems.ts makes the
 * sentence. `examples` are what a commented config file shows.
 */
import * as z from "zod";
import type { CostModel } from "../cost/cost-model.js";
import { policiesByName } from "../scheduler/policies/by-name.js";
import type { SchedulingPolicy } from "../scheduler/policy.js";
import type { ArrivalPattern } from "../workload/arrivals.js";
import type { TraceRow } from "../workload/replay.js";
import type { LengthDistribution } from "../workload/workload.js";
import type { SchedulerConfig, WorkloadPlugin } from "./config.js";

/** Results keep lengths and counts in 32-bit columns. */
const MAX_COUNT = 2 ** 31 - 1;
/** More of these than any model has, and few enough to loop over. */
const MAX_LAYERS = 10_000;

// ---- leaves

const positive = () => z.number({ error: "a number above 0" }).gt(0);
const notNegative = () => z.number({ error: "a number of at least 0" }).gte(0);
const text = () => z.string({ error: "a text" });
const flag = () => z.boolean({ error: "true or false" });
const count = (max = MAX_COUNT) => integer(1, max, "a whole number above 0");
const countOrZero = (max = MAX_COUNT) => integer(0, max, "a whole number of at least 0");

function integer(min: number, max: number, allowed: string): z.ZodInt {
  const error = ({ code }: { code?: string }) => (code === "too_big" ? `at most ${max}` : allowed);
  return z.int({ error }).min(min).max(max);
}

/** Unknown keys are errors; the parsed table is frozen. */
function table<Shape extends z.ZodRawShape>(shape: Shape, allowed = "a table of settings") {
  return z.strictObject(shape, { error: allowed }).readonly();
}

/** An object with behaviour, taken as it is. No part of the JSON Schema. */
function plugin<T>(isPlugin: (value: object) => boolean, allowed: string): z.ZodCustom<T, T> {
  const check = (value: unknown) => typeof value === "object" && value !== null && isPlugin(value);
  return z.custom<T>(check, { error: allowed }).meta({ plugin: true });
}

function hasMembers(value: object, members: Readonly<Record<string, string>>): boolean {
  return Object.entries(members).every(([key, type]) => {
    return typeof (value as Readonly<Record<string, unknown>>)[key] === type;
  });
}

// ---- lengths

const fixed = table({ type: z.literal("fixed"), value: count().describe("Tokens.") });

const uniform = table({
  type: z.literal("uniform"),
  min: count().describe("Fewest tokens."),
  max: count().describe("Most tokens, included."),
});

const normal = table({
  type: z.literal("normal"),
  mean: positive().describe("Tokens."),
  stdDev: notNegative().describe("Tokens."),
});

/** e^21 tokens are 1.3 billion: whoever writes more has written tokens, not their logarithm. */
const lognormal = table({
  type: z.literal("lognormal"),
  mean: z
    .number({
      error: "the natural logarithm of a length, at most 21 (6.9 for a median of 1000 tokens)",
    })
    .max(21)
    .describe("Mean of the natural logarithm of the length: the median is e^mean tokens."),
  stdDev: notNegative().describe("Standard deviation of the natural logarithm of the length."),
});

const lengthTables = [fixed, uniform, normal, lognormal] as const;

const lengths = () =>
  z.union([
    z.discriminatedUnion("type", lengthTables, {
      error: 'a length distribution with a type, such as fixed with a value, or "lognormal"',
    }),
    plugin<LengthDistribution>(
      (value) => hasMembers(value, { name: "string", sample: "function" }),
      "a length distribution",
    ),
  ]);

// ---- tables

const hardware = {
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
  bytesPerParam: positive().meta({
    description: "Bytes of one weight and of one KV element: 1 for fp8, 2 for bf16.",
    examples: [2],
  }),
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
};

const model = {
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
};

export const POLICY_NAMES = Object.keys(policiesByName);

const policy = z
  .custom<Required<SchedulerConfig>["policy"]>(isPolicy, {
    error: ({ input }) =>
      typeof input === "object" && input !== null
        ? "a policy: an object with a name, and compareWaiting and selectVictim as functions if present"
        : `one of ${POLICY_NAMES.join(", ")}`,
    params: { values: POLICY_NAMES },
  })
  .meta({
    description:
      "Who is admitted first and who is preempted. Length policies (shortest or longest output, input, total first) go by the prompt's length and max_tokens; sjf is sof; case does not matter.",
    type: "string",
    anyOf: [{ enum: POLICY_NAMES }, { pattern: anyCase(POLICY_NAMES) }],
  })
  .default("fcfs");

function isPolicy(value: unknown): boolean {
  if (typeof value === "string") return POLICY_NAMES.includes(value.toLowerCase());
  if (typeof value !== "object" || value === null) return false;
  const { name, compareWaiting, selectVictim } = value as Partial<SchedulingPolicy>;
  const methods = [compareWaiting, selectVictim];
  return (
    typeof name === "string" && methods.every((f) => f === undefined || typeof f === "function")
  );
}

/** JSON Schema's patterns know no flag for it. */
function anyCase(words: readonly string[]): string {
  const patterns = words.map((word) => word.replace(/./g, (c) => `[${c}${c.toUpperCase()}]`));
  return `^(${patterns.join("|")})$`;
}

const scheduler = {
  maxNumBatchedTokens: count().meta({
    description: "Tokens in one step at most.",
    examples: [8192],
  }),
  maxNumSeqs: count().meta({ description: "Requests running at once at most.", examples: [256] }),
  blockSize: count().meta({ description: "Tokens in one KV block.", examples: [16] }),
  enableChunkedPrefill: flag().meta({
    description: "Prompts may be computed in parts, over several steps.",
    examples: [true],
  }),
  policy,
  longPrefillTokenThreshold: countOrZero()
    .meta({
      description:
        "Prompts longer than this many tokens are computed in parts of this size; 0 is off. Default: 0; 4 % of max_seq_len if max_num_partial_prefills > 1.",
      examples: [0],
    })
    .optional(),
  maxNumPartialPrefills: count()
    .meta({
      description:
        "Requests left with a partly computed prompt after a step at most. Default: no limit.",
      examples: [1],
    })
    .optional(),
  enablePreemptionFree: flag()
    .describe("Admit only what can grow to prompt + max_tokens together with all that runs.")
    .default(false),
  numGpuBlocks: count()
    .meta({
      description:
        "KV blocks, vLLM's null block included: one less is usable. Default: derived from memory.",
      examples: [2700],
    })
    .optional(),
  asyncScheduling: flag()
    .describe("Form batch n + 1 when batch n starts to execute.")
    .default(false),
  enablePrefixCaching: flag().describe("Reuse the KV blocks of equal prefixes.").default(true),
  prefixCacheRetentionInterval: countOrZero()
    .nullable()
    .describe(
      "Which blocks of sliding layers stay findable: 0 only the last window, R > 0 also one per R tokens, null (JSON only) all that can be used.",
    )
    .default(0),
  watermark: z
    .number({ error: "a number of at least 0 and below 1" })
    .gte(0)
    .lt(1)
    .describe("Share of the blocks that an admission must leave free while something runs.")
    .default(0),
  schedulerReserveFullIsl: flag()
    .describe("Admit a request only if all its known tokens fit, not only its first chunk.")
    .default(true),
};

const ARRIVAL_PATTERNS = [
  "poisson",
  "uniform",
  "fixed_rate",
  "burst",
  "batched",
  "closed_loop",
  "gamma",
] as const satisfies readonly ArrivalPattern[];

const workload = {
  arrivalPattern: z
    .enum(ARRIVAL_PATTERNS)
    .meta({
      description: "How requests arrive. Optional with a trace, whose times it then replaces.",
      examples: ["poisson"],
    })
    .optional(),
  arrivalRate: positive()
    .meta({ description: "Requests per second, where the pattern uses a rate.", examples: [5] })
    .optional(),
  inputLenDist: lengths()
    .meta({
      description: "Prompt lengths in tokens. A trace brings its own.",
      examples: [{ type: "lognormal", mean: 6.9, stdDev: 0.7 }],
    })
    .optional(),
  outputLenDist: lengths()
    .meta({
      description: "Output lengths in tokens. A trace brings its own.",
      examples: [{ type: "lognormal", mean: 5.3, stdDev: 0.8 }],
    })
    .optional(),
  seed: integer(0, Number.MAX_SAFE_INTEGER, "a whole number of at least 0")
    .describe("Equal seeds give equal runs.")
    .default(42),
  numRequests: count()
    .meta({ description: "Requests in all. This or duration_secs is needed.", examples: [100] })
    .optional(),
  durationSecs: positive()
    .meta({
      description: "Seconds after which arrivals stop; what is in flight drains.",
      examples: [60],
    })
    .optional(),
  numConcurrentUsers: count(10_000_000)
    .meta({ description: "Users of the closed_loop pattern.", examples: [10] })
    .optional(),
  burstSize: count()
    .meta({ description: "Requests of one burst. Default: 10.", examples: [10] })
    .optional(),
  batchSize: count()
    .meta({ description: "Requests of one batch. Default: all of them, at t = 0.", examples: [16] })
    .optional(),
  burstiness: positive()
    .meta({
      description: "Shape of the gamma pattern's gaps: 1 is Poisson, less is burstier. Default: 1.",
      examples: [1],
    })
    .optional(),
  maxTokens: count()
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
        weight: positive().describe("How often it comes, in proportion to the other weights."),
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
  datasetPath: text()
    .meta({
      description: "A JSONL file of requests. Not available yet.",
      examples: ["dataset.jsonl"],
    })
    .optional(),
  tracePath: text()
    .meta({
      description: "A CSV trace to replay, gzipped or not, relative to this file.",
      examples: ["trace.csv"],
    })
    .optional(),
  trace: z
    .custom<readonly TraceRow[]>(Array.isArray, { error: "a list of trace rows" })
    .check(({ value, issues }) => {
      const issue = Array.isArray(value) ? traceIssue(value) : undefined;
      if (issue !== undefined) issues.push({ code: "custom", input: value, ...issue });
    })
    .meta({ plugin: true })
    .optional(),
};

/** The first thing that is wrong with a trace. A loop, since there may be a million rows. */
function traceIssue(
  rows: readonly unknown[],
): { message: string; path: (string | number)[] } | undefined {
  if (rows.length === 0) return { message: "a list of at least one row", path: [] };
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (typeof row !== "object" || row === null) return { message: "a trace row", path: [i] };
    const { arrivalTime, numPromptTokens, numOutputTokens, priority, abortTime } =
      row as Partial<TraceRow>;
    if (!isTime(arrivalTime))
      return { message: "a number of at least 0", path: [i, "arrivalTime"] };
    if (!isCount(numPromptTokens))
      return { message: "a whole number above 0", path: [i, "numPromptTokens"] };
    if (!isCount(numOutputTokens))
      return { message: "a whole number above 0", path: [i, "numOutputTokens"] };
    if (priority !== undefined && !Number.isFinite(priority))
      return { message: "a number", path: [i, "priority"] };
    if (abortTime !== undefined && !isTime(abortTime))
      return { message: "a number of at least 0", path: [i, "abortTime"] };
  }
  return undefined;
}

const isTime = (value: unknown) => Number.isFinite(value) && (value as number) >= 0;
const isCount = (value: unknown) =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_COUNT;

const simulation = {
  logInterval: count()
    .describe("A progress line every N steps, in verbose, debug and non-terminal output.")
    .default(100),
};

const slo = {
  ttft: positive()
    .meta({ description: "Time to first token, in seconds.", examples: [1] })
    .optional(),
  tpot: positive()
    .meta({ description: "Time per output token after the first, in seconds.", examples: [0.05] })
    .optional(),
  e2e: positive()
    .meta({ description: "Time to last token, in seconds.", examples: [30] })
    .optional(),
};

export const configSchema = table({
  hardware: table(hardware).describe("One device; all devices are alike."),
  model: table(model).describe("The model that is served."),
  scheduler: table(scheduler).describe("vLLM's scheduler and KV cache, under vLLM's names."),
  workload: z
    .union([
      table(workload),
      plugin<WorkloadPlugin>(
        (value) => hasMembers(value, { name: "string", create: "function" }),
        "a workload",
      ),
    ])
    .describe("Which requests arrive, and when."),
  simulation: table(simulation).describe("Settings of the run.").prefault({}),
  slo: table(slo)
    .describe("Latency targets: goodput and the share that meets each are reported.")
    .optional(),
  costModel: plugin<CostModel>(
    (value) =>
      hasMembers(value, {
        name: "string",
        peakFlops: "number",
        peakBandwidth: "number",
        stepCost: "function",
      }),
    "a cost model: an object with a name, peakFlops, peakBandwidth and a stepCost function",
  ).optional(),
});

/** A config with every constant default filled in. */
export type ParsedConfig = z.output<typeof configSchema>;

/** The keys of each table, for suggestions and for checks of tables that are only partly right. */
export const tableShapes = { hardware, model, scheduler, workload, simulation, slo };

/** The keys of a length distribution, by its type. */
export const lengthKeys: Readonly<Record<string, readonly string[]>> = {
  fixed: ["type", "value"],
  uniform: ["type", "min", "max"],
  normal: ["type", "mean", "stdDev"],
  lognormal: ["type", "mean", "stdDev"],
};
