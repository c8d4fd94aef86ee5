/**
 * For notebooks and pages: all that needs no file system (the simulator, the catalog, config texts, traces and datasets), with tables and charts that
 * show themselves: `inference-lab/notebook`.
 *
 * @module
 */
export * from "../index.js";
export * from "../calibration/index.js";
export {
  exampleConfig,
  type ExampleConfigOptions,
  parseConfig,
  type ParseConfigOptions,
} from "../config/index.js";
export * from "../catalog/index.js";
export * from "../io/index.js";
export { simulate, Simulation } from "./simulation.js";
export { charts, type Charts } from "./charts.js";
export { draw, type Chart, type Charting, type VegaLiteSpec } from "./charting.js";
export { latencySpec } from "./latency-chart.js";
export { timelineSpec } from "./timeline-chart.js";
export { batchSpec } from "./batch-chart.js";
export { table, type TableRows } from "./table.js";
export type { NamedResults } from "./result-table.js";
export type { Table } from "./html-table.js";
export { show } from "./show.js";
export type { Display, MimeBundle } from "./display.js";
