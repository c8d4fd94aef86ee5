/** What a reader of the results should know of the config: decisions made for them, and doubts. A line each. */
import { orderWarning } from "../workload/trace-order.js";
import { recorded } from "../workload/trace-row.js";
import { keyToSnake } from "./case.js";
import type { ArrivalPattern, SimulationConfig, WorkloadConfig } from "./config.js";

const LENGTH_POLICIES: readonly unknown[] = ["sof", "lof", "stf", "ltf"];

export function notesOn({ scheduler, workload, simulation }: SimulationConfig): string[] {
  const notes = [];
  const { policy } = scheduler;
  if (typeof policy === "object" && policy.needsOutputLength === true) {
    notes.push(
      `the policy "${policy.name}" is an oracle: it knows the output lengths, as no server does`,
    );
  }
  if ("create" in workload) return notes;
  const { dataset, maxTokens, tenants, classes } = workload;
  if (simulation?.retain === "summary" && (tenants ?? classes) !== undefined) {
    notes.push(
      'retain = "summary" keeps no rows, so the results are not grouped by tenants or classes',
    );
  }
  const isTrueLength = maxTokens === undefined && dataset === undefined;
  if (LENGTH_POLICIES.includes(scheduler.policy) && isTrueLength) {
    notes.push(
      "length policies know the true output length, since max_tokens is each request's sampled length",
    );
  }
  if (workload.trace !== undefined && (workload.inputLenDist ?? workload.outputLenDist)) {
    notes.push("the trace brings its own lengths, so the length distributions are not used");
  }
  const unused = unusedArrivalKeys(workload);
  if (unused.length > 0) {
    const verb = unused.length === 1 ? "is" : "are";
    notes.push(
      `${unused.map(keyToSnake).join(", ")} ${verb} not used by arrival_pattern ${workload.arrivalPattern}`,
    );
  }
  if (dataset !== undefined && workload.inputLenDist !== undefined) {
    notes.push("the dataset brings its own prompts, so input_len_dist is not used");
  }
  return notes;
}

const ARRIVAL_KEYS = [
  "arrivalRate",
  "numConcurrentUsers",
  "burstSize",
  "batchSize",
  "burstiness",
] as const satisfies readonly (keyof WorkloadConfig)[];

const USED_KEYS: Readonly<Record<ArrivalPattern, readonly (keyof WorkloadConfig)[]>> = {
  poisson: ["arrivalRate"],
  uniform: ["arrivalRate"],
  fixed_rate: ["arrivalRate"],
  burst: ["arrivalRate", "burstSize"],
  gamma: ["arrivalRate", "burstiness"],
  batched: ["arrivalRate", "batchSize"],
  closed_loop: ["numConcurrentUsers"],
};

/** Keys that are given, and that the arrival pattern does not look at. */
function unusedArrivalKeys(workload: WorkloadConfig): string[] {
  const { arrivalPattern, batchSize } = workload;
  if (arrivalPattern === undefined) return [];
  // One batch of all requests comes at t = 0, at whatever rate.
  const isOneBatch = arrivalPattern === "batched" && batchSize === undefined;
  const used = isOneBatch ? [] : USED_KEYS[arrivalPattern];
  return ARRIVAL_KEYS.filter((key) => workload[key] !== undefined && !used.includes(key));
}

/** What vLLM refuses and a simulation need not, and what is doubtful about a trace. */
export function warningsOn({ scheduler, model, workload }: SimulationConfig): string[] {
  const { maxNumBatchedTokens, maxNumSeqs, enableChunkedPrefill } = scheduler;
  const { maxSeqLen } = model;
  const warnings = [];
  if (maxNumBatchedTokens < maxNumSeqs) {
    warnings.push(
      `vLLM does not start with max_num_batched_tokens (${maxNumBatchedTokens}) below max_num_seqs (${maxNumSeqs})`,
    );
  }
  if (!enableChunkedPrefill && maxNumBatchedTokens < maxSeqLen) {
    warnings.push(
      `vLLM does not start with chunked prefill off and max_num_batched_tokens (${maxNumBatchedTokens}) below max_seq_len (${maxSeqLen}): here longer prompts are rejected, and a preempted request that has outgrown it ends the run`,
    );
  }
  if (!("create" in workload)) warnings.push(...warningsOnTrace(workload));
  return warnings;
}

function warningsOnTrace({ trace, arrivalPattern }: WorkloadConfig): string[] {
  if (trace === undefined) return [];
  const { rows, warnings = [], isTimed = true } = recorded(trace);
  const disorder = orderWarning(rows);
  const all = disorder === undefined ? [...warnings] : [...warnings, disorder];
  if (!isTimed && arrivalPattern === undefined) {
    all.push(
      "says nothing of arrival times, and there is no arrival_pattern: all requests and conversations start at 0",
    );
  }
  return all.map((warning) => `trace: ${warning}`);
}
