import { test } from "@fast-check/vitest";
import { readFileSync } from "node:fs";
import { parse } from "smol-toml";
import { describe, expect } from "vitest";
import { configJsonSchema, exampleConfig, parseConfig } from "../../src/config/index.js";
import { toSnakeCase } from "../../src/simulation/case.js";
import { resolve } from "../../src/simulation/resolve.js";
import { simulate } from "../../src/simulation/simulation.js";
import { arbConfig } from "../support/configs.js";
import { mismatches } from "../support/json-schema.js";

const schema = configJsonSchema();

describe("the JSON Schema of a config file", () => {
  test.each(["quickstart", "closed_loop_moe", "dataset"])("accepts %s.toml", (name) => {
    expect(mismatches(schema, documented(name))).toEqual([]);
  });

  test("names each wrong value, missing key and unknown key", () => {
    const { model, scheduler, workload } = documented("quickstart");
    const wrong = {
      model,
      scheduler: { ...scheduler, policy: "fcsf", block_size: 0, maxNumSeqs: 5 },
      workload: { ...workload, input_len_dist: { type: "fixed", value: 1, min: 1 } },
    };
    expect(mismatches(schema, wrong)).toEqual([
      "$.scheduler.policy",
      "$.scheduler.block_size",
      "$.scheduler.maxNumSeqs",
      "$.workload.input_len_dist",
      "$.hardware",
    ]);
  });

  test.prop([arbConfig])("accepts every config, resolved or not", (config) => {
    const inFiles = (value: unknown) =>
      withoutTrace(JSON.parse(JSON.stringify(toSnakeCase(value))) as { workload: object });
    expect(mismatches(schema, inFiles(config))).toEqual([]);
    expect(mismatches(schema, inFiles(resolve(config).config))).toEqual([]);
  });

  test("describes every key", () => {
    for (const table of Object.values(schema.properties as Tables)) {
      expect(table.description).toBeTypeOf("string");
      for (const leaf of Object.values(table.properties ?? {}))
        expect(leaf.description).toMatch(/\.$/);
    }
  });
});

describe("the example config", () => {
  const text = exampleConfig();

  test("can be simulated as it is", () => {
    expect(simulate(parseConfig(text)).counts.completed).toBe(100);
  });

  test("shows every key that is written by hand, and every default as it is", () => {
    const shown = parse(text.replaceAll(/^# (?=\w+ = )/gm, "")) as Tables;
    for (const [name, { properties }] of Object.entries(schema.properties as Tables)) {
      expect(shown).toHaveProperty(name);
      const isByHand = (leaf: object) => "default" in leaf || "examples" in leaf;
      const byHand = Object.keys(properties ?? {}).filter((key) => isByHand(properties![key]!));
      if (properties) expect(Object.keys(shown[name]!)).toEqual(byHand);
      for (const [key, leaf] of Object.entries(properties ?? {})) {
        if ("default" in leaf) expect(shown[name]).toHaveProperty(key, leaf.default);
      }
    }
    expect(mismatches(schema, shown)).toEqual([]);
  });

  test("with all its optional keys is valid, but for those that exclude each other", () => {
    const others = "preset|dataset_path|sessions|rate_scale|trace_jitter";
    const all = text.replaceAll(new RegExp(`^# (?=(?!${others})\\w+ = )`, "gm"), "");
    expect(parseConfig(all).scheduler.numGpuBlocks).toBe(2700);
  });

  test("has no line of more than 100 characters", () => {
    expect(text.split("\n").filter((line) => line.length > 100)).toEqual([]);
  });
});

type Tables = Record<
  string,
  { description: string; properties?: Record<string, Record<string, unknown>> }
>;

function documented(name: string): Record<string, object> {
  return parse(readFileSync(`examples/configs/${name}.toml`, "utf8")) as Record<string, object>;
}

/** The rows of a trace are for code, not for config files. */
function withoutTrace(config: { workload: { trace?: unknown } }) {
  const { trace: _, ...workload } = config.workload;
  return { ...config, workload };
}
