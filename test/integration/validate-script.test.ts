/** `npm run validate` on rows of our own making: names as they are spelled in the wild, and rows that cannot be run. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const COLUMNS =
  "id,model,gpu,precision,measured,isl,osl,concurrency,tensor_parallel,expert_parallel,weights_dtype,moe_backend,async_scheduling,ttft_ms,tpot_ms,exclude";

interface Row {
  readonly model: string;
  readonly gpu: string;
  readonly precision?: string;
  readonly tensorParallel?: number | string;
  readonly weights?: string;
  readonly backend?: string;
}

/** Exit code and output of a validation of these rows, named row 0, row 1 and so on. */
function validate(rows: readonly Row[]): { status: number | null; output: string } {
  const dir = mkdtempSync(join(tmpdir(), "validate-"));
  const lines = rows.map(
    ({ model, gpu, precision = "bf16", tensorParallel = 8, weights = "", backend = "" }, i) =>
      `row ${i},${model},${gpu},${precision},2026-01-01,64,8,2,${tensorParallel},0,${weights},${backend},1,100,10,`,
  );
  writeFileSync(join(dir, "rows.csv"), `${[COLUMNS, ...lines].join("\n")}\n`);
  const args = [resolve("scripts/validate.mjs"), join(dir, "rows.csv")];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  rmSync(dir, { recursive: true });
  return { status, output: stdout + stderr };
}

test("devices and models are known as drivers and publishers spell them", () => {
  const models = [
    "meta-llama/Llama-3.1-70B-Instruct",
    "neuralmagic/Meta-Llama-3.1-70B-Instruct-FP8",
    "nvidia/Llama-3.3-70B-Instruct-FP4",
    "Qwen/Qwen3-235B-A22B-Instruct-2507-FP8",
    "deepseek-ai/DeepSeek-V3",
    "deepseek-ai/DeepSeek-V3-0324",
    "deepseek-ai/DeepSeek-V3.1-Terminus",
    "nvidia/DeepSeek-R1-0528-FP4-v2",
    "deepseek-ai/DeepSeek-R1-Distill-Llama-70B",
    "mistralai/Mixtral-8x7B-Instruct-v0.1",
    "moonshotai/Kimi-K2-Instruct-0905",
    "openai/gpt-oss-120b",
    "zai-org/GLM-4.5-FP8",
    "MiniMaxAI/MiniMax-M2.1",
  ];
  const gpus = [
    "h100_sxm",
    "h200_sxm",
    "b200_sxm",
    "gb200",
    "gb300",
    "l40s",
    "a100_sxm",
    "NVIDIA A100-SXM4-80GB",
    "NVIDIA H100 80GB HBM3",
    "NVIDIA H200",
    "AMD Instinct MI300X",
  ];
  const rows = [
    ...models.map((model) => ({
      model,
      gpu: "b200_sxm",
      precision: /fp8/i.test(model) ? "fp8" : "fp4",
    })),
    ...gpus.map((gpu) => ({ model: "meta-llama/Llama-3.1-8B", gpu, tensorParallel: 1 })),
  ];
  const { status, output } = validate(rows);
  expect(output).not.toContain("not simulated");
  expect(output).toContain(`over ${rows.length} rows`);
  expect(status).toBe(0);
});

test("a row that cannot be run is named with what is known, and the others are run", () => {
  const { status, output } = validate([
    { model: "Qwen/Qwen3-8B", gpu: "h100_sxm", tensorParallel: 1 },
    { model: "nobody/knows", gpu: "h100_sxm" },
    { model: "Qwen/Qwen3-8B", gpu: "h900_sxm" },
    { model: "Qwen/Qwen3-8B", gpu: "h100_sxm", tensorParallel: "many" },
    { model: "Qwen/Qwen3-8B", gpu: "h100_sxm", weights: "fp3" },
    { model: "Qwen/Qwen3-30B-A3B", gpu: "h100_sxm", tensorParallel: 2, backend: "unheard_of" },
  ]);
  expect(output).toMatch(
    /not simulated: row 1: .*"nobody\/knows" is not in the catalog; did you mean/,
  );
  expect(output).toMatch(/not simulated: row 2: .*"h900_sxm" is not in the catalog; did you mean/);
  expect(output).toMatch(/not simulated: row 3: tensor_parallel "many" must be a whole number/);
  expect(output).toContain('weights_dtype "fp3" is not known');
  expect(output).toContain('moe_backend "unheard_of" is not known');
  expect(output).toContain("over 3 rows");
  expect(status).toBe(0);
});
