import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  fits,
  formatBytes,
  kvCacheBytes,
  smallestTensorParallel,
} from "../../src/cost/device-memory.js";
import { planMemory, type MemoryFit, type MemoryInput } from "../../src/cost/memory-budget.js";
import { allowedTensorParallel } from "../../src/cost/tensor-parallel.js";
import { h100, llama70b, moe140b } from "../support/models.js";

const quickstart: MemoryInput = {
  model: llama70b,
  memoryCapacity: h100.memoryCapacity,
  bytesPerParam: 2,
  gpuMemoryUtilization: 0.9,
  blockSize: 16,
  maxNumBatchedTokens: 8192,
  asyncScheduling: false,
};

const closedLoopMoe: MemoryInput = {
  ...quickstart,
  model: moe140b,
  bytesPerParam: 1,
  kvCacheCapacity: 17179869184,
  maxNumBatchedTokens: 4096,
};

const planned = (input: MemoryInput): MemoryFit => {
  const plan = planMemory(input);
  if (!plan.ok) throw new Error(plan.problem);
  return plan;
};

describe("the documented quick start, by hand", () => {
  test("two devices leave 14.6 GB, 2,788 blocks of 16 × 327,680 bytes", () => {
    expect(planMemory(quickstart)).toEqual({
      ok: true,
      tensorParallel: 2,
      derivedTensorParallel: true,
      maxConcurrency: 2788 / 512,
      numBlocks: 2788,
      groups: [{ type: "full", blockSize: 16 }],
      bytesPerBlock: 16 * 327_680,
      weightBytes: 140e9,
      kvCacheBytes: 2 * 85899345920 * 0.9 - 140e9,
      notes: [
        "tensor_parallel is 2, the smallest number of devices that is allowed and fits: 140.0 GB of weights on 2 × 85.9 GB × 0.9 = 154.6 GB leaves 14.6 GB for the KV cache",
      ],
      warnings: [],
    });
  });

  test("an explicit N that does not fit is refused with the arithmetic and the N that would", () => {
    expect(planMemory({ ...quickstart, tensorParallel: 1 })).toEqual({
      ok: false,
      key: "tensorParallel",
      problem: "140.0 GB of weights on 1 × 85.9 GB × 0.9 = 77.3 GB leaves −62.7 GB",
      fix: "N = 2 leaves 14.6 GB",
    });
  });

  test("an explicit N that fits is taken without a note", () => {
    const { tensorParallel, derivedTensorParallel, notes } = planned({
      ...quickstart,
      tensorParallel: 4,
    });
    expect({ tensorParallel, derivedTensorParallel, notes }).toEqual({
      tensorParallel: 4,
      derivedTensorParallel: false,
      notes: [],
    });
  });
});

describe("the documented mixture of experts, by hand", () => {
  test("16 GiB hold 18,724 blocks over 28 layers, one group of full layers and one of sliding", () => {
    expect(planned(closedLoopMoe)).toMatchObject({
      tensorParallel: 1,
      numBlocks: 18724,
      bytesPerBlock: 16 * 28 * 2 * 8 * 128,
      kvCacheBytes: 17179869184,
      groups: [
        { type: "full", blockSize: 16 },
        { type: "swa", blockSize: 16, slidingWindow: 4096 },
      ],
    });
  });

  test("weights and cache beyond the device's memory are a warning", () => {
    expect(planned(closedLoopMoe).warnings).toEqual([
      "140.0 GB of weights and 17.2 GB of KV cache exceed the 85.9 GB of memory of 1 device",
    ]);
    expect(planned({ ...closedLoopMoe, tensorParallel: 2 }).warnings).toEqual([]);
  });
});

describe("the number of devices", () => {
  test("weights may fit where one longest sequence does not", () => {
    const long = { ...quickstart, model: { ...llama70b, maxSeqLen: 131072 }, tensorParallel: 2 };
    expect(planMemory(long)).toMatchObject({
      ok: false,
      key: "tensorParallel",
      problem:
        "140.0 GB of weights on 2 × 85.9 GB × 0.9 = 154.6 GB leaves 14.6 GB, and one sequence of max_seq_len = 131072 tokens needs 42.9 GB of KV cache",
      fix: "N = 4 leaves 169.2 GB",
    });
  });

  test("sliding layers store at most the window, so that fewer devices are enough", () => {
    const long = { ...llama70b, maxSeqLen: 131072, slidingWindow: 4096, numSlidingLayers: 60 };
    expect(planned({ ...quickstart, model: long }).tensorParallel).toBe(2);
  });

  test("an N that heads cannot be dealt to is refused with those they can", () => {
    expect(planMemory({ ...quickstart, tensorParallel: 3 })).toMatchObject({
      key: "tensorParallel",
      problem: "N = 3 devices do not divide the 64 heads",
      fix: "use one of 1, 2, 4, 8, 16, 32, 64",
    });
    expect(planMemory({ ...closedLoopMoe, tensorParallel: 12 })).toMatchObject({
      problem: "N = 12 devices neither divide the 8 KV heads nor are a multiple of them",
    });
  });

  test("where no N fits, memory is at fault", () => {
    const plan = planMemory({ ...quickstart, memoryCapacity: 1e9 });
    expect(plan).toMatchObject({ ok: false, key: "memoryCapacity" });
    expect(plan).toMatchObject({ problem: expect.stringContaining("64 × 1.0 GB × 0.9 = 57.6 GB") });
  });

  test("the derived N fits, and no smaller allowed one does", () => {
    const capacity = fc.integer({ min: 4e9, max: 400e9 });
    const maxSeqLen = fc.integer({ min: 1, max: 500_000 });
    fc.assert(
      fc.property(capacity, maxSeqLen, (memoryCapacity, length) => {
        const input = { ...quickstart, memoryCapacity, model: { ...llama70b, maxSeqLen: length } };
        const plan = planMemory(input);
        expect(plan.ok).toBe(smallestTensorParallel(input) !== undefined);
        if (!plan.ok) return;
        expect(fits(input, plan.tensorParallel)).toBe(true);
        for (const n of allowedTensorParallel(llama70b)) {
          if (n < plan.tensorParallel) expect(fits(input, n)).toBe(false);
        }
        expect(plan.numBlocks * plan.bytesPerBlock).toBeLessThanOrEqual(plan.kvCacheBytes);
        expect(plan.kvCacheBytes).toBe(kvCacheBytes(input, plan.tensorParallel));
      }),
    );
  });
});

describe("a cache that is given is taken as it is", () => {
  test("N is then 1, whatever the weights", () => {
    expect(planned({ ...quickstart, numGpuBlocks: 1000 })).toMatchObject({
      tensorParallel: 1,
      derivedTensorParallel: true,
      numBlocks: 1000,
      kvCacheBytes: 1000 * 16 * 327_680,
      notes: [],
    });
  });

  test("a number of blocks goes before a number of bytes", () => {
    const input = { ...quickstart, numGpuBlocks: 1000, kvCacheCapacity: 1e9 };
    expect(planned(input).numBlocks).toBe(1000);
  });

  test("a cache shorter than one longest sequence is a warning; the null block does not count", () => {
    const warnings = (numGpuBlocks: number) =>
      planned({ ...quickstart, tensorParallel: 4, numGpuBlocks }).warnings;
    expect(warnings(512)).toEqual([
      "the KV cache is smaller than one sequence of max_seq_len = 8192 tokens: 511 usable blocks, 512 needed",
    ]);
    expect(warnings(513)).toEqual([]);
  });

  test("pages count every copy of a KV head", () => {
    const bytesPerBlock = (tensorParallel: number) =>
      planned({ ...quickstart, tensorParallel, numGpuBlocks: 1000 }).bytesPerBlock;
    expect(bytesPerBlock(8)).toBe(16 * 327_680);
    expect(bytesPerBlock(32)).toBe(4 * 16 * 327_680);
  });
});

describe("a cache that holds no block", () => {
  const block = 16 * 327_680;

  test("needs room for the null block and another", () => {
    expect(planned({ ...quickstart, kvCacheCapacity: 2 * block }).numBlocks).toBe(2);
    expect(planMemory({ ...quickstart, kvCacheCapacity: 2 * block - 1 })).toMatchObject({
      ok: false,
      key: "blockSize",
      fix: "use at most 15",
    });
    expect(planMemory({ ...quickstart, kvCacheCapacity: 1000 })).toMatchObject({
      ok: false,
      key: "kvCacheCapacity",
      fix: `use at least ${2 * block} bytes`,
    });
    expect(planMemory({ ...quickstart, numGpuBlocks: 1 })).toMatchObject({
      ok: false,
      key: "numGpuBlocks",
    });
  });

  test("a block larger than the cache is at fault, not the number of devices", () => {
    for (const tensorParallel of [undefined, 2]) {
      expect(planMemory({ ...quickstart, blockSize: 1_000_000, tensorParallel })).toMatchObject({
        ok: false,
        key: "blockSize",
        problem:
          "blocks of 1000000 tokens are larger than the KV cache: 14.6 GB holds no usable block beside the null block",
        fix: "use at most 22306",
      });
    }
  });

  test("the largest block that is named works, and one token more does not", () => {
    expect(planMemory({ ...quickstart, blockSize: 22306 }).ok).toBe(true);
    expect(planMemory({ ...quickstart, blockSize: 22307 }).ok).toBe(false);
  });
});

test("bytes are written in decimal units", () => {
  expect([-62.69e9, 14.6e9, 5_242_880, 1500, 12].map(formatBytes)).toEqual([
    "−62.7 GB",
    "14.6 GB",
    "5.2 MB",
    "1.5 kB",
    "12 B",
  ]);
});
