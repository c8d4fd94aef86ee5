/**
 * What touches the file system: `inference-lab/node`.
 *
 * @module
 */
export type { FileConfig } from "../config/index.js";
export type { DatasetProgress } from "../io/index.js";
export type { LoadDatasetOptions, LoadDatasetProgress } from "./dataset-files.js";
export { loadConfig } from "./load-config.js";
export { loadPolicy, type PolicyFactory } from "./load-policy.js";
export { loadTrace, type LoadTraceOptions } from "./trace-files.js";
