/** What became of all that a source of requests holds: read = simulated + rejected + skipped. A line each. */
import { counted, grouped } from "../base/counted.js";
import type { RequestSource } from "../workload/request-source.js";
import type { CutSessions } from "../workload/session-generator.js";
import { keyToSnake } from "./case.js";
import type { SimulationConfig, WorkloadConfig } from "./config.js";

/**
 * @param numSent requests that have arrived
 * @param numRejected of those: rejected ones
 */
export function accountsOf(
  source: RequestSource | undefined,
  numSent: number,
  numRejected: number,
  { workload, model }: SimulationConfig,
): string[] {
  if (source === undefined || "create" in workload) return [];
  const sent = { numSent, numRejected };
  switch (source.type) {
    case "sessions":
      return source.cut.numCut === 0 ? [] : [noteOnCut(source.cut, model.maxSeqLen)];
    case "dataset": {
      const { numRead } = source;
      return [account({ name: "dataset", numRead, numKept: numRead, reasons: [], ...sent })];
    }
    case "trace": {
      const { numRead, numKept, skipped } = source;
      const reasons = skipped.map(({ by, count }) => {
        return by === "reader"
          ? `${grouped(count)} in reading`
          : `${grouped(count)} by ${keyToSnake(by)}`;
      });
      return [
        ...notesOnTimes(source, workload),
        account({ name: "trace", numRead, numKept, reasons, ...sent }),
      ];
    }
  }
}

interface Account {
  readonly name: string;
  readonly numRead: number;
  readonly numKept: number;
  /** Why others were not kept, each with its count. */
  readonly reasons: readonly string[];
  readonly numSent: number;
  readonly numRejected: number;
}

function account({ name, numRead, numKept, reasons, numSent, numRejected }: Account): string {
  const ends = `${grouped(numSent - numRejected)} simulated + ${grouped(numRejected)} rejected`;
  if (numSent > numKept) {
    const left =
      numKept === numRead ? "" : `, ${grouped(numRead - numKept)} skipped${listed(reasons)}`;
    return `${name}: ${counted(numRead, "request")} read${left}; sent again and again: ${grouped(numSent)} = ${ends}`;
  }
  const numUnsent = numKept - numSent;
  const all =
    numUnsent === 0 ? reasons : [...reasons, `${grouped(numUnsent)} not sent before the end`];
  return `${name}: ${counted(numRead, "request")} read = ${ends} + ${grouped(numRead - numSent)} skipped${listed(all)}`;
}

function listed(reasons: readonly string[]): string {
  return reasons.length === 0 ? "" : ` (${reasons.join(", ")})`;
}

/** What a trace's own times mean for a run. */
function notesOnTimes(
  { startTime, numRead, numKept, numFollowUps }: Extract<RequestSource, { type: "trace" }>,
  { arrivalPattern, numRequests = 0, timeWindow, traceSessions = false }: WorkloadConfig,
): string[] {
  const notes: string[] = [];
  if (traceSessions) {
    const all = counted(numRead, "request");
    notes.push(`trace_sessions: ${grouped(numFollowUps)} of ${all} linked to an earlier one`);
  }
  if (arrivalPattern !== undefined) return notes;
  if (startTime !== 0 && timeWindow === undefined) {
    notes.push(`time counts from the trace's first arrival, at ${startTime} s`);
  }
  if (numRequests > numKept) {
    notes.push(
      `num_requests (${grouped(numRequests)}) is more than the ${grouped(numKept)} of the trace, and without arrival_pattern each is sent once, at its time`,
    );
  }
  return notes;
}

function noteOnCut({ numStarted, numCut, numTurns }: CutSessions, maxSeqLen: number): string {
  return `sessions: ${grouped(numCut)} of ${grouped(numStarted)} ended before their last turn, since the next one would have exceeded max_seq_len (${grouped(maxSeqLen)}); ${counted(numTurns, "turn")} not sent`;
}
