/** Traces and datasets from bytes: works wherever web streams do (Node, Deno, Bun, browsers). */
export { readTrace, type ReadTraceOptions, type Trace } from "./trace-reader.js";
export type { TraceFormatName } from "./trace-formats.js";
export type { TextOptions } from "./formats/json-format.js";
export { formatRow } from "./formats/requests.js";
export type { PrefixStats } from "./prefix-stats.js";
export { traceStats, type LengthStats, type TraceStats } from "./trace-stats.js";
export type { ByteSource } from "./text-lines.js";
export type { PrefixIds, RecordedTrace, SharedPrefix, TraceRow } from "../workload/trace-row.js";
export { fromOpenAIBatch, type DatasetOptions, type DatasetProgress } from "./dataset.js";
export { createTokenizer, type Tokenizer } from "./tokenizer.js";
export { fromBenchServe, fromStepCsv } from "./bench-results.js";
