/**
 * Config files: text or plain objects to the typed config, and what a config file may contain: `inference-lab/config`.
 *
 * @module
 */
export { ConfigError, type ConfigProblem } from "../base/errors.js";
export type { SimulationConfig } from "../simulation/config.js";
export { exampleConfig, type ExampleConfigOptions } from "./example-config.js";
export { configJsonSchema, type JsonSchema } from "./json-schema.js";
export { type FileConfig, parseConfig, type ParseConfigOptions } from "./parse-config.js";
