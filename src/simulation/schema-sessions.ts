/** The schema of what makes sessions, and of what scales a trace. */
import * as z from "zod/mini";
import { lazy } from "../base/lazy.js";
import {
  count,
  countOrZero,
  flag,
  measured,
  notNegative,
  optional,
  positive,
  withDefault,
} from "./schema-leaves.js";
import { lengths } from "./schema-lengths.js";

export const sessions = lazy(() => ({
  numSessions: optional(
    count("sessions"),
    "Sessions in all. Default: as many as num_requests or duration_secs leave room for.",
    100,
  ),
  turns: withDefault(lengths("requests"), { type: "fixed", value: 1 }, "Requests of one session."),
  thinkTime: withDefault(
    notNegative("seconds"),
    0,
    "Mean seconds from the end of one turn to the arrival of the next.",
  ),
  thinkTimeDist: withDefault(
    z.enum(["exponential", "fixed"], { error: "exponential or fixed" }),
    "exponential",
    "How think times vary around their mean.",
  ),
  numPrefixGroups: withDefault(
    count("prompts"),
    1,
    "Different system prompts; each session has one of them.",
  ),
  prefixLen: withDefault(countOrZero("tokens"), 0, "Tokens of the system prompt."),
}));

/** Keys that only a trace gives a meaning to. */
export const traceScaling = lazy(() => ({
  rateScale: optional(
    positive(""),
    "Divides a trace's arrival times: 2 doubles the rate. Think times stay. Default: 1.",
    1,
  ),
  traceSessions: optional(
    flag(),
    "Links each request of a trace to the one whose prompt it continues, told by prefix ids: it then arrives after that one's end. Default: false.",
    true,
  ),
  timeWindow: optional(
    z.readonly(
      z.tuple([notNegative("seconds"), positive("seconds")], {
        error: "a list of two times, from and to",
      }),
    ),
    "Only what arrives from the first of these times of a trace to before the second; time counts from the first. Default: all, from the first arrival.",
    [0, 600],
  ),
  maxRequests: optional(
    count("requests"),
    "Only the first requests of a trace, after time_window and sample.",
    1000,
  ),
  sample: optional(
    measured(z.number({ error: "a share above 0, at most 1" }).check(z.gt(0), z.lte(1)), "share"),
    "Only this share of a trace's sessions, drawn at random and kept whole. Default: 1.",
    1,
  ),
  traceJitter: optional(
    notNegative("seconds"),
    "Makes a trace's arrivals later by up to these seconds, at random: for timestamps in ticks. Default: 0.",
    3,
  ),
}));
