/** What was fitted: efficiencies and constants of kernels by device family, and costs of the engine around them. */
import type { Seconds } from "../base/units.js";

/** A dense matrix product. Seconds = roundedMax(FLOPs / compute, bytes / bandwidth) + launch + conversion of the inputs. */
export interface LinearCoefficients {
  /** Share of the device's FLOP/s. */
  readonly compute: number;
  /** Share of the device's bytes/s. */
  readonly bandwidth: number;
  readonly launch: Seconds;
  /** Bytes moved per input element to bring it to the arithmetic's precision, at full bandwidth; 0 where it is not converted. */
  readonly conversion: number;
  readonly source: string;
}

/** Mixture of experts: weights and arithmetic share a roofline, rows of tokens are gathered, activated and scattered apart. */
export interface ExpertCoefficients {
  readonly compute: number;
  readonly bandwidth: number;
  readonly launch: Seconds;
  /** How often the rows of the routed tokens cross memory, at full bandwidth. */
  readonly activation: number;
  /** Rows that are computed for each expert that is used, beyond those of its tokens: the rest of its last tile. */
  readonly tileRows: number;
  readonly source: string;
}

/** Attention of prompts. */
export interface PrefillCoefficients {
  readonly compute: number;
  /** Share of bytes/s at which queries, outputs, keys and values are moved. */
  readonly bandwidth: number;
  readonly launch: Seconds;
  /** Keys that a query computes beyond those that it attends to, because of tiles. */
  readonly tileKeys: number;
  /** Exponentials of a query-key pair and head, counted as elements of the head: short heads are slower per FLOP. */
  readonly softmaxElements: number;
  readonly source: string;
}

/** Attention of decodes: reads of the KV cache. */
export interface DecodeCoefficients {
  readonly compute: number;
  readonly bandwidth: number;
  readonly launch: Seconds;
  /** Seconds per sequence and layer. */
  readonly perSequence: Seconds;
  readonly source: string;
}

/**
 * All-reduce of S bytes over n devices that a switch or a bridge joins, or over two on PCIe:
 * latency + latencyPerDevice × (n − 2) + 2 (n − 1) / n × S / (bandwidth × one-way rate), and secondStage where n > 2 devices
 * do not exchange everything at once.
 */
export interface AllReduceCoefficients {
  readonly latency: Seconds;
  readonly latencyPerDevice: Seconds;
  /** Reduce-scatter and all-gather one after the other, beyond 512 KiB (n ≤ 4) or 256 KiB (n > 4). */
  readonly secondStage: Seconds;
  /** Share of the one-way fabric rate. */
  readonly bandwidth: number;
  /** More than two devices on PCIe. */
  readonly ring?: RingCoefficients;
  readonly source: string;
}

/**
 * vLLM's own all-reduce refuses more than two devices on PCIe (custom_all_reduce.py); NCCL's ring takes
 * latency + 2 (n − 1) × hop + 2 (n − 1) × S × (1 / (n × bandwidth × one-way rate) + 1 / (bus × one-way rate)):
 * links work at once, but what crosses the host's bus or memory adds up over all devices.
 */
export interface RingCoefficients {
  readonly latency: Seconds;
  readonly hop: Seconds;
  /** What all devices together get through the host, as a share of the one-way rate of one of them. */
  readonly bus: number;
}

/** Coefficients of one family, or of one device that has its own. Tables are keyed by precision, those of experts by backend (see resolve-kernels.ts). */
export interface FamilyCoefficients {
  readonly linear: Readonly<Record<string, LinearCoefficients>>;
  readonly experts: Readonly<Record<string, ExpertCoefficients>>;
  readonly prefill: Readonly<Record<string, PrefillCoefficients>>;
  readonly decode: Readonly<Record<string, DecodeCoefficients>>;
  /** Absent where a device has only some coefficients of its own. */
  readonly allReduce?: AllReduceCoefficients;
}

/** What the engine adds to kernels. */
export interface EngineCoefficients {
  /** Norms, residuals and gaps between kernels, per layer. */
  readonly perLayer: Seconds;
  /** Share of bytes/s at which norms, residuals and activations are moved. */
  readonly elementwiseBandwidth: number;
  /** Launching the kernels of a layer from the host, which bounds steps too large for a CUDA graph; more for routed experts. */
  readonly launchPerLayer: Seconds;
  readonly launchPerExpertLayer: Seconds;
  /** T tokens that are served together use as many experts as T^tokenDiversity independent ones; from 0 to 1. */
  readonly tokenDiversity: number;
  /** Sampling on the device, per step and per sequence. */
  readonly samplingPerStep: Seconds;
  readonly samplingPerSequence: Seconds;
  /** Work of the host: scheduling, input preparation, output processing. Hidden behind the device by async scheduling. */
  readonly hostPerStep: Seconds;
  readonly hostPerSequence: Seconds;
  /** Per request that computes prompt tokens in a step. */
  readonly hostPerPrefill: Seconds;
  readonly source: string;
}

/** What the calibrated cost model was fitted to: efficiencies by device family, and what the engine adds. `npm run fit` makes them. */
export interface Coefficients {
  readonly families: Readonly<Record<string, FamilyCoefficients>>;
  readonly engine: EngineCoefficients;
}
