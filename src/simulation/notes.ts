/** What a reader of the results should know of the config: decisions made for them, and doubts. A line each. */
import type { TraceCounts } from "../workload/scale-trace.js";
import { keyToSnake } from "./case.js";
import type { SimulationConfig } from "./config.js";

const LENGTH_POLICIES: readonly unknown[] = ["sof", "lof", "stf", "ltf"];

export function notesOn({ scheduler, workload }: SimulationConfig): string[] {
  if ("create" in workload) return [];
  const notes = [];
  const { dataset, maxTokens } = workload;
  const isTrueLength = maxTokens === undefined && dataset === undefined;
  if (LENGTH_POLICIES.includes(scheduler.policy) && isTrueLength) {
    notes.push(
      "length policies know the true output length, since max_tokens is each request's sampled length",
    );
  }
  if (workload.trace !== undefined && (workload.inputLenDist ?? workload.outputLenDist)) {
    notes.push("the trace brings its own lengths, so the length distributions are not used");
  }
  const { numRequests } = workload;
  if (dataset !== undefined && workload.inputLenDist !== undefined) {
    notes.push("the dataset brings its own prompts, so input_len_dist is not used");
  }
  if (dataset !== undefined && numRequests !== undefined && numRequests > dataset.length) {
    notes.push(
      `the dataset's requests (${dataset.length}) are sent again until there are ${numRequests}`,
    );
  }
  return notes;
}

/** Where every row of a trace has gone: read = simulated + rejected + skipped. */
export function noteOnTrace(trace: TraceCounts, numSent: number, numRejected: number): string {
  const { numRead, numKept, skipped } = trace;
  const reasons = skipped.map(({ key, count }) => `${grouped(count)} by ${keyToSnake(key)}`);
  if (numSent > numKept) {
    const left = reasons.length === 0 ? "" : ` (${reasons.join(", ")} left out)`;
    return `trace: ${grouped(numRead)} requests read${left}, sent again and again until there were ${grouped(numSent)}`;
  }
  const numUnsent = numKept - numSent;
  if (numUnsent > 0) reasons.push(`${grouped(numUnsent)} not sent before the end`);
  const numSkipped = numRead - numSent;
  return (
    `trace: ${grouped(numRead)} requests read = ${grouped(numSent - numRejected)} simulated + ` +
    `${grouped(numRejected)} rejected + ${grouped(numSkipped)} skipped` +
    (reasons.length === 0 ? "" : ` (${reasons.join(", ")})`)
  );
}

/** 12031 → 12,031. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** What vLLM refuses and a simulation need not. */
export function warningsOn({ scheduler, model }: SimulationConfig): string[] {
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
  return warnings;
}
