/** Contradictions between the keys of traces and sessions. */
import { counted } from "../base/counted.js";
import type { ConfigProblem } from "../base/errors.js";
import type { LengthConfig } from "../workload/lengths.js";
import { scaleTrace } from "../workload/scale-trace.js";
import { recorded } from "../workload/trace-row.js";
import type { LengthDistribution } from "../workload/workload.js";
import type { WorkloadConfig } from "./config.js";
import type { Draft } from "./draft.js";

/** Keys that change the times of a trace, and keys that choose among its rows. */
const TIME_KEYS = ["rateScale", "traceJitter"];
const CHOICE_KEYS = ["timeWindow", "maxRequests", "sample"];
const LINK_KEYS = ["traceSessions"];

export function checkTraceKeys({ tables, isGiven }: Draft, hasTrace: boolean): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const add = (key: string, message: string) => problems.push({ path: ["workload", key], message });
  const isReplaced = isGiven("workload", "arrivalPattern");
  for (const key of [...TIME_KEYS, ...CHOICE_KEYS, ...LINK_KEYS]) {
    if (!isGiven("workload", key)) continue;
    if (!hasTrace) add(key, "has no meaning without a trace");
    else if (isReplaced && TIME_KEYS.includes(key)) {
      add(key, "has no meaning with arrivalPattern, which replaces the times of the trace");
    }
  }
  const [from, to] = tables.workload?.timeWindow ?? [0, 1];
  if (from >= to) add("timeWindow", `must end after it begins, found [${from}, ${to}]`);
  if (problems.length === 0) problems.push(...checkChoice(tables.workload));
  return problems;
}

/** Keys that leave nothing of a trace, or have nothing to work on. */
function checkChoice(workload: WorkloadConfig | undefined): ConfigProblem[] {
  const { trace, traceSessions = false } = workload ?? {};
  if (trace === undefined) return [];
  const { rows } = recorded(trace);
  if (traceSessions && !rows.some(({ prefix }) => prefix !== undefined && "runs" in prefix)) {
    const message = "has no meaning for a trace without prefix ids, which tell what is continued";
    return [{ path: ["workload", "traceSessions"], message }];
  }
  if (workload!.timeWindow === undefined && workload!.sample === undefined) return [];
  const { numKept, skipped } = scaleTrace(rows, workload!, workload!.seed ?? 42);
  if (numKept > 0) return [];
  const message = `leaves none of the ${counted(rows.length, "request")} of the trace`;
  return [{ path: ["workload", skipped.at(-1)!.by], message }];
}

/** KV blocks must lie within the blocks that a trace gives ids to. */
export function checkTraceBlocks({ tables }: Draft): ConfigProblem[] {
  const { blockSize, enablePrefixCaching } = tables.scheduler;
  const { trace } = tables.workload ?? {};
  if (trace === undefined || blockSize === undefined || enablePrefixCaching === false) return [];
  for (const [row, { prefix }] of recorded(trace).rows.entries()) {
    if (prefix === undefined || "row" in prefix || prefix.blockSize % blockSize === 0) continue;
    const { blockSize: idBlockSize } = prefix;
    return [
      {
        path: ["scheduler", "blockSize"],
        message: `must divide the ${idBlockSize} tokens that each prefix id of the trace stands for (row ${row}), found ${blockSize}`,
        fix: `use one of ${divisors(idBlockSize).join(", ")}, or set enablePrefixCaching to false`,
      },
    ];
  }
  return [];
}

/** @param hasRows the requests come from a trace or dataset */
export function checkSessions({ tables, isGiven }: Draft, hasRows: boolean): ConfigProblem[] {
  if (!isGiven("workload", "sessions")) return [];
  const path = ["workload", "sessions"];
  if (hasRows) {
    const message = "has no meaning with a trace or dataset, whose requests are given";
    return [{ path, message }];
  }
  const { arrivalPattern, sessions } = tables.workload ?? {};
  if (sessions === undefined) return [];
  const problems = checkLength([...path, "turns"], sessions.turns);
  const isOneBatch = arrivalPattern === "batched" && !isGiven("workload", "batchSize");
  if (isOneBatch && sessions.numSessions === undefined) {
    problems.push({
      path: [...path, "numSessions"],
      message: "is missing: all sessions start at once, so there must be a number of them",
      fix: "add it, or batchSize and arrivalRate",
    });
  }
  return problems;
}

export function checkLength(
  path: readonly string[],
  lengths: LengthConfig | LengthDistribution | undefined,
): ConfigProblem[] {
  if (lengths === undefined || "sample" in lengths || lengths.type !== "uniform") return [];
  const { min, max } = lengths;
  if (min <= max) return [];
  return [{ path: [...path, "max"], message: `must be at least min (${min}), found ${max}` }];
}

function divisors(n: number): number[] {
  const small: number[] = [];
  for (let i = 1; i * i <= n; i++) if (n % i === 0) small.push(i);
  return [...new Set([...small, ...small.map((i) => n / i).reverse()])];
}
