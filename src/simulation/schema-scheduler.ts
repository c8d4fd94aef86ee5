/** The schema's `[scheduler]` table. */
import * as z from "zod";
import { policiesByName } from "../scheduler/policies/by-name.js";
import { shapeProblem } from "../scheduler/policies/shape.js";
import type { SchedulerConfig } from "./config.js";
import { count, countOrZero, flag } from "./schema-leaves.js";

const POLICY_NAMES = Object.keys(policiesByName);

const policy = z
  .custom<Required<SchedulerConfig>["policy"]>()
  .check(({ value, issues }) => {
    const issue =
      typeof value === "object" && value !== null ? pluginIssue(value) : nameIssue(value);
    if (issue !== undefined) issues.push({ code: "custom", input: value, ...issue });
  })
  .meta({
    description:
      "Who is admitted first and who is preempted. Length policies (shortest or longest output, input, total first) go by the prompt's length and max_tokens; sjf is sof; case does not matter.",
    type: "string",
    anyOf: [{ enum: POLICY_NAMES }, { pattern: anyCase(POLICY_NAMES) }],
  })
  .default("fcfs");

function nameIssue(value: unknown) {
  if (typeof value === "string" && POLICY_NAMES.includes(value.toLowerCase())) return undefined;
  return { message: `one of ${POLICY_NAMES.join(", ")}`, params: { values: POLICY_NAMES } };
}

function pluginIssue(value: object) {
  const problem = shapeProblem(value);
  return problem && { message: problem.must, params: { found: problem.found } };
}

/** JSON Schema's patterns know no flag for it. */
function anyCase(words: readonly string[]): string {
  const patterns = words.map((word) => word.replace(/./g, (c) => `[${c}${c.toUpperCase()}]`));
  return `^(${patterns.join("|")})$`;
}

export const scheduler = {
  maxNumBatchedTokens: count("tokens").meta({
    description: "Tokens in one step at most.",
    examples: [8192],
  }),
  maxNumSeqs: count("requests").meta({
    description: "Requests running at once at most.",
    examples: [256],
  }),
  blockSize: count("tokens").meta({ description: "Tokens in one KV block.", examples: [16] }),
  enableChunkedPrefill: flag().meta({
    description: "Prompts may be computed in parts, over several steps.",
    examples: [true],
  }),
  policy,
  longPrefillTokenThreshold: countOrZero("tokens")
    .meta({
      description:
        "Prompts longer than this many tokens are computed in parts of this size; 0 is off. Default: 0; 4 % of max_seq_len if max_num_partial_prefills > 1.",
      examples: [0],
    })
    .optional(),
  maxNumPartialPrefills: count("requests")
    .meta({
      description:
        "Requests left with a partly computed prompt after a step at most. Default: no limit.",
      examples: [1],
    })
    .optional(),
  enablePreemptionFree: flag()
    .describe("Admit only what can grow to prompt + max_tokens together with all that runs.")
    .default(false),
  numGpuBlocks: count("blocks")
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
  prefixCacheRetentionInterval: countOrZero("tokens")
    .nullable()
    .describe(
      "Which blocks of sliding layers stay findable: 0 only the last window, R > 0 also one per R tokens, null (JSON only) all that can be used.",
    )
    .default(0),
  watermark: z
    .number({ error: "a number of at least 0 and below 1" })
    .gte(0)
    .lt(1)
    .meta({ unit: "share" })
    .describe("Share of the blocks that an admission must leave free while something runs.")
    .default(0),
  schedulerReserveFullIsl: flag()
    .describe("Admit a request only if all its known tokens fit, not only its first chunk.")
    .default(true),
};
