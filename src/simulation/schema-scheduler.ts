/** The schema's `[scheduler]` table. */
import * as z from "zod/mini";
import { lazy } from "../base/lazy.js";
import { policiesByName } from "../scheduler/policies/by-name.js";
import { shapeProblem } from "../scheduler/policies/shape.js";
import type { SchedulerConfig } from "./config.js";
import {
  count,
  countOrZero,
  documentation,
  flag,
  measured,
  optional,
  required,
  withDefault,
} from "./schema-leaves.js";

const POLICY_NAMES = Object.keys(policiesByName);

const policy = lazy(() =>
  z._default(
    z
      .custom<Required<SchedulerConfig>["policy"]>()
      .check(({ value, issues }) => {
        const issue =
          typeof value === "object" && value !== null ? pluginIssue(value) : nameIssue(value);
        if (issue !== undefined) issues.push({ code: "custom", input: value, ...issue });
      })
      .register(documentation, {
        description:
          "Who is admitted first and who is preempted. Length policies (shortest or longest output, input, total first) go by the prompt's length and max_tokens; sjf is sof; case does not matter.",
        type: "string",
        anyOf: [{ enum: POLICY_NAMES }, { pattern: anyCase(POLICY_NAMES) }],
      }),
    "fcfs",
  ),
);

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

export const scheduler = lazy(() => ({
  maxNumBatchedTokens: required(count("tokens"), "Tokens in one step at most.", 8192),
  maxNumSeqs: required(count("requests"), "Requests running at once at most.", 256),
  blockSize: required(count("tokens"), "Tokens in one KV block.", 16),
  enableChunkedPrefill: required(
    flag(),
    "Prompts may be computed in parts, over several steps.",
    true,
  ),
  policy: policy(),
  longPrefillTokenThreshold: optional(
    countOrZero("tokens"),
    "Prompts longer than this many tokens are computed in parts of this size; 0 is off. Default: 0; 4 % of max_seq_len if max_num_partial_prefills > 1.",
    0,
  ),
  maxNumPartialPrefills: optional(
    count("requests"),
    "Requests left with a partly computed prompt after a step at most. Default: no limit.",
    1,
  ),
  enablePreemptionFree: withDefault(
    flag(),
    false,
    "Admit only what can grow to prompt + max_tokens together with all that runs.",
  ),
  numGpuBlocks: optional(
    count("blocks"),
    "KV blocks, vLLM's null block included: one less is usable. Default: derived from memory.",
    2700,
  ),
  asyncScheduling: withDefault(flag(), false, "Form batch n + 1 when batch n starts to execute."),
  enablePrefixCaching: withDefault(flag(), true, "Reuse the KV blocks of equal prefixes."),
  prefixCacheRetentionInterval: withDefault(
    z.nullable(countOrZero("tokens")),
    0,
    "Which blocks of sliding layers stay findable: 0 only the last window, R > 0 also one per R tokens, null (JSON only) all that can be used.",
  ),
  watermark: withDefault(
    measured(
      z.number({ error: "a number of at least 0 and below 1" }).check(z.gte(0), z.lt(1)),
      "share",
    ),
    0,
    "Share of the blocks that an admission must leave free while something runs.",
  ),
  schedulerReserveFullIsl: withDefault(
    flag(),
    true,
    "Admit a request only if all its known tokens fit, not only its first chunk.",
  ),
}));
