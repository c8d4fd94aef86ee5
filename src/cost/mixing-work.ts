/** What attention and recurrent layers compute and read in a step, at best: no kernels, no padding. */
import { assert } from "../base/assert.js";
import type { Bytes, Flops, Tokens } from "../base/units.js";
import { type AttentionShape, type BatchShape, indexOfWindow } from "../request/batch-shape.js";
import type { DeploymentDescription } from "../spec/deployment-description.js";
import type { LayerClass } from "../spec/model-description.js";
import { flopsPerPair, prefillFlopsPerPair } from "../spec/model-totals.js";
import { indexerBytesPerToken, pooledKvBytesPerToken } from "./tensor-parallel.js";

/** What attention costs in layers that are added up. */
interface AttentionCost {
  perPrefillPair: Flops;
  /** Latent attention computes on longer vectors in decodes. */
  perDecodePair: Flops;
  perKvToken: Bytes;
}

/**
 * FLOPs and bytes of steps. Most models have one attention window, so that all steps of a run take a fixed amount and one for each KV
 * token that decodes read: that law is told apart from whatever else there is. Chunked layers are taken for sliding ones of the same
 * reach, which they are until the first chunk is full; sparse attention attends to all keys or `topK` per query, whichever is less over
 * the batch. Recurrent layers read one state per sequence.
 */
export class MixingWork {
  /** In recurrent layers and those with the batch's first window: in any case, and for each KV token that decodes read. */
  flops: Flops = 0;
  bytes: Bytes = 0;
  flopsPerKvToken: Flops = 0;
  bytesPerKvToken: Bytes = 0;
  /** There are others: with further windows, or sparse ones. What they take is asked for step by step. */
  hasOthers: boolean;
  otherFlops: Flops = 0;
  otherBytes: Bytes = 0;

  /** Layers that attend to all keys within their window. */
  readonly #dense: ReadonlyMap<Tokens, AttentionCost>;
  readonly #sparse: readonly SparseLayers[];
  readonly #recurrentFlops: Flops;
  readonly #recurrentBytes: Bytes;
  /** The windows of the last shape, and dense layers by them: looking them up for every price took 40 ns. */
  #windows = new Float64Array(0);
  #costs: readonly AttentionCost[] = [];

  constructor({
    model: { layers },
    parallelism,
    kvBytesPerElement,
  }: Pick<DeploymentDescription, "model" | "parallelism" | "kvBytesPerElement">) {
    const { dense, sparse } = attendingLayers(
      layers,
      parallelism.tensorParallel,
      kvBytesPerElement,
    );
    this.#dense = dense;
    this.#sparse = sparse;
    const recurrent = layers.filter((layer) => layer.type === "recurrent");
    this.#recurrentFlops = recurrent.reduce((sum, l) => sum + l.numLayers * l.flopsPerToken, 0);
    this.#recurrentBytes = recurrent.reduce((sum, l) => sum + l.numLayers * l.stateBytes, 0);
    this.hasOthers = sparse.length > 0;
  }

  /** Looks at the first shape of a run. */
  meet(shape: BatchShape): void {
    const { attention } = shape;
    if (!this.#hasMet(attention)) this.#lookUp(attention);
    this.flops = this.#recurrentFlops * (shape.numPrefillTokens + shape.numDecodes);
    this.bytes = this.#recurrentBytes * (shape.numPrefills + shape.numDecodes);
    if (attention.length === 0) return;
    const { perPrefillPair, perDecodePair, perKvToken } = this.#costs[0]!;
    const { prefillPairs, prefillKvTokens } = attention[0]!;
    this.flops += perPrefillPair * prefillPairs;
    this.bytes += perKvToken * prefillKvTokens;
    this.flopsPerKvToken = perDecodePair;
    this.bytesPerKvToken = perKvToken;
  }

  /** Counts what the others take in the step that comes `n` steps after this shape, which was met. */
  countOthers(shape: BatchShape, kvTokenGrowth: Float64Array, n: number): void {
    const { attention } = shape;
    let flops = 0;
    let bytes = 0;
    for (let i = 1; i < attention.length; i++) {
      const { perPrefillPair, perDecodePair, perKvToken } = this.#costs[i]!;
      const { prefillPairs, prefillKvTokens, decodeKvTokens } = attention[i]!;
      const kvTokens = decodeKvTokens + n * kvTokenGrowth[i]!;
      flops += perPrefillPair * prefillPairs + perDecodePair * kvTokens;
      bytes += perKvToken * (prefillKvTokens + kvTokens);
    }
    for (let i = 0; i < this.#sparse.length; i++) {
      const layers = this.#sparse[i]!;
      layers.count(shape, kvTokenGrowth, n);
      flops += layers.flops;
      bytes += layers.bytes;
    }
    this.otherFlops = flops;
    this.otherBytes = bytes;
  }

  #hasMet(attention: readonly AttentionShape[]): boolean {
    const windows = this.#windows;
    if (attention.length !== windows.length) return false;
    for (let i = 0; i < windows.length; i++) {
      if (attention[i]!.window !== windows[i]) return false;
    }
    return true;
  }

  #lookUp(attention: readonly AttentionShape[]): void {
    this.#costs = attention.map(({ window }) => {
      assert(
        window === Infinity || this.#dense.has(window),
        "a batch is summed over the attention windows of the model that prices it",
      );
      return this.#dense.get(window) ?? noCost();
    });
    this.#windows = Float64Array.from(attention, ({ window }) => window);
    this.hasOthers = attention.length > 1 || this.#sparse.length > 0;
  }
}

/** Layers whose queries attend to `topK` keys at most, chosen by an indexer. They have no windows. */
class SparseLayers {
  readonly #cost: AttentionCost;
  readonly #topK: Tokens;
  #prefillPairs = 0;
  #prefillKvTokens = 0;
  #decodeKvTokens = 0;

  constructor(cost: AttentionCost, topK: Tokens) {
    this.#cost = cost;
    this.#topK = topK;
  }

  /** Counts the step that comes `n` steps after this shape. */
  count(shape: BatchShape, kvTokenGrowth: Float64Array, n: number): void {
    const { attention, numPrefillTokens, numDecodes } = shape;
    const i = indexOfWindow(shape, Infinity);
    const { prefillPairs, prefillKvTokens, decodeKvTokens } = attention[i]!;
    const forPrefills = this.#topK * numPrefillTokens;
    this.#prefillPairs = Math.min(prefillPairs, forPrefills);
    this.#prefillKvTokens = Math.min(prefillKvTokens, forPrefills);
    this.#decodeKvTokens = Math.min(
      decodeKvTokens + n * kvTokenGrowth[i]!,
      this.#topK * numDecodes,
    );
  }

  get flops(): Flops {
    const { perPrefillPair, perDecodePair } = this.#cost;
    return perPrefillPair * this.#prefillPairs + perDecodePair * this.#decodeKvTokens;
  }

  get bytes(): Bytes {
    return this.#cost.perKvToken * (this.#prefillKvTokens + this.#decodeKvTokens);
  }
}

/** The layers that attend; the indexers of sparse ones look at all keys. */
function attendingLayers(
  layers: readonly LayerClass[],
  tensorParallel: number,
  kvBytesPerElement: Bytes,
): { dense: Map<Tokens, AttentionCost>; sparse: SparseLayers[] } {
  const dense = new Map<Tokens, AttentionCost>();
  const sparse: SparseLayers[] = [];
  const add = (window: Tokens, cost: AttentionCost) => {
    const sum = dense.get(window) ?? noCost();
    sum.perPrefillPair += cost.perPrefillPair;
    sum.perDecodePair += cost.perDecodePair;
    sum.perKvToken += cost.perKvToken;
    dense.set(window, sum);
  };
  for (const layer of layers) {
    if (layer.type === "recurrent") continue;
    const { numLayers } = layer;
    const indexBytes = indexerBytesPerToken(layer, tensorParallel);
    const cost: AttentionCost = {
      perPrefillPair: numLayers * prefillFlopsPerPair(layer),
      perDecodePair: numLayers * flopsPerPair(layer),
      perKvToken: numLayers * (kvBytesRead(layer, kvBytesPerElement, tensorParallel) - indexBytes),
    };
    const index = layer.type === "mla" ? layer.index : undefined;
    if (index === undefined) {
      add(windowOf(layer), cost);
      continue;
    }
    sparse.push(new SparseLayers(cost, index.topK));
    const flops = numLayers * 2 * index.numHeads * index.headDim * tensorParallel;
    const indexing = { perPrefillPair: flops, perDecodePair: flops };
    add(Infinity, { ...indexing, perKvToken: numLayers * indexBytes });
  }
  return { dense, sparse };
}

function noCost(): AttentionCost {
  return { perPrefillPair: 0, perDecodePair: 0, perKvToken: 0 };
}

/** Layers that share the KV of others store none, but read it. */
function kvBytesRead(layer: LayerClass, kvBytesPerElement: Bytes, tensorParallel: number): Bytes {
  const reading = layer.type === "attention" ? { ...layer, sharesKv: false } : layer;
  return pooledKvBytesPerToken(reading, kvBytesPerElement, tensorParallel);
}

/** The window whose sums price a class of layers. */
function windowOf(layer: LayerClass): Tokens {
  return layer.type === "attention" ? (layer.window ?? layer.chunk ?? Infinity) : Infinity;
}
