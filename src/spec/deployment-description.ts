/** What a cost model prices: a model, spread over devices, with the settings of the engine that change what a step costs. */
import type { Bytes } from "../base/units.js";
import type { DeviceDescription } from "./device-description.js";
import type { HardwareSpec } from "./hardware-spec.js";
import type { ModelDescription } from "./model-description.js";
import type { ExpertRoutingLaw, Parallelism } from "./parallelism.js";
import type { Precision } from "./precision.js";

export interface DeploymentDescription {
  readonly model: ModelDescription;
  /** The bare numbers of one device. */
  readonly hardware: HardwareSpec;
  /** What the catalog knows of it; absent where hardware is given by bare numbers. */
  readonly device?: DeviceDescription;
  readonly parallelism: Parallelism;
  readonly expertRouting: ExpertRoutingLaw;
  readonly kvPrecision: Precision;
  /** Bytes of one KV element. */
  readonly kvBytesPerElement: Bytes;
  /** Which kernels multiply matrices, where the user says so; a name of the calibration. */
  readonly kernelBackend?: string;
  /** For instance "0.19.0". */
  readonly engineVersion?: string;
  readonly asyncScheduling: boolean;
  readonly maxNumSeqs: number;
  readonly maxNumBatchedTokens: number;
}
