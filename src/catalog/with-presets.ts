/** Configs that name presets, to configs that can be simulated. */
import type { HardwareConfig, ModelConfig, SimulationConfig } from "../simulation/config.js";
import { hardwarePreset, modelPreset } from "./presets.js";

/** A config whose hardware and model may begin with a preset; further keys go before those of the preset. */
export type ConfigWithPresets = Omit<SimulationConfig, "hardware" | "model"> & {
  readonly hardware: HardwareConfig | (Partial<HardwareConfig> & { readonly preset: string });
  readonly model: ModelConfig | (Partial<ModelConfig> & { readonly preset: string });
};

/**
 * The same config with its presets written out.
 *
 * ```ts
 * simulate(withPresets({
 *   hardware: { preset: "h100-sxm", tensorParallel: 4 },
 *   model: { preset: "llama-3.1-70b", quantization: "fp8", maxSeqLen: 8192 },
 *   scheduler,
 *   workload,
 * }));
 * ```
 *
 * @throws ConfigError with suggestions for a name that is not in the catalog
 */
export function withPresets(config: ConfigWithPresets): SimulationConfig {
  return {
    ...config,
    hardware: expandPreset(config.hardware, hardwarePreset) as HardwareConfig,
    model: expandPreset(config.model, modelPreset) as ModelConfig,
  };
}

/** A table with its preset written out. Takes anything: what is no table with a preset is for the checks to judge. */
export function expandPreset(table: unknown, presetOf: (name: string) => object): unknown {
  if (typeof table !== "object" || table === null || !("preset" in table)) return table;
  if (typeof table.preset !== "string") return table;
  const { preset, ...keys } = table;
  const given = Object.entries(keys).filter(([, value]) => value !== undefined);
  return { ...presetOf(preset), ...Object.fromEntries(given) };
}
