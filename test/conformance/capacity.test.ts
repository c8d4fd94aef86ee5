/** KV sizing against vLLM's own functions: every recorded case, every field. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { kvCacheLayout, sizeKvCache } from "../../src/cost/kv-cache-groups.js";
import type { LayerAttention } from "../../src/spec/kv-cache-group.js";

type Pattern = "f" | "mla" | ["s" | "c", number];

interface CapacityCase {
  readonly model: string;
  readonly layers: number;
  readonly kv_heads_per_rank: number;
  readonly head_size: number;
  readonly pattern: readonly Pattern[];
  readonly block_size: number;
  readonly kv_dtype: string;
  readonly max_model_len: number;
  readonly max_num_batched_tokens: number;
  readonly async_scheduling: boolean;
  readonly disable_hybrid: boolean;
  readonly available_bytes: number;
  readonly out: unknown;
}

const path = new URL("data/capacity_golden.json.gz", import.meta.url);
const { cases } = JSON.parse(gunzipSync(readFileSync(path)).toString()) as {
  cases: CapacityCase[];
};

describe("the KV cache is sized as vLLM sizes it", () => {
  test("all recorded cases are there", () => expect(cases).toHaveLength(168));

  test.each(cases.map((recorded, i) => [i, recorded.model, recorded] as const))(
    "case %i, %s",
    (_, __, recorded) => expect(ours(recorded)).toEqual(recorded.out),
  );
});

const bytesPerElement: Record<string, number> = { bfloat16: 2, float8_e4m3fn: 1 };

const specNames = {
  full: "FullAttentionSpec",
  swa: "SlidingWindowSpec",
  chunked_local: "ChunkedLocalAttentionSpec",
};

function ours(recorded: CapacityCase) {
  const { pattern } = recorded;
  // MLA is full attention over one compressed vector per token, not over a key and a value.
  const mla = pattern.includes("mla");
  const layout = kvCacheLayout({
    layers: Array.from({ length: recorded.layers }, (_, i) =>
      attention(pattern[i % pattern.length]!),
    ),
    bytesPerTokenAndLayer:
      (mla ? 1 : 2) *
      recorded.kv_heads_per_rank *
      recorded.head_size *
      bytesPerElement[recorded.kv_dtype]!,
    blockSize: recorded.block_size,
    maxModelLen: recorded.max_model_len,
    maxNumBatchedTokens: recorded.max_num_batched_tokens,
    asyncScheduling: recorded.async_scheduling,
    disableHybrid: recorded.disable_hybrid,
  });
  const size = sizeKvCache(layout, recorded.available_bytes);
  return {
    groups: layout.groups.map(({ cache, numLayers, blocksPerMaxLenRequest }) => ({
      type: mla ? "MLAAttentionSpec" : specNames[cache.type],
      layers: numLayers,
      block_size: cache.blockSize,
      page_bytes: layout.pageBytes,
      blocks_per_max_len_request: blocksPerMaxLenRequest,
    })),
    bytes_per_block: layout.bytesPerBlock,
    num_blocks: size.numBlocks,
    max_concurrency: size.maxConcurrency,
    startup_needed_bytes: size.startupNeededBytes,
    starts: size.starts,
    estimated_max_model_len: size.estimatedMaxModelLen,
    kv_cache_size_tokens: size.kvCacheSizeTokens,
  };
}

function attention(kind: Pattern): LayerAttention {
  if (kind === "f" || kind === "mla") return { type: "full" };
  const [type, size] = kind;
  return type === "s"
    ? { type: "swa", slidingWindow: size }
    : { type: "chunked_local", attentionChunkSize: size };
}
