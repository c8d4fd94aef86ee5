/**
 * Sizes the KV cache of one recorded case with our functions, and says where the result differs from that of vLLM's own
 * (`get_kv_cache_groups` and what follows it).
 */

const specNames = {
  full: "FullAttentionSpec",
  swa: "SlidingWindowSpec",
  chunked_local: "ChunkedLocalAttentionSpec",
};

/**
 * @param {object} recorded one of the `cases` of a file of sizing cases
 * @param {typeof import("inference-lab/scheduler")} lab
 * @returns {{ field: string, recorded: unknown, ours: unknown } | undefined} the first difference
 */
export function compareCapacity(recorded, lab) {
  const ours = capacityOf(recorded, lab);
  for (const field of new Set([...CHECKED, ...Object.keys(recorded.out)])) {
    if (canonical(recorded.out[field]) !== canonical(ours[field])) {
      return { field, recorded: recorded.out[field], ours: ours[field] };
    }
  }
  return undefined;
}

/** Compared even where a recording leaves them out. */
const CHECKED = ["groups", "num_blocks", "max_concurrency", "starts"];

/** The order of an object's keys says nothing. */
function canonical(value) {
  return JSON.stringify(value, (_, part) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** What we make of a case, in the words of the recording. */
export function capacityOf(recorded, lab) {
  const { pattern } = recorded;
  // MLA is full attention over one compressed vector per token, not over a key and a value.
  const mla = pattern.includes("mla");
  const layout = lab.kvCacheLayout({
    layers: Array.from({ length: recorded.layers }, (_, i) =>
      attention(pattern[i % pattern.length]),
    ),
    bytesPerTokenAndLayer:
      (mla ? 1 : 2) *
      recorded.kv_heads_per_rank *
      recorded.head_size *
      bytesPerElement(recorded.kv_dtype),
    blockSize: recorded.block_size,
    maxModelLen: recorded.max_model_len,
    maxNumBatchedTokens: recorded.max_num_batched_tokens,
    asyncScheduling: recorded.async_scheduling,
    disableHybrid: recorded.disable_hybrid,
  });
  const size = lab.sizeKvCache(layout, recorded.available_bytes);
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

/** A layer of the pattern: "f" or "mla", ["s", window], ["c", chunk]. */
function attention(kind) {
  if (kind === "f" || kind === "mla") return { type: "full" };
  const [type, size] = kind;
  if (type === "s") return { type: "swa", slidingWindow: size };
  if (type === "c") return { type: "chunked_local", attentionChunkSize: size };
  throw new Error(`unknown kind of layer ${JSON.stringify(kind)}`);
}

function bytesPerElement(dtype) {
  if (/^(bfloat16|float16|half)$/.test(dtype)) return 2;
  if (/^(float32|float)$/.test(dtype)) return 4;
  if (/^(fp8|float8|int8$|uint8$)/.test(dtype)) return 1;
  throw new Error(`unknown kv_dtype ${JSON.stringify(dtype)}`);
}
