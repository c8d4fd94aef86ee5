/** The schema of what makes sessions, and of what scales a trace. */
import * as z from "zod";
import { count, countOrZero, flag, notNegative, positive } from "./schema-leaves.js";
import { lengths } from "./schema-lengths.js";

export const sessions = {
  numSessions: count("sessions")
    .meta({
      description:
        "Sessions in all. Default: as many as num_requests or duration_secs leave room for.",
      examples: [100],
    })
    .optional(),
  turns: lengths()
    .meta({ unit: "requests", description: "Requests of one session." })
    .default({ type: "fixed", value: 1 }),
  thinkTime: notNegative("seconds")
    .describe("Mean seconds from the end of one turn to the arrival of the next.")
    .default(0),
  thinkTimeDist: z
    .enum(["exponential", "fixed"], { error: "exponential or fixed" })
    .describe("How think times vary around their mean.")
    .default("exponential"),
  numPrefixGroups: count("prompts")
    .describe("Different system prompts; each session has one of them.")
    .default(1),
  prefixLen: countOrZero("tokens").describe("Tokens of the system prompt.").default(0),
};

/** Keys that only a trace gives a meaning to. */
export const traceScaling = {
  rateScale: positive("")
    .meta({
      description:
        "Divides a trace's arrival times: 2 doubles the rate. Think times stay. Default: 1.",
      examples: [1],
    })
    .optional(),
  traceSessions: flag()
    .meta({
      description:
        "Links each request of a trace to the one whose prompt it continues, told by prefix ids: it then arrives after that one's end. Default: false.",
      examples: [true],
    })
    .optional(),
  timeWindow: z
    .tuple([notNegative("seconds"), positive("seconds")], {
      error: "a list of two times, from and to",
    })
    .readonly()
    .meta({
      description:
        "Only what arrives from the first of these times of a trace to before the second; time counts from the first. Default: all, from the first arrival.",
      examples: [[0, 600]],
    })
    .optional(),
  maxRequests: count("requests")
    .meta({
      description: "Only the first requests of a trace, after time_window and sample.",
      examples: [1000],
    })
    .optional(),
  sample: z
    .number({ error: "a share above 0, at most 1" })
    .gt(0)
    .max(1)
    .meta({
      description:
        "Only this share of a trace's sessions, drawn at random and kept whole. Default: 1.",
      unit: "share",
      examples: [1],
    })
    .optional(),
  traceJitter: notNegative("seconds")
    .meta({
      description:
        "Makes a trace's arrivals later by up to these seconds, at random: for timestamps in ticks. Default: 0.",
      examples: [3],
    })
    .optional(),
};
