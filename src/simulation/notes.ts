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
