/** The modules of the charting library. Rejects where they are not installed. */
export declare function loadCharting(): Promise<{
  readonly vega: object;
  readonly vegaLite: object;
}>;
