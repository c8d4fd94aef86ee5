import pc from "picocolors";
import { describe, expect, test } from "vitest";
import { describeConfig, headline } from "../../src/cli/describe-config.js";
import { formatDefaults } from "../../src/cli/defaults-command.js";
import { handMadeConfig } from "../support/hand-made-result.js";

const plain = pc.createColors(false);
const summary = (config = handMadeConfig) =>
  describeConfig(config, plain).join("\n").replace(/\s+/g, " ");

test("the headline names model, devices and policy", () => {
  expect(headline(handMadeConfig)).toBe("Llama-3-70B on 2 × H100, fcfs");
});

test("what has no name is told by its size", () => {
  const { hardware, model, ...rest } = handMadeConfig;
  const nameless = {
    ...rest,
    hardware: { ...hardware, name: undefined },
    model: { ...model, name: undefined },
  };
  expect(headline(nameless)).toBe("70.0 billion parameters on 2 devices, fcfs");
});

describe("the config summary", () => {
  test("gives every table with its units, in 80 columns", () => {
    expect(summary()).toContain("2 × H100, 1.51 PFLOP/s, 3.35 TB/s and 80.0 GiB each");
    expect(summary()).toContain("70.0 billion parameters, 80 layers, 64 heads (8 KV)");
    expect(summary()).toContain("8,192 tokens a step and 256 running requests");
    expect(summary()).toContain(
      "poisson at 5.00 requests/s, 100 requests, input lognormal(6.9, 0.7)",
    );
    for (const line of describeConfig(handMadeConfig, plain)) {
      expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  test("tells users in a closed loop, and a trace's path", () => {
    const { model, hardware, scheduler } = handMadeConfig;
    const closed = { arrivalPattern: "closed_loop", numConcurrentUsers: 10 } as const;
    expect(summary({ model, hardware, scheduler, workload: closed })).toContain(
      "closed_loop of 10 users",
    );
    const trace = { tracePath: "day.csv.gz", trace: [] };
    expect(summary({ model, hardware, scheduler, workload: trace })).toContain("trace day.csv.gz");
  });
});

describe("vLLM's defaults beside the config", () => {
  const rows = formatDefaults(handMadeConfig, plain).split("\n");
  const row = (setting: string) => rows.find((line) => line.includes(` ${setting} `));

  test("settings have the names of the file", () => {
    expect(row("max_num_batched_tokens")).toMatch(/│ +8,192 │ +8,192 │/);
  });

  test("only what differs is marked", () => {
    expect(row("max_num_seqs")).toMatch(/│ +1,024 │ +256 │ differs/);
    expect(row("block_size")).not.toContain("differs");
  });

  test("rows fit 80 columns", () => {
    for (const line of rows) expect(line.length).toBeLessThanOrEqual(80);
  });
});
