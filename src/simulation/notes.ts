/** What a reader of the results should know of the config: decisions made for them, and doubts. A line each. */
import type { SimulationConfig } from "./config.js";

const LENGTH_POLICIES: readonly unknown[] = ["sof", "lof", "stf", "ltf"];

export function notesOn({ scheduler, workload }: SimulationConfig): string[] {
  if ("create" in workload) return [];
  const notes = [];
  if (LENGTH_POLICIES.includes(scheduler.policy) && workload.maxTokens === undefined) {
    notes.push(
      "length policies know the true output length, since max_tokens is each request's sampled length",
    );
  }
  if (workload.trace !== undefined && (workload.inputLenDist ?? workload.outputLenDist)) {
    notes.push("the trace brings its own lengths, so the length distributions are not used");
  }
  return notes;
}

export function warningsOn({ scheduler }: SimulationConfig): string[] {
  const { maxNumBatchedTokens, maxNumSeqs } = scheduler;
  if (maxNumBatchedTokens >= maxNumSeqs) return [];
  return [
    `max_num_batched_tokens (${maxNumBatchedTokens}) is below max_num_seqs (${maxNumSeqs}), with which vLLM does not start`,
  ];
}
