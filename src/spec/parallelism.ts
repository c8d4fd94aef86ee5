/** How a model is spread over devices, and how tokens are spread over experts. */

export interface Parallelism {
  /** Devices that cut each layer. */
  readonly tensorParallel: number;
  /** Stages of consecutive layers. */
  readonly pipelineParallel: number;
  /** Data-parallel replicas of the attention, which share the experts. */
  readonly dataParallel: number;
  /** Whether experts are dealt out whole over tensorParallel × dataParallel devices, instead of each being cut. */
  readonly expertParallel: boolean;
  /** Devices of one node; more of them reach over the scale-out fabric. */
  readonly devicesPerNode: number;
}

/** One device. */
export const single: Parallelism = {
  tensorParallel: 1,
  pipelineParallel: 1,
  dataParallel: 1,
  expertParallel: false,
  devicesPerNode: 8,
};

/**
 * How often experts are chosen: all alike, or the expert of rank r in proportion to r^−exponent (Zipf), or the
 * expert at the share x of the ranks in proportion to x^(exponent − 1) (power law).
 */
export type ExpertRoutingLaw =
  | { readonly type: "uniform" }
  | { readonly type: "zipf"; readonly exponent: number }
  | { readonly type: "power_law"; readonly exponent: number };
