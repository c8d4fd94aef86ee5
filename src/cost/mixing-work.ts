/** What attention and recurrent layers compute and read in a step, at best: no kernels, no padding. */
import { assert } from "../base/assert.js";
import type { Bytes, Flops, Tokens } from "../base/units.js";
import type { AttentionShape, BatchShape } from "../request/batch-shape.js";
import type { DeploymentDescription } from "../spec/deployment-description.js";
import type { LayerClass } from "../spec/model-description.js";
import { flopsPerPair, prefillFlopsPerPair } from "../spec/model-totals.js";
import type { StepCost, StepCosts } from "./cost-model.js";
import { noGrowth } from "./step-run.js";
import { indexerBytesPerToken, pooledKvBytesPerToken } from "./tensor-parallel.js";

const ALL_KEYS = Number.MAX_SAFE_INTEGER;

/**
 * FLOPs and bytes of steps. Chunked layers are taken for sliding ones of the same reach, which they are until the first chunk is full;
 * sparse attention attends to all keys or `topK` per query, whichever is less over the batch. Recurrent layers read one state per
 * sequence.
 */
export class MixingWork {
  readonly #attending: readonly AttendingLayers[];
  readonly #windows: ReadonlySet<Tokens>;
  /** The windows of the last shape: looking up who has them in every step took 40 ns, as long as the rest of a decode step. */
  readonly #known: Tokens[] = [];
  readonly #stateFlops: Flops;
  readonly #stateBytes: Bytes;

  constructor({
    model: { layers },
    parallelism,
    kvBytesPerElement,
  }: Pick<DeploymentDescription, "model" | "parallelism" | "kvBytesPerElement">) {
    this.#attending = attendingLayers(layers, parallelism.tensorParallel, kvBytesPerElement);
    const windows = this.#attending.flatMap(({ numLayers }) => [...numLayers.keys()]);
    this.#windows = new Set([Infinity, ...windows]);
    const recurrent = layers.filter((layer) => layer.type === "recurrent");
    this.#stateFlops = recurrent.reduce((sum, l) => sum + l.numLayers * l.flopsPerToken, 0);
    this.#stateBytes = recurrent.reduce((sum, l) => sum + l.numLayers * l.stateBytes, 0);
  }

  /** Writes what one step takes. */
  step(shape: BatchShape, out: Pick<StepCost, "flops" | "bytes">): void {
    this.#meet(shape.attention);
    let flops = this.#stateFlops * (shape.numPrefillTokens + shape.numDecodes);
    let bytes = this.#stateBytes * (shape.numPrefills + shape.numDecodes);
    for (let g = 0; g < this.#attending.length; g++) {
      const layers = this.#attending[g]!;
      layers.count(shape, noGrowth(shape), 0);
      flops += layers.flops;
      bytes += layers.bytes;
    }
    out.flops = flops;
    out.bytes = bytes;
  }

  /** Writes what each step of a run takes, as `CostModel.stepCosts` says. */
  run(shape: BatchShape, kvTokenGrowth: Float64Array, numSteps: number, out: StepCosts): void {
    this.#meet(shape.attention);
    const flops = this.#stateFlops * (shape.numPrefillTokens + shape.numDecodes);
    const bytes = this.#stateBytes * (shape.numPrefills + shape.numDecodes);
    for (let n = 0; n < numSteps; n++) {
      out.flops[n] = flops;
      out.bytes[n] = bytes;
    }
    for (let g = 0; g < this.#attending.length; g++) {
      this.#attending[g]!.addRun(shape, kvTokenGrowth, numSteps, out);
    }
  }

  #meet(attention: readonly AttentionShape[]): void {
    const known = this.#known;
    let isKnown = attention.length === known.length;
    for (let i = 0; isKnown && i < known.length; i++) isKnown = attention[i]!.window === known[i];
    if (isKnown) return;
    known.length = 0;
    for (const { window } of attention) {
      assert(
        this.#windows.has(window),
        "a batch is summed over the attention windows of the model that prices it",
      );
      known.push(window);
    }
    for (const layers of this.#attending) layers.meet(known);
  }
}

/** What a pair of query and key, and a KV token, cost. */
interface AttentionCost {
  readonly flopsPerPair: Flops;
  /** For decodes, beside those of prompts: latent attention computes on longer vectors there. */
  readonly extraPerDecode: Flops;
  readonly bytesPerKvToken: Bytes;
  /** Keys that a query attends to at most, chosen by an indexer. Finite, since no queries times infinity is no number. */
  readonly topK: Tokens;
}

/** Layers in which they cost the same, and how many of them have each window. */
class AttendingLayers {
  readonly cost: AttentionCost;
  readonly numLayers = new Map<Tokens, number>();
  /** Of the windows of the shapes that are counted. */
  #numWith: readonly number[] = [];
  // What the step counted last takes.
  #pairs = 0;
  #decodePairs = 0;
  #kvTokens = 0;

  constructor(cost: AttentionCost) {
    this.cost = cost;
  }

  /** Shapes have these windows from here on. */
  meet(windows: readonly Tokens[]): void {
    this.#numWith = windows.map((window) => this.numLayers.get(window) ?? 0);
  }

  /** Counts the step that comes `n` steps after this shape. */
  count(
    { attention, numPrefillTokens, numDecodes }: BatchShape,
    kvTokenGrowth: Float64Array,
    n: number,
  ): void {
    const { topK } = this.cost;
    let pairs = 0;
    let decodePairs = 0;
    let kvTokens = 0;
    for (let i = 0; i < attention.length; i++) {
      const { prefillPairs, prefillKvTokens, decodeKvTokens } = attention[i]!;
      const numLayers = this.#numWith[i]!;
      const decoded = Math.min(decodeKvTokens + n * kvTokenGrowth[i]!, topK * numDecodes);
      pairs += numLayers * (Math.min(prefillPairs, topK * numPrefillTokens) + decoded);
      decodePairs += numLayers * decoded;
      kvTokens += numLayers * (Math.min(prefillKvTokens, topK * numPrefillTokens) + decoded);
    }
    this.#pairs = pairs;
    this.#decodePairs = decodePairs;
    this.#kvTokens = kvTokens;
  }

  get flops(): Flops {
    return this.cost.flopsPerPair * this.#pairs + this.cost.extraPerDecode * this.#decodePairs;
  }

  get bytes(): Bytes {
    return this.cost.bytesPerKvToken * this.#kvTokens;
  }

  addRun(
    shape: BatchShape,
    kvTokenGrowth: Float64Array,
    numSteps: number,
    { flops, bytes }: StepCosts,
  ): void {
    const { flopsPerPair, extraPerDecode, bytesPerKvToken, topK } = this.cost;
    if (topK < ALL_KEYS || extraPerDecode > 0) {
      for (let n = 0; n < numSteps; n++) {
        this.count(shape, kvTokenGrowth, n);
        flops[n]! += this.flops;
        bytes[n]! += this.bytes;
      }
      return;
    }
    this.count(shape, kvTokenGrowth, 0);
    let pairs = this.#pairs;
    let kvTokens = this.#kvTokens;
    let growth = 0;
    for (let i = 0; i < shape.attention.length; i++)
      growth += this.#numWith[i]! * kvTokenGrowth[i]!;
    // Counts below 2^53 are exact, so adding the growth up is the same as counting anew.
    for (let n = 0; n < numSteps; n++) {
      flops[n]! += flopsPerPair * pairs;
      bytes[n]! += bytesPerKvToken * kvTokens;
      pairs += growth;
      kvTokens += growth;
    }
  }
}

/** The layers that attend, and the indexers of sparse attention, which look at all keys. */
function attendingLayers(
  layers: readonly LayerClass[],
  tensorParallel: number,
  kvBytesPerElement: Bytes,
): AttendingLayers[] {
  const found: AttendingLayers[] = [];
  const add = (one: AttentionCost, window: Tokens, numLayers: number) => {
    let alike = found.find(
      ({ cost }) =>
        cost.flopsPerPair === one.flopsPerPair &&
        cost.extraPerDecode === one.extraPerDecode &&
        cost.bytesPerKvToken === one.bytesPerKvToken &&
        cost.topK === one.topK,
    );
    if (alike === undefined) found.push((alike = new AttendingLayers(one)));
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
