/** One accelerator as the catalog describes it: what it can do at each precision, and how it is connected. */
import type { Bytes, Flops } from "../base/units.js";
import type { Arithmetic } from "./precision.js";

/** What the catalog knows of an accelerator. */
export interface DeviceDescription {
  /** As in the catalog, for instance "h100-sxm". */
  readonly name: string;
  /** Devices of one family share efficiencies where a device has none of its own, for instance "hopper". */
  readonly family: string;
  /** Dense FLOP/s; absent where the hardware has no such arithmetic. */
  readonly flops: Readonly<Partial<Record<Arithmetic, Flops>>>;
  /** Bytes of memory as the driver reports them where known, else the datasheet's. */
  readonly memoryCapacity: Bytes;
  /** Bytes/s. */
  readonly memoryBandwidth: Bytes;
  /** Bytes/s between devices of one node, both directions together; absent without a fabric (PCIe is assumed). */
  readonly scaleUpBandwidth?: Bytes;
  /** Default "pcie". An nvswitch can reduce on the way; a mesh (infinity-fabric), torus (ici) or bus cannot. */
  readonly fabric?:
    "nvswitch" | "nvlink-bridge" | "infinity-fabric" | "ici" | "ethernet" | "neuronlink" | "pcie";
  /** Devices that the scale-up fabric connects. Default 8. */
  readonly scaleUpSize?: number;
  /** Bytes/s per device between nodes, one direction. */
  readonly scaleOutBandwidth?: Bytes;
  /** Where the numbers are from. */
  readonly source?: string;
  /** False where no second source confirms the numbers. Default true. */
  readonly verified?: boolean;
}
