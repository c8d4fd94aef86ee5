/** A scenario in the format of the recorded ones: small, and as plain as vLLM's settings allow. */

interface ScenarioRequest {
  readonly id?: string;
  /** [segment, start, length] */
  readonly prompt: readonly (readonly [number, number, number])[];
}

export interface ScenarioParts {
  readonly scheduler?: Record<string, unknown>;
  readonly kv?: Record<string, unknown>;
  readonly requests: readonly ScenarioRequest[];
}

/** All requests arrive at step 0 and get one token. */
export function aScenario({ scheduler, kv, requests }: ScenarioParts) {
  return {
    scheduler: {
      max_num_seqs: 8,
      max_num_batched_tokens: 64,
      enable_chunked_prefill: true,
      long_prefill_token_threshold: 0,
      policy: "fcfs",
      async_scheduling: false,
      watermark: 0,
      scheduler_reserve_full_isl: true,
      ...scheduler,
    },
    kv: {
      num_blocks: 33,
      block_size: 4,
      enable_prefix_caching: false,
      retention_interval: 0,
      groups: [{ type: "full" }],
      ...kv,
    },
    model: { max_model_len: 100 },
    requests: requests.map((request, i) => ({
      id: `r${i}`,
      arrival_step: 0,
      arrival_time: 0,
      priority: 0,
      output_len: 1,
      out_segment: 100 + i,
      ...request,
    })),
  };
}
