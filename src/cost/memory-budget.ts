/**
 * From device memory to KV blocks for one simulation: how many devices the model is sharded over, and how many blocks
 * are left beside its weights. Answers with a value: a plan, or what is wrong and what would be right.
 */
import type { Bytes, Tokens } from "../base/units.js";
import type { KvCacheGroup } from "../spec/kv-cache-group.js";
import {
  allowedDevices,
  fits,
  formatBytes,
  kvCacheBytes,
  largestBlock,
  modelLayout,
  smallestTensorParallel,
  stateBytes,
  weightBytes,
  type MemoryInput,
} from "./device-memory.js";
import { sizeKvCache, type KvCacheLayout } from "./kv-cache-groups.js";

export type { MemoryInput };

export interface MemoryFit {
  readonly ok: true;
  readonly tensorParallel: number;
  /** Whether `tensorParallel` was derived, not given. */
  readonly derivedTensorParallel: boolean;
  /** Blocks in the pool, the null block included: `numBlocks - 1` are usable. */
  readonly numBlocks: number;
  /** Requests of `maxModelLen` tokens that fit at once. */
  readonly maxConcurrency: number;
  readonly groups: readonly KvCacheGroup[];
  /** Bytes of one block, over the layers of a group and all devices. */
  readonly bytesPerBlock: Bytes;
  /** Bytes of all weights. */
  readonly weightBytes: Bytes;
  /** Bytes for the KV cache, over all devices. */
  readonly kvCacheBytes: Bytes;
  /** What was decided for the user, a line each. */
  readonly notes: readonly string[];
  /** What runs, but could not run on these devices or will reject long requests; a line each. */
  readonly warnings: readonly string[];
}

export interface MemoryProblem {
  readonly ok: false;
  /** The setting at fault. */
  readonly key:
    "tensorParallel" | "blockSize" | "kvCacheCapacity" | "numGpuBlocks" | "memoryCapacity";
  readonly problem: string;
  readonly fix?: string;
}

export type MemoryPlan = MemoryFit | MemoryProblem;

/** Decides the number of devices and of KV blocks. Expects positive, finite numbers. */
export function planMemory(input: MemoryInput): MemoryPlan {
  const { tensorParallel } = input;
  if (tensorParallel !== undefined && !allowedDevices(input).includes(tensorParallel)) {
    return notAllowed(tensorParallel, input);
  }
  const given = input.numGpuBlocks !== undefined || input.kvCacheCapacity !== undefined;
  return given ? planGivenCache(input) : planDerivedCache(input);
}

function planDerivedCache(input: MemoryInput): MemoryPlan {
  const derivedTensorParallel = input.tensorParallel === undefined;
  const candidates = derivedTensorParallel ? allowedDevices(input) : [input.tensorParallel];
  for (const n of candidates) {
    if (blockIsTooLarge(input, n)) {
      const most = largestBlock(input, n, kvCacheBytes(input, n));
      return blockTooLarge(input, kvCacheBytes(input, n), most);
    }
    if (!fits(input, n)) continue;
    const bytes = kvCacheBytes(input, n);
    const notes = derivedTensorParallel && n > 1 ? [shardingNote(input, n)] : [];
    const numBlocks = sizeKvCache(modelLayout(input, n), bytes).numBlocks;
    return fit(input, n, numBlocks, bytes, notes, []);
  }
  return doesNotFit(input);
}

function planGivenCache(input: MemoryInput): MemoryPlan {
  const n = input.tensorParallel ?? 1;
  const layout = modelLayout(input, n);
  const bytes = givenBytes(input, layout);
  const numBlocks = input.numGpuBlocks ?? sizeKvCache(layout, bytes).numBlocks;
  if (numBlocks < 2) return holdsNoBlock(input, n, layout, bytes);

  const weights = weightBytes(input, n);
  const memory = n * (input.pipelineParallel ?? 1) * input.memoryCapacity;
  const warnings = [];
  if (weights + bytes > memory) {
    warnings.push(
      `${formatBytes(weights)} of weights and ${formatBytes(bytes)} of KV cache exceed the ${formatBytes(memory)} of memory of ${devices(n * (input.pipelineParallel ?? 1))}`,
    );
  }
  return fit(input, n, numBlocks, bytes, [], warnings);
}

function givenBytes(input: MemoryInput, layout: KvCacheLayout): Bytes {
  if (input.numGpuBlocks !== undefined) return input.numGpuBlocks * layout.bytesPerBlock;
  return input.kvCacheCapacity ?? 0;
}

function fit(
  input: MemoryInput,
  tensorParallel: number,
  numBlocks: number,
  bytes: Bytes,
  notes: readonly string[],
  warnings: readonly string[],
): MemoryFit {
  const layout = modelLayout(input, tensorParallel);
  return {
    ok: true,
    tensorParallel,
    derivedTensorParallel: input.tensorParallel === undefined,
    numBlocks,
    maxConcurrency: numBlocks / layout.blocksPerMaxLenRequest,
    groups: layout.groups.map((group) => group.cache),
    bytesPerBlock: layout.bytesPerBlock,
    weightBytes: weightBytes(input, tensorParallel),
    kvCacheBytes: bytes,
    notes,
    warnings: [...warnings, ...shortCacheWarnings(input, layout, numBlocks)],
  };
}

/** Counts usable blocks: vLLM's own check at start forgets that the null block is not one of them. */
function shortCacheWarnings(
  input: MemoryInput,
  layout: KvCacheLayout,
  numBlocks: number,
): string[] {
  const needed = layout.blocksPerMaxLenRequest;
  if (numBlocks - 1 >= needed) return [];
  return [
    `the KV cache is smaller than one sequence of max_seq_len = ${input.model.maxSeqLen} tokens: ${numBlocks - 1} usable blocks, ${needed} needed`,
  ];
}

// ---- what is wrong, in words

function notAllowed(n: number, input: MemoryInput): MemoryProblem {
  const { numHeads, numKvHeads } = input.model;
  return {
    ok: false,
    key: "tensorParallel",
    problem:
      numHeads % n === 0
        ? `N = ${n} devices neither divide the ${numKvHeads} KV heads nor are a multiple of them`
        : `N = ${n} devices do not divide the ${numHeads} heads`,
    fix: `use one of ${allowedDevices(input).join(", ")}`,
  };
}

function doesNotFit(input: MemoryInput): MemoryProblem {
  const { tensorParallel } = input;
  const best = smallestTensorParallel(input);
  const n = tensorParallel ?? allowedDevices(input).at(-1)!;
  return {
    ok: false,
    key: best === undefined ? "memoryCapacity" : "tensorParallel",
    problem: arithmetic(input, n) + missing(input, n),
    fix:
      best === undefined
        ? "no allowed number of devices is enough; use devices with more memory, or a shorter max_seq_len"
        : `N = ${best} leaves ${formatBytes(kvCacheBytes(input, best))}`,
  };
}

/** What one sequence would need, where the weights alone fit. */
function missing(input: MemoryInput, n: number): string {
  if (kvCacheBytes(input, n) <= 0) return "";
  const { startupNeededBytes } = sizeKvCache(modelLayout(input, n), 0);
  return `, and one sequence of max_seq_len = ${input.model.maxSeqLen} tokens needs ${formatBytes(startupNeededBytes)} of KV cache`;
}

function shardingNote(input: MemoryInput, n: number): string {
  return `tensor_parallel is ${n}, the smallest number of devices that is allowed and fits: ${arithmetic(input, n)} for the KV cache`;
}

function arithmetic(input: MemoryInput, n: number): string {
  const { memoryCapacity, gpuMemoryUtilization, pipelineParallel = 1 } = input;
  const numDevices = n * pipelineParallel;
  const reserved = input.reservedBytes?.(n) ?? 0;
  const stages = pipelineParallel > 1 ? ` × ${pipelineParallel} stages` : "";
  const memory = `${n}${stages} × ${formatBytes(memoryCapacity)} × ${gpuMemoryUtilization} = ${formatBytes(numDevices * memoryCapacity * gpuMemoryUtilization)}`;
  const state = stateBytes(input);
  const parts = [
    `${formatBytes(weightBytes(input, n))} of weights`,
    ...(reserved > 0 ? [`${n}${stages} × ${formatBytes(reserved)} of activations and graphs`] : []),
    ...(state > 0 ? [`${formatBytes(state)} of recurrent state`] : []),
  ];
  return `${parts.join(", ")} on ${memory} leaves ${formatBytes(kvCacheBytes(input, n))}`;
}

// ---- blocks larger than the cache

/** Whether only the block size stands in the way: memory for a whole sequence is there, for two blocks it is not. */
function blockIsTooLarge(input: MemoryInput, n: number): boolean {
  const most = largestBlock(input, n, kvCacheBytes(input, n));
  return input.blockSize > most && fits({ ...input, blockSize: 1 }, n);
}

function blockTooLarge(input: MemoryInput, bytes: Bytes, most: Tokens): MemoryProblem {
  return {
    ok: false,
    key: "blockSize",
    problem: `blocks of ${input.blockSize} tokens are larger than the KV cache: ${formatBytes(bytes)} holds no usable block beside the null block`,
    fix: `use at most ${most}`,
  };
}

function holdsNoBlock(
  input: MemoryInput,
  n: number,
  layout: KvCacheLayout,
  bytes: Bytes,
): MemoryProblem {
  if (input.numGpuBlocks !== undefined) {
    return {
      ok: false,
      key: "numGpuBlocks",
      problem: `${input.numGpuBlocks} blocks hold nothing, since the first is vLLM's null block`,
      fix: "use at least 2",
    };
  }
  const most = largestBlock(input, n, bytes);
  if (most >= 1) return blockTooLarge(input, bytes, most);
  return {
    ok: false,
    key: "kvCacheCapacity",
    problem: `a KV cache of ${formatBytes(bytes)} holds no usable block: a block takes ${formatBytes(layout.bytesPerBlock)}, and the first is vLLM's null block`,
    fix: `use at least ${2 * layout.bytesPerBlock} bytes`,
  };
}

const devices = (n: number): string => (n === 1 ? "1 device" : `${n} devices`);
