/** What attention and recurrent layers compute and read in a step, at best: no kernels, no padding. */
import { assert } from "../base/assert.js";
import type { Bytes, Flops, Tokens } from "../base/units.js";
import type { AttentionShape, BatchShape } from "../request/batch-shape.js";
import type { DeploymentDescription } from "../spec/deployment-description.js";
import type { LayerClass } from "../spec/model-description.js";
import { flopsPerPair, prefillFlopsPerPair } from "../spec/model-totals.js";
import type { StepCosts } from "./cost-model.js";
import { indexerBytesPerToken, pooledKvBytesPerToken } from "./tensor-parallel.js";

const ALL_KEYS = Number.MAX_SAFE_INTEGER;

/** Layers in which a pair of query and key, and a KV token, cost the same. */
interface Attending {
  readonly flopsPerPair: Flops;
  /** For decodes, beside those of prompts: latent attention computes on longer vectors there. */
  readonly extraPerDecode: Flops;
  readonly bytesPerKvToken: Bytes;
  /** Keys that a query attends to at most, chosen by an indexer. Finite, since no queries times infinity is no number. */
  readonly topK: Tokens;
  /** No `topK` and nothing extra. */
  readonly isPlain: boolean;
  /** Layers with each window. */
  readonly numLayers: Map<Tokens, number>;
}

/**
 * Writes FLOPs and bytes of a run of steps into `out`, as `CostModel.stepCosts` says. Chunked layers are taken for sliding ones of the same reach, which they are until
 * the first chunk is full; sparse attention attends to all keys or `topK` per query, whichever is less over the batch. Recurrent layers
 * read one state per sequence.
 */
export function mixingWork({
  model,
  parallelism,
  kvBytesPerElement,
}: Pick<DeploymentDescription, "model" | "parallelism" | "kvBytesPerElement">): (
  shape: BatchShape,
  kvTokenGrowth: Float64Array,
  numSteps: number,
  out: StepCosts,
) => void {
  const attending = attendingLayers(model.layers, parallelism.tensorParallel, kvBytesPerElement);
  const windows = new Set([Infinity, ...attending.flatMap((a) => [...a.numLayers.keys()])]);
  // What shapes have so far: their windows, and the layers of each group with each of them. Looking them up anew in every step
  // took 40 ns, as long as the rest of a decode step.
  const known: Tokens[] = [];
  const layersOf: number[][] = attending.map(() => []);
  const meet = (attention: readonly AttentionShape[]) => {
    known.length = attention.length;
    attention.forEach(({ window }, i) => {
      assert(
        windows.has(window),
        "a batch is summed over the attention windows of the model that prices it",
      );
      known[i] = window;
      attending.forEach(({ numLayers }, g) => (layersOf[g]![i] = numLayers.get(window) ?? 0));
    });
  };
  let stateBytes = 0;
  let stateFlops = 0;
  for (const layer of model.layers) {
    if (layer.type !== "recurrent") continue;
    stateBytes += layer.numLayers * layer.stateBytes;
    stateFlops += layer.numLayers * layer.flopsPerToken;
  }

  return (shape, kvTokenGrowth, numSteps, out) => {
    const { numPrefillTokens, numDecodes, attention } = shape;
    let isKnown = attention.length === known.length;
    for (let i = 0; isKnown && i < known.length; i++) isKnown = attention[i]!.window === known[i];
    if (!isKnown) meet(attention);
    for (let n = 0; n < numSteps; n++) {
      out.flops[n] = stateFlops * (numPrefillTokens + numDecodes);
      out.bytes[n] = stateBytes * (shape.numPrefills + numDecodes);
    }
    for (let g = 0; g < attending.length; g++) {
      const add = attending[g]!.isPlain ? addPlain : addSparse;
      add(attending[g]!, layersOf[g]!, shape, kvTokenGrowth, numSteps, out);
    }
  };
}

/** Every query attends to all keys within its window, and a pair costs the same in prompts and decodes. */
function addPlain(
  { flopsPerPair, bytesPerKvToken }: Attending,
  layers: readonly number[],
  { attention }: BatchShape,
  kvTokenGrowth: Float64Array,
  numSteps: number,
  { flops, bytes }: StepCosts,
): void {
  let pairs = 0;
  let kvTokens = 0;
  let growth = 0;
  for (let i = 0; i < attention.length; i++) {
    const { prefillPairs, prefillKvTokens, decodeKvTokens } = attention[i]!;
    pairs += layers[i]! * (prefillPairs + decodeKvTokens);
    kvTokens += layers[i]! * (prefillKvTokens + decodeKvTokens);
    growth += layers[i]! * kvTokenGrowth[i]!;
  }
  // Counts below 2^53 are exact, so adding the growth up is the same as counting anew.
  for (let n = 0; n < numSteps; n++) {
    flops[n]! += flopsPerPair * pairs;
    bytes[n]! += bytesPerKvToken * kvTokens;
    pairs += growth;
    kvTokens += growth;
  }
}

function addSparse(
  { flopsPerPair, extraPerDecode, bytesPerKvToken, topK }: Attending,
  layers: readonly number[],
  { attention, numPrefillTokens, numDecodes }: BatchShape,
  kvTokenGrowth: Float64Array,
  numSteps: number,
  { flops, bytes }: StepCosts,
): void {
  for (let n = 0; n < numSteps; n++) {
    let pairs = 0;
    let decodePairs = 0;
    let kvTokens = 0;
    for (let i = 0; i < attention.length; i++) {
      const { prefillPairs, prefillKvTokens, decodeKvTokens } = attention[i]!;
      const decoded = Math.min(decodeKvTokens + n * kvTokenGrowth[i]!, topK * numDecodes);
      pairs += layers[i]! * (Math.min(prefillPairs, topK * numPrefillTokens) + decoded);
      decodePairs += layers[i]! * decoded;
      kvTokens += layers[i]! * (Math.min(prefillKvTokens, topK * numPrefillTokens) + decoded);
    }
    flops[n]! += flopsPerPair * pairs + extraPerDecode * decodePairs;
    bytes[n]! += bytesPerKvToken * kvTokens;
  }
}

/** The layers that attend, and the indexers of sparse attention, which look at all keys. */
function attendingLayers(
  layers: readonly LayerClass[],
  tensorParallel: number,
  kvBytesPerElement: Bytes,
): Attending[] {
  const found: Attending[] = [];
  const add = (
    one: Omit<Attending, "isPlain" | "numLayers">,
    window: Tokens,
    numLayers: number,
  ) => {
    let alike = found.find(
      (other) =>
        other.flopsPerPair === one.flopsPerPair &&
        other.extraPerDecode === one.extraPerDecode &&
        other.bytesPerKvToken === one.bytesPerKvToken &&
        other.topK === one.topK,
    );
    if (alike === undefined) {
      const isPlain = one.topK === ALL_KEYS && one.extraPerDecode === 0;
      found.push((alike = { ...one, isPlain, numLayers: new Map() }));
    }
    alike.numLayers.set(window, (alike.numLayers.get(window) ?? 0) + numLayers);
  };
  for (const layer of layers) {
    if (layer.type === "recurrent") continue;
    const { numLayers } = layer;
    const indexBytes = indexerBytesPerToken(layer, tensorParallel);
    const index = layer.type === "mla" ? layer.index : undefined;
    const one = {
      flopsPerPair: prefillFlopsPerPair(layer),
      extraPerDecode: flopsPerPair(layer) - prefillFlopsPerPair(layer),
      bytesPerKvToken: kvBytesRead(layer, kvBytesPerElement, tensorParallel) - indexBytes,
      topK: index?.topK ?? ALL_KEYS,
    };
    add(one, windowOf(layer), numLayers);
    if (index === undefined) continue;
    const flops = 2 * index.numHeads * index.headDim * tensorParallel;
    const indexer = { flopsPerPair: flops, extraPerDecode: 0, bytesPerKvToken: indexBytes };
    add({ ...indexer, topK: ALL_KEYS }, Infinity, numLayers);
  }
  return found;
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
