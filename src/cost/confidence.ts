/** How far predictions were off on measurements that the fit had not seen, and what that says of a run. */

/** Errors of one kind of deployment. */
export interface HeldOutClass {
  readonly rows: number;
  readonly metrics: Readonly<
    Record<
      ConfidenceMetric,
      {
        /** |ln(predicted / measured)| of the row at the level of the interval. */
        readonly error: number;
        /** Share of rows within the interval that other rows give. */
        readonly coverage: number;
      }
    >
  >;
}

export type ConfidenceMetric = "ttft" | "tpot" | "e2e" | "throughput";
export interface HeldOutErrors {
  readonly level: number;
  readonly classes: Readonly<Record<"measured" | "dense" | "mixture", HeldOutClass>>;
  readonly overall: HeldOutClass;
  readonly models: readonly {
    readonly name: string;
    readonly hiddenDim: number;
    readonly numLayers: number;
  }[];
  readonly range: {
    readonly devices: readonly string[];
    readonly precisions: readonly string[];
    readonly tensorParallel: readonly number[];
    readonly batch: readonly number[];
    readonly context: readonly number[];
  };
}
