/** One accelerator as the catalog describes it: what it can do at each precision, and how it is connected. */
import type { Bytes, Flops } from "../base/units.js";

export interface DeviceDescription {
  /** As in the catalog, for instance "h100-sxm". */
  readonly name: string;
  /** Devices of one family share efficiencies where a device has none of its own, for instance "hopper". */
  readonly family: string;
  /** Dense FLOP/s; absent where the hardware has no such arithmetic. */
  readonly flops: Readonly<Partial<Record<"bf16" | "fp8" | "fp4" | "int8", Flops>>>;
  /** Bytes of memory as the driver reports them where known, else the datasheet's. */
  readonly memoryCapacity: Bytes;
  /** Bytes/s. */
  readonly memoryBandwidth: Bytes;
  /** Bytes/s between devices of one node, both directions together; absent without a fabric (PCIe is assumed). */
  readonly scaleUpBandwidth?: Bytes;
  /** Bytes/s per device between nodes, one direction. */
  readonly scaleOutBandwidth?: Bytes;
}

/** How a model is spread over devices. All default to 1. */
export interface Parallelism {
  readonly tensorParallel: number;
  readonly pipelineParallel: number;
  /** Devices over which experts are spread whole instead of being cut; 1: experts are cut as other weights are. */
  readonly expertParallel: number;
  /** Data-parallel attention replicas that share the experts. */
  readonly dataParallel: number;
  readonly devicesPerNode: number;
}
