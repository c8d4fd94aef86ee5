/**
 * The one shape of a config: the documented file's tables and keys in camelCase. Plain values throughout; places that
 * take behaviour (policy, lengths, workload, cost model) also take a plug-in object.
 */
import type { Bytes, Flops, Seconds, Tokens } from "../base/units.js";
import type { CostModel } from "../cost/cost-model.js";
import type { AnyPolicy } from "../scheduler/policy.js";
import type { DeviceDescription } from "../spec/device-description.js";
import type { LayerClass, WeightStream } from "../spec/model-description.js";
import type { ExpertRoutingLaw } from "../spec/parallelism.js";
import type { KvCacheDtype, Precision, Quantization } from "../spec/precision.js";
import type { ArrivalPattern } from "../workload/arrivals.js";
import type { DatasetRow } from "../workload/dataset.js";
import type { LengthConfig } from "../workload/lengths.js";
import type { SessionSettings } from "../workload/session-generator.js";
import type { RecordedTrace, TraceRow } from "../workload/trace-row.js";
import type { LengthDistribution, Workload } from "../workload/workload.js";

/** Everything that a run depends on. Equal configs give equal results, bit for bit. */
export interface SimulationConfig {
  readonly hardware: HardwareConfig;
  readonly model: ModelConfig;
  readonly scheduler: SchedulerConfig;
  readonly workload: WorkloadConfig | WorkloadPlugin;
  readonly simulation?: SimulationSettings;
  readonly slo?: SloConfig;
  /**
   * What a forward pass costs. Default: "calibrated" where `hardware` is a device of the catalog, "ideal", the roofline, where it is
   * bare numbers.
   */
  readonly costModel?: "ideal" | "calibrated" | CostModel;
}

/** One device, and how many of them serve a model. */
export interface HardwareConfig {
  /** A label for reports. */
  readonly name?: string;
  /** What the catalog knows of the device: rates at each precision, fabric, family. Its presets bring it along. */
  readonly device?: DeviceDescription;
  /** FLOP/s of one device at the precision used, dense. */
  readonly computeFlops: Flops;
  /** Bytes/s of one device's memory. */
  readonly memoryBandwidth: Bytes;
  /** Bytes of memory of one device. */
  readonly memoryCapacity: Bytes;
  /**
   * Bytes of one weight and of one KV element: 1 for fp8, 2 for bf16. Required for a model that is given by its totals, unless the
   * device is one of the catalog (then 2); a composition says itself how it is stored.
   */
  readonly bytesPerParam?: Bytes;
  /** How the KV cache is stored. Default "auto": as the checkpoint asks for; elements of `bytesPerParam` for a model given by totals. */
  readonly kvCacheDtype?: KvCacheDtype;
  /** Bytes of KV cache over all devices, taken as it is. Default: devices × capacity × utilisation − weights. */
  readonly kvCacheCapacity?: Bytes;
  /** Share of each device's memory that weights and KV cache may take. Default 0.9. */
  readonly gpuMemoryUtilization?: number;
  /** Devices that weights and KV cache are sharded over. Default: the smallest number that is allowed and fits. */
  readonly tensorParallel?: number;
  /** Stages of consecutive layers, each on its own `tensorParallel` devices. Default 1. */
  readonly pipelineParallel?: number;
  /** Replicas of the attention, each on its own `tensorParallel` devices and with a share of the requests. Default 1. */
  readonly dataParallel?: number;
  /** Devices that experts are dealt out to whole: 1 (each expert is cut), or all, `tensorParallel × dataParallel`. Default 1. */
  readonly expertParallel?: number;
  /** Devices of one node. Default: as many as the device's switch connects, else 8. */
  readonly devicesPerNode?: number;
  /** Kernels that multiply matrices, by the names of the calibration. Default: what the engine picks for device and precision. */
  readonly kernelBackend?: string;
  /** Version of vLLM that the calibrated cost model prices, for example "0.19.0". Default: the newest that it knows. */
  readonly engineVersion?: string;
}

/** The model that is served. */
export interface ModelConfig {
  /** A label for reports. */
  readonly name?: string;
  readonly numParameters: number;
  readonly numLayers: number;
  readonly hiddenDim: number;
  readonly numHeads: number;
  /** Longest sequence, prompt and output together. */
  readonly maxSeqLen: Tokens;
  /** Parameters that one token uses (mixture of experts). Default: all. */
  readonly numActiveParameters?: number;
  /** Grouped-query attention. Default: numHeads. */
  readonly numKvHeads?: number;
  /** Default: hiddenDim / numHeads. */
  readonly headDim?: number;
  /** Window of the sliding layers, in tokens. */
  readonly slidingWindow?: Tokens;
  /** How many layers slide. Default: all when there is a window, else 0. */
  readonly numSlidingLayers?: number;
  /** The composition, with `layers`; `composeModel` adds the totals above. */
  readonly weights?: readonly WeightStream[];
  readonly layers?: readonly LayerClass[];
  /** How the checkpoint wants its KV cache stored. Default bf16. */
  readonly kvPrecision?: Precision;
  /** How linear layers are stored, in place of what the composition or `bytesPerParam` says. */
  readonly quantization?: Quantization;
  /** How tokens are spread over experts. Default uniform. */
  readonly expertRouting?: ExpertRoutingLaw;
  /** Where the numbers of a preset are from. */
  readonly source?: string;
  /** False where no second source confirms them. Default true. */
  readonly verified?: boolean;
}

/** The built-in policies: vLLM's two, and shortest (s) or longest (l) output (o), input (i) or total (t) first. */
export type PolicyName = "fcfs" | "priority" | "sof" | "sif" | "stf" | "lif" | "lof" | "ltf";

/** The settings of vLLM's scheduler and KV cache, under vLLM's names in camelCase. */
export interface SchedulerConfig {
  readonly maxNumBatchedTokens: Tokens;
  readonly maxNumSeqs: number;
  /** Tokens in one KV block. */
  readonly blockSize: Tokens;
  readonly enableChunkedPrefill: boolean;
  /** A built-in policy by name (any case; `sjf` means `sof`), or a plug-in. Default "fcfs". */
  readonly policy?: PolicyName | "sjf" | (string & {}) | AnyPolicy;
  /** Default 0 (off); 4 % of maxSeqLen when maxNumPartialPrefills > 1. */
  readonly longPrefillTokenThreshold?: Tokens;
  /** Requests left with a partly computed prompt after a step at most. Default: no limit. */
  readonly maxNumPartialPrefills?: number;
  /** Admit only what can grow to prompt + max_tokens together with all that runs. Default false. */
  readonly enablePreemptionFree?: boolean;
  /** KV blocks, vLLM's null block included (usable = N − 1). Default: derived from memory. */
  readonly numGpuBlocks?: number;
  /** Form batch n + 1 when batch n starts to execute. Default false. */
  readonly asyncScheduling?: boolean;
  /** Reuse the KV blocks of equal prefixes. Default true. */
  readonly enablePrefixCaching?: boolean;
  /** Which sliding-window blocks stay findable: 0 only the tails, R > 0 one tail per R tokens, null all segments. Default 0. */
  readonly prefixCacheRetentionInterval?: number | null;
  /** Share of the blocks that an admission must leave free while something runs. Default 0. */
  readonly watermark?: number;
  /** Admit a request only if all its known tokens fit. Default true. */
  readonly schedulerReserveFullIsl?: boolean;
}

export type { ArrivalPattern, DatasetRow, LengthConfig, RecordedTrace, SessionSettings, TraceRow };

/** Which requests arrive, and when: synthetic, or replayed. */
export interface WorkloadConfig {
  /** How requests arrive. Required unless a trace brings its own times. */
  readonly arrivalPattern?: ArrivalPattern;
  /** Requests per second, where the pattern uses a rate. */
  readonly arrivalRate?: number;
  readonly inputLenDist?: LengthConfig | LengthDistribution;
  readonly outputLenDist?: LengthConfig | LengthDistribution;
  /** Default 42. An integer from 0 to 2^53 − 1. */
  readonly seed?: number;
  /** Requests in all; nothing is sent after them, of whatever session. */
  readonly numRequests?: number;
  /** Arrivals stop then; what is in flight drains. */
  readonly durationSecs?: Seconds;
  /** Users of a closed loop; each has one request, or one session, after the other. */
  readonly numConcurrentUsers?: number;
  /** Requests of one burst. Default 10. */
  readonly burstSize?: number;
  /** Requests of one batch. Default: all of them at t = 0. */
  readonly batchSize?: number;
  /** Shape of the gamma gaps; 1 is Poisson, smaller is burstier. Default 1. */
  readonly burstiness?: number;
  /** The client's bound on the output of every request. Default: each request's sampled output length. */
  readonly maxTokens?: Tokens;
  /** Priorities drawn per request, by weight. Default: all 0. */
  readonly priorities?: readonly { readonly value: number; readonly weight: number }[];
  /** Tenants drawn by weight, per request, or per session where there are sessions. Default: those of a trace, else none. */
  readonly tenants?: readonly { readonly name: string; readonly weight: number }[];
  /** Classes of service drawn by weight, like tenants. Default: those of a trace, else none. */
  readonly classes?: readonly { readonly name: string; readonly weight: number }[];
  /** A JSONL file of requests in OpenAI's batch format. Files are read by `loadConfig` of `inference-lab/node`. */
  readonly datasetPath?: string;
  /** The rows of a dataset, as `datasetPath` or `fromOpenAIBatch` of `inference-lab/io` give them. */
  readonly dataset?: readonly DatasetRow[];
  /** A trace to replay. Files are read by `loadConfig` of `inference-lab/node`. */
  readonly tracePath?: string;
  /** A trace, as `tracePath` or the readers of `inference-lab/io` give it, or its rows alone. Rows out of order are sorted, with a warning. */
  readonly trace?: readonly TraceRow[] | RecordedTrace;
  /** Divides the arrival times of a trace; think times and the patience of clients stay. Default 1. */
  readonly rateScale?: number;
  /** Links requests of a trace that continue an earlier one's prompt into sessions, for traces with prefix ids. Default false. */
  readonly traceSessions?: boolean;
  /** Only what arrives in [from, to) of a trace; `from` becomes 0. Default: all; the first arrival becomes 0. */
  readonly timeWindow?: readonly [from: Seconds, to: Seconds];
  /** Only the first requests of a trace, after `timeWindow` and `sample`. Default: all. */
  readonly maxRequests?: number;
  /** Only this share of a trace's sessions, drawn at random and kept whole. Default 1. */
  readonly sample?: number;
  /** Makes a trace's arrivals later by up to this time, drawn per session: for timestamps in ticks. Default 0. */
  readonly traceJitter?: Seconds;
  /** Conversations instead of single requests; the arrival pattern says when they start. */
  readonly sessions?: SessionSettings;
}

/** A workload of your own: `create` is called once per run, so that a config can be run again. */
export interface WorkloadPlugin {
  readonly name: string;
  /** Handed to `create`. Default 42. */
  readonly seed?: number;
  /** A fresh workload, for one run. */
  create(seed: number): Workload;
}

/** Settings of the run that change no result. */
export interface SimulationSettings {
  /** A progress line every N steps, in verbose, debug and non-terminal output. Default 100. */
  readonly logInterval?: number;
  /**
   * "requests" keeps a row of each request; "summary" keeps none, so that memory follows the requests in the system and not the
   * length of the run: percentiles are then within 0.4 %, and `result.requests` is empty. Default "requests".
   */
  readonly retain?: "requests" | "summary";
}

/** Latency targets; a request meets them if it meets every one given. */
export interface SloConfig {
  readonly ttft?: Seconds;
  readonly tpot?: Seconds;
  readonly e2e?: Seconds;
}
