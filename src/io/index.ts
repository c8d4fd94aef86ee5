/** Traces from bytes: works wherever web streams do (Node, Deno, Bun, browsers). */
export { readTrace, type ReadTraceOptions } from "./trace-reader.js";
export type { TraceFormatName } from "./trace-formats.js";
export type { ByteSource } from "./text-lines.js";
export type { TraceRow } from "../workload/replay.js";
