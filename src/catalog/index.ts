/**
 * Devices and models as data, each number with its source, and models from a Hugging Face config.json: `inference-lab/catalog`.
 *
 * @module
 */
export type { DeviceDescription } from "../spec/device-description.js";
export type {
  ExpertRouting,
  LatentAttention,
  LayerClass,
  Matrix,
  ModelDescription,
  RecurrentLayers,
  SoftmaxAttention,
  WeightRole,
  WeightStream,
} from "../spec/model-description.js";
export type { Precision, Quantization } from "../spec/precision.js";
export { composeModel } from "../spec/compose-model.js";
export * from "./hardware-constants.js";
export * from "./model-constants.js";
export {
  type HuggingFaceConfig,
  type HuggingFaceOptions,
  modelFromHuggingFace,
  type ModelPreset,
} from "./hugging-face.js";
export {
  hardwareNames,
  hardwarePreset,
  type HardwarePreset,
  modelNames,
  modelPreset,
} from "./presets.js";
export { type ConfigWithPresets, withPresets } from "./with-presets.js";
