/**
 * What touches the file system: `inference-lab/node`.
 *
 * @module
 */
export { loadConfig } from "./load-config.js";
