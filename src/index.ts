/**
 * Inference Lab: a discrete-event simulation of LLM inference serving.
 *
 * `simulate(config)` runs a deployment under a workload; {@link Simulation} does the same step by step.
 *
 * @module
 */
export type { Bytes, Flops, Seconds, Tokens } from "./base/units.js";
export {
  ConfigError,
  type ConfigProblem,
  InferenceLabError,
  InvariantError,
  PolicyError,
  StalledError,
  TraceError,
} from "./base/errors.js";
export type { AttentionShape, BatchShape } from "./request/batch-shape.js";
export type { RequestSpec } from "./request/request-spec.js";
export type { BatchEntry } from "./request/batch.js";
export { RequestStatus, type OracleView, type RequestView } from "./request/request.js";
export type { HardwareSpec } from "./spec/hardware-spec.js";
export type { ModelSpec } from "./spec/model-spec.js";
export { composeModel } from "./spec/compose-model.js";
export type { DeviceDescription } from "./spec/device-description.js";
export type {
  ExpertRouting,
  LatentAttention,
  LayerClass,
  Matrix,
  ModelDescription,
  RecurrentLayers,
  SoftmaxAttention,
  WeightRole,
  WeightStream,
} from "./spec/model-description.js";
export type { ExpertRoutingLaw } from "./spec/parallelism.js";
export type { Arithmetic, KvCacheDtype, Precision, Quantization } from "./spec/precision.js";
export { calibrated, type CalibratedCostModel, type StepParts } from "./cost/calibrated.js";
export type { Coefficients } from "./cost/coefficients.js";
export type { Confidence, ConfidenceMetric, Interval } from "./cost/confidence.js";
export type { CostModel, StepCost, StepCosts } from "./cost/cost-model.js";
export type { HeldOut, Provenance, Reach } from "./cost/provenance.js";
export type { KernelProvenance } from "./cost/resolve-kernels.js";
export { roofline } from "./cost/roofline.js";
export {
  vllmServeDefaults,
  type VllmDefaults,
  type VllmDefaultsInput,
} from "./cost/vllm-defaults.js";
export {
  type AnyPolicy,
  type OraclePolicy,
  type PolicyPlugin,
  policyApiVersion,
  type SchedulingPolicy,
} from "./scheduler/policy.js";
export { lif, lof, ltf, sif, sof, stf } from "./scheduler/policies/by-length.js";
export { fcfs } from "./scheduler/policies/fcfs.js";
export { priority } from "./scheduler/policies/priority.js";
export { fixed, lognormal, normal, uniform } from "./workload/lengths.js";
export type { LengthDistribution, Workload } from "./workload/workload.js";
export type {
  AbortEvent,
  AdmissionEvent,
  ArrivalEvent,
  CompletionEvent,
  FirstTokenEvent,
  PreemptionEvent,
  RejectionEvent,
  SimulationEvent,
  StepEvent,
} from "./engine/events.js";
export { scenario, type Incomplete, type Scenario } from "./simulation/builder.js";
export type {
  ArrivalPattern,
  DatasetRow,
  HardwareConfig,
  LengthConfig,
  ModelConfig,
  PolicyName,
  RecordedTrace,
  SchedulerConfig,
  SessionSettings,
  SimulationConfig,
  SimulationSettings,
  SloConfig,
  TraceRow,
  WorkloadConfig,
  WorkloadPlugin,
} from "./simulation/config.js";
export { ideal } from "./simulation/cost-models.js";
export type { Progress, StepCounts } from "./simulation/progress.js";
export type {
  ConfidenceJson,
  Distribution,
  DistributionJson,
  ProvenanceJson,
  GroupJson,
  KvCacheCapacity,
  LabelColumn,
  LabelName,
  Rejection,
  RequestColumns,
  RequestGroup,
  ResultJson,
  SimulationResult,
  SloReport,
  TimeSeries,
} from "./simulation/result.js";
export {
  type RunAsyncOptions,
  type RunOptions,
  Simulation,
  simulate,
} from "./simulation/simulation.js";
