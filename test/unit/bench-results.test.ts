import { describe, expect, test } from "vitest";
import { fromBenchServe, fromStepCsv } from "../../src/io/index.js";

describe("results of vllm bench serve", () => {
  const json = {
    max_concurrency: 16,
    request_rate: "inf",
    completed: 160,
    total_input_tokens: 160_000,
    total_output_tokens: 32_000,
    mean_ttft_ms: 120,
    mean_tpot_ms: 9.5,
  };
  test("become a benchmark in seconds, with mean lengths", () => {
    expect(fromBenchServe(json, "r.json")).toEqual({
      type: "benchmark",
      label: "r.json",
      concurrency: 16,
      requestRate: Infinity,
      numRequests: 160,
      inputTokens: 1000,
      outputTokens: 200,
      ttft: 0.12,
      tpot: 0.0095,
    });
  });
  test("saved in detail say how far lengths spread", () => {
    const spread = (input_lens: number[], output_lens: number[]) =>
      fromBenchServe({ ...json, input_lens, output_lens }).lengthSpread;
    expect(spread([1000, 1000], [200, 200])).toBe(0);
    const even = Array.from({ length: 201 }, (_, i) => 900 + i);
    expect(spread(even, even)).toBeCloseTo(0.1, 2);
    expect(spread([1, 4000], [1, 9000])).toBeLessThan(1);
  });
  test("of answers of one token have no TPOT", () => {
    expect(fromBenchServe({ ...json, mean_tpot_ms: 0 })).not.toHaveProperty("tpot");
  });
  test("without latencies are refused, by name", () => {
    expect(() =>
      fromBenchServe({ ...json, mean_ttft_ms: undefined, mean_tpot_ms: null }, "r.json"),
    ).toThrow(/r\.json: neither "mean_ttft_ms"/);
  });
});

describe("steps in a CSV file", () => {
  const head = "num_prefills,prefill_tokens,num_decodes,decode_context,seconds";
  test("have causal attention over equally long prompts", () => {
    const [step] = fromStepCsv(`${head}\n2,200,3,900,0.01\n`);
    expect(step).toMatchObject({ type: "step", seconds: 0.01 });
    expect(step!.shape.attention[0]!.prefillPairs).toBe(2 * ((100 * 101) / 2));
  });
  test("a line that is no number is named", () => {
    expect(() => fromStepCsv(`${head}\n1,x,0,0,0.1`, "s.csv")).toThrow(
      /s\.csv, line 2: prefill_tokens/,
    );
  });
});
