/**
 * How a row of measured latencies was measured: what the client sent, and with which limits the server ran.
 *
 * Rows with a date are those of InferenceX (its scripts are public): lengths uniform on the integers of [0.8 L, L], limits as in the
 * columns. Rows without one are aiconfigurator's own runs, whose server settings its generator writes (generator/rule_plugin/vllm.rule):
 * fixed lengths, max_num_batched_tokens = max_num_seqs + ISL + 1500, max_model_len = ISL + OSL + 1500. The numbers agree: with these
 * settings the TTFT error of those rows falls from 35 % to 14 % with the same coefficients.
 */
export function protocolOf(row, say = () => {}) {
  const isl = +row.isl;
  const osl = +row.osl;
  const isGenerated = row.measured === "";
  const maxNumSeqs = +row.max_num_seqs || 256;
  const given = +row.max_num_batched_tokens || 8192;
  if (isGenerated) {
    say(
      "no date in `measured`, so run by aiconfigurator itself: fixed lengths, and max_num_batched_tokens = max_num_seqs + ISL + 1500 in place of the column (--columns: as in the columns)",
    );
  }
  return {
    isl,
    osl,
    concurrency: +row.concurrency,
    shortest: isGenerated ? 1 : 0.8,
    maxNumSeqs,
    maxNumBatchedTokens: isGenerated ? maxNumSeqs + isl + 1500 : given,
    maxModelLen: isl + osl + (isGenerated ? 1500 : 200),
    gpuMemoryUtilization: +row.gpu_memory_utilization || 0.9,
    asyncScheduling: !["0", "0.0", "false"].includes(row.async_scheduling?.toLowerCase()),
  };
}

/** Prompts that a client sends for each of its users. */
export const PROMPTS_PER_USER = 10;
