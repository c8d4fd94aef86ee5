import { expect, test } from "vitest";
import { vllmServeDefaults, type VllmDefaultsInput } from "../../src/cost/vllm-defaults.js";

const GIB = 2 ** 30;

const budget = (gib: number, rest: Partial<VllmDefaultsInput> = {}) => {
  const defaults = vllmServeDefaults({ memoryCapacity: gib * GIB, maxModelLen: 8192, ...rest });
  return [defaults.maxNumBatchedTokens, defaults.maxNumSeqs];
};

test("vllm serve: budgets grow at 70 and at 160 GiB", () => {
  expect(budget(69.9)).toEqual([2048, 256]);
  expect(budget(70)).toEqual([8192, 1024]);
  expect(budget(159.9)).toEqual([8192, 1024]);
  expect(budget(160)).toEqual([16384, 1024]);
});

test("an A100 of 80 GiB gets the small budgets", () => {
  expect(budget(80, { deviceName: "NVIDIA A100-SXM4-80GB" })).toEqual([2048, 256]);
  expect(budget(80, { deviceName: "NVIDIA A100-SXM4-80GB", usage: "offline" })).toEqual([
    8192, 256,
  ]);
  expect(budget(80, { deviceName: "NVIDIA H100 80GB HBM3" })).toEqual([8192, 1024]);
});

test("LLM(): larger budgets, one step at 70 GiB", () => {
  expect(budget(69.9, { usage: "offline" })).toEqual([8192, 256]);
  expect(budget(70, { usage: "offline" })).toEqual([16384, 1024]);
  expect(budget(192, { usage: "offline" })).toEqual([16384, 1024]);
});

test("the budget is at most one longest sequence per slot", () => {
  expect(budget(24, { maxModelLen: 4 })).toEqual([4 * 256, 256]);
});

test("without chunked prefill the longest prompt fits into one step", () => {
  expect(budget(24, { maxModelLen: 131072, enableChunkedPrefill: false })).toEqual([131072, 256]);
  expect(budget(24, { maxModelLen: 1024, enableChunkedPrefill: false })).toEqual([2048, 256]);
});

test("the rest does not depend on the device", () => {
  expect(vllmServeDefaults({ memoryCapacity: 24 * GIB, maxModelLen: 8192 })).toMatchObject({
    blockSize: 16,
    gpuMemoryUtilization: 0.92,
    policy: "fcfs",
    enableChunkedPrefill: true,
    enablePrefixCaching: true,
    asyncScheduling: true,
    longPrefillTokenThreshold: 0,
    prefixCacheRetentionInterval: 0,
    watermark: 0,
    schedulerReserveFullIsl: true,
  });
});
