/** What one accelerator is, as far as a cost model needs to know. */
import type { Bytes, Flops } from "../base/units.js";

/** The devices of one replica, every default filled in. */
export interface HardwareSpec {
  /** FLOP/s of one device at the precision used. */
  readonly computeFlops: Flops;
  /** Bytes/s of one device's memory. */
  readonly memoryBandwidth: Bytes;
  /** Bytes of memory of one device. */
  readonly memoryCapacity: Bytes;
  /** Bytes of one weight or KV element: 1 for fp8, 2 for bf16. */
  readonly bytesPerParam: Bytes;
  /** Devices that weights and KV cache are sharded over. */
  readonly tensorParallel: number;
}
