import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  kvCacheLayout,
  sizeKvCache,
  type KvCacheLayoutInput,
} from "../../src/cost/kv-cache-groups.js";
import type { LayerAttention } from "../../src/spec/kv-cache-group.js";

const full: LayerAttention = { type: "full" };
const swa = (slidingWindow: number): LayerAttention => ({ type: "swa", slidingWindow });
const chunked = (size: number): LayerAttention => ({
  type: "chunked_local",
  attentionChunkSize: size,
});
const times = (n: number, layer: LayerAttention): LayerAttention[] => Array(n).fill(layer);

const layoutOf = (layers: readonly LayerAttention[], rest: Partial<KvCacheLayoutInput> = {}) =>
  kvCacheLayout({
    layers,
    bytesPerTokenAndLayer: 10,
    blockSize: 16,
    maxModelLen: 1000,
    maxNumBatchedTokens: 100,
    asyncScheduling: false,
    ...rest,
  });

const sizes = (layers: readonly LayerAttention[]) =>
  layoutOf(layers).groups.map((group) => `${group.cache.type} ${group.numLayers}`);

describe("grouping", () => {
  test("a group has as many layers as the rarest kind, the rest dealt out evenly", () => {
    expect(sizes([...times(2, full), ...times(5, swa(64))])).toEqual([
      "full 2",
      "swa 2",
      "swa 2",
      "swa 1",
    ]);
  });

  test("kinds below 1.5 × the rarest are padded to one group each, and at 1.5 × no longer", () => {
    expect(sizes([...times(12, swa(64)), ...times(13, full)])).toEqual(["swa 12", "full 13"]);
    expect(sizes([...times(4, swa(64)), ...times(6, full)])).toEqual(["swa 4", "full 3", "full 3"]);
  });

  test("groups come in the order in which their kind first appears", () => {
    expect(sizes([swa(64), full, swa(64), full])).toEqual(["swa 2", "full 2"]);
    expect(sizes([full, swa(64), full, swa(64)])).toEqual(["full 2", "swa 2"]);
  });

  test("different windows are different kinds", () => {
    expect(sizes([swa(64), swa(128), full])).toEqual(["swa 1", "swa 1", "full 1"]);
    expect(sizes([swa(64), chunked(64)])).toEqual(["swa 1", "chunked_local 1"]);
  });

  test("every layer is in one group, and no group is larger than a block's layers", () => {
    const layer = fc.constantFrom(full, swa(64), swa(128), chunked(64));
    fc.assert(
      fc.property(fc.array(layer, { minLength: 1, maxLength: 80 }), (layers) => {
        const { groups, layersPerGroup } = layoutOf(layers);
        expect(groups.reduce((sum, group) => sum + group.numLayers, 0)).toBe(layers.length);
        expect(layersPerGroup).toBe(Math.max(...groups.map((group) => group.numLayers)));
      }),
    );
  });

  test("without layers there is no cache to lay out", () => {
    expect(() => layoutOf([])).toThrow("at least one layer");
  });
});

describe("the hybrid manager disabled", () => {
  const disabled = (...layers: LayerAttention[]) => layoutOf(layers, { disableHybrid: true });

  test("all layers are cached in full beside full attention", () => {
    const { groups } = disabled(full, swa(64), full, swa(64), swa(64));
    expect(groups).toEqual([
      { cache: { type: "full", blockSize: 16 }, numLayers: 5, blocksPerMaxLenRequest: 63 },
    ]);
  });

  test("one kind alone stays as it is", () => {
    expect(disabled(swa(64), swa(64)).groups[0]!.cache.type).toBe("swa");
  });

  test("layers that cannot be made alike are refused, as vLLM does", () => {
    expect(() => disabled(swa(64), chunked(64))).toThrow("cannot be cached alike");
    expect(() => disabled(full, swa(64), swa(128))).toThrow("cannot be cached alike");
  });
});

describe("blocks that a sequence needs at most", () => {
  const blocks = (layer: LayerAttention, rest: Partial<KvCacheLayoutInput> = {}) =>
    layoutOf([layer], rest).blocksPerMaxLenRequest;

  test("full attention keeps the whole sequence", () => expect(blocks(full)).toBe(63));

  test("a sliding layer keeps window − 1 tokens and those in flight, and one block more", () => {
    expect(blocks(swa(65))).toBe(Math.ceil((64 + 100) / 16) + 1);
    expect(blocks(swa(5000))).toBe(63 + 1);
  });

  test("a chunked layer keeps the chunk and those in flight", () => {
    expect(blocks(chunked(64))).toBe(Math.ceil((64 + 100) / 16));
  });

  test("asynchronous scheduling has two steps in flight", () => {
    expect(blocks(swa(65), { asyncScheduling: true })).toBe(Math.ceil((64 + 200) / 16) + 1);
  });
});

describe("sizing", () => {
  const layout = layoutOf([...times(2, full), ...times(2, swa(64))]);

  test("a block is a page in each layer of a group", () => {
    expect(layout.bytesPerBlock).toBe(10 * 16 * 2);
    expect(sizeKvCache(layout, 10 * layout.bytesPerBlock + 319).numBlocks).toBe(10);
  });

  test("it starts exactly when one longest sequence fits", () => {
    const needed = layout.blocksPerMaxLenRequest * layout.bytesPerBlock;
    expect(sizeKvCache(layout, needed)).toMatchObject({ starts: true, maxConcurrency: 1 });
    expect(sizeKvCache(layout, needed).estimatedMaxModelLen).toBe(1000);
    expect(sizeKvCache(layout, needed - 1).starts).toBe(false);
  });

  test("no memory holds nothing", () => {
    const nothing = {
      numBlocks: 0,
      maxConcurrency: 0,
      starts: false,
      estimatedMaxModelLen: 0,
      kvCacheSizeTokens: 0,
    };
    expect(sizeKvCache(layout, 0)).toMatchObject(nothing);
    expect(sizeKvCache(layout, -1e9)).toMatchObject(nothing);
  });

  test("the estimated length fits, and one token more does not", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 63 * 320 }), (bytes) => {
        const length = sizeKvCache(layout, bytes).estimatedMaxModelLen;
        const starts = (maxModelLen: number) =>
          sizeKvCache(layoutOf([...times(2, full), ...times(2, swa(64))], { maxModelLen }), bytes)
            .starts;
        if (length > 0) expect(starts(length)).toBe(true);
        expect(starts(length + 1)).toBe(false);
      }),
    );
  });
});
