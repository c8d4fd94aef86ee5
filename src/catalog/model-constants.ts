/** The models of the catalog as constants: `model: llama31_70b`, `model: { ...llama31_70b, quantization: "fp8" }`. */
import { modelPreset } from "./presets.js";

/** "llama-2-7b" of the catalog. */
export const llama2_7b = modelPreset("llama-2-7b");
/** "llama-2-13b" of the catalog. */
export const llama2_13b = modelPreset("llama-2-13b");
/** "llama-2-70b" of the catalog. */
export const llama2_70b = modelPreset("llama-2-70b");
/** "llama-3-8b" of the catalog. */
export const llama3_8b = modelPreset("llama-3-8b");
/** "llama-3-70b" of the catalog. */
export const llama3_70b = modelPreset("llama-3-70b");
/** "llama-3.1-8b" of the catalog. */
export const llama31_8b = modelPreset("llama-3.1-8b");
/** "llama-3.1-70b" of the catalog. */
export const llama31_70b = modelPreset("llama-3.1-70b");
/** "llama-3.1-405b" of the catalog. */
export const llama31_405b = modelPreset("llama-3.1-405b");
/** "llama-3.2-1b" of the catalog. */
export const llama32_1b = modelPreset("llama-3.2-1b");
/** "llama-3.2-3b" of the catalog. */
export const llama32_3b = modelPreset("llama-3.2-3b");
/** "llama-3.3-70b" of the catalog. */
export const llama33_70b = modelPreset("llama-3.3-70b");
/** "codellama-34b" of the catalog. */
export const codellama_34b = modelPreset("codellama-34b");
/** "yi-34b" of the catalog. */
export const yi_34b = modelPreset("yi-34b");
/** "qwen2.5-0.5b" of the catalog. */
export const qwen25_0_5b = modelPreset("qwen2.5-0.5b");
/** "qwen2.5-1.5b" of the catalog. */
export const qwen25_1_5b = modelPreset("qwen2.5-1.5b");
/** "qwen2.5-3b" of the catalog. */
export const qwen25_3b = modelPreset("qwen2.5-3b");
/** "qwen2.5-7b" of the catalog. */
export const qwen25_7b = modelPreset("qwen2.5-7b");
/** "qwen2.5-14b" of the catalog. */
export const qwen25_14b = modelPreset("qwen2.5-14b");
/** "qwen2.5-32b" of the catalog. */
export const qwen25_32b = modelPreset("qwen2.5-32b");
/** "qwen2.5-72b" of the catalog. */
export const qwen25_72b = modelPreset("qwen2.5-72b");
/** "qwen3-0.6b" of the catalog. */
export const qwen3_0_6b = modelPreset("qwen3-0.6b");
/** "qwen3-1.7b" of the catalog. */
export const qwen3_1_7b = modelPreset("qwen3-1.7b");
/** "qwen3-4b" of the catalog. */
export const qwen3_4b = modelPreset("qwen3-4b");
/** "qwen3-8b" of the catalog. */
export const qwen3_8b = modelPreset("qwen3-8b");
/** "qwen3-14b" of the catalog. */
export const qwen3_14b = modelPreset("qwen3-14b");
/** "qwen3-32b" of the catalog. */
export const qwen3_32b = modelPreset("qwen3-32b");
/** "mimo-7b" of the catalog. */
export const mimo_7b = modelPreset("mimo-7b");
/** "mistral-7b-v0.1" of the catalog. */
export const mistral_7bV01 = modelPreset("mistral-7b-v0.1");
/** "mistral-7b" of the catalog. */
export const mistral_7b = modelPreset("mistral-7b");
/** "mistral-nemo" of the catalog. */
export const mistralNemo = modelPreset("mistral-nemo");
/** "mistral-small-24b" of the catalog. */
export const mistralSmall_24b = modelPreset("mistral-small-24b");
/** "mistral-large" of the catalog. */
export const mistralLarge = modelPreset("mistral-large");
/** "gemma-2-9b" of the catalog. */
export const gemma2_9b = modelPreset("gemma-2-9b");
/** "gemma-2-27b" of the catalog. */
export const gemma2_27b = modelPreset("gemma-2-27b");
/** "gemma-3-4b" of the catalog. */
export const gemma3_4b = modelPreset("gemma-3-4b");
/** "gemma-3-12b" of the catalog. */
export const gemma3_12b = modelPreset("gemma-3-12b");
/** "gemma-3-27b" of the catalog. */
export const gemma3_27b = modelPreset("gemma-3-27b");
/** "phi-3-mini" of the catalog. */
export const phi3Mini = modelPreset("phi-3-mini");
/** "phi-3-medium" of the catalog. */
export const phi3Medium = modelPreset("phi-3-medium");
/** "phi-4" of the catalog. */
export const phi4 = modelPreset("phi-4");
/** "bloom-176b" of the catalog. */
export const bloom_176b = modelPreset("bloom-176b");
/** "opt-13b" of the catalog. */
export const opt_13b = modelPreset("opt-13b");
/** "opt-66b" of the catalog. */
export const opt_66b = modelPreset("opt-66b");
/** "mixtral-8x7b" of the catalog. */
export const mixtral_8x7b = modelPreset("mixtral-8x7b");
/** "mixtral-8x22b" of the catalog. */
export const mixtral_8x22b = modelPreset("mixtral-8x22b");
/** "qwen3-30b-a3b" of the catalog. */
export const qwen3_30bA3b = modelPreset("qwen3-30b-a3b");
/** "qwen3-235b-a22b" of the catalog. */
export const qwen3_235bA22b = modelPreset("qwen3-235b-a22b");
/** "qwen3-coder-480b-a35b" of the catalog. */
export const qwen3Coder_480bA35b = modelPreset("qwen3-coder-480b-a35b");
/** "qwen3-vl-235b-a22b" of the catalog. */
export const qwen3Vl_235bA22b = modelPreset("qwen3-vl-235b-a22b");
/** "gpt-oss-20b" of the catalog. */
export const gptOss_20b = modelPreset("gpt-oss-20b");
/** "gpt-oss-120b" of the catalog. */
export const gptOss_120b = modelPreset("gpt-oss-120b");
/** "minimax-m2" of the catalog. */
export const minimaxM2 = modelPreset("minimax-m2");
/** "minimax-m2.5" of the catalog. */
export const minimaxM25 = modelPreset("minimax-m2.5");
/** "minimax-m2.7" of the catalog. */
export const minimaxM27 = modelPreset("minimax-m2.7");
/** "glm-4.5" of the catalog. */
export const glm45 = modelPreset("glm-4.5");
/** "glm-4.5-air" of the catalog. */
export const glm45Air = modelPreset("glm-4.5-air");
/** "llama-4-scout" of the catalog. */
export const llama4Scout = modelPreset("llama-4-scout");
/** "llama-4-maverick" of the catalog. */
export const llama4Maverick = modelPreset("llama-4-maverick");
/** "hy3" of the catalog. */
export const hy3 = modelPreset("hy3");
/** "deepseek-v2-lite" of the catalog. */
export const deepseekV2Lite = modelPreset("deepseek-v2-lite");
/** "deepseek-v2" of the catalog. */
export const deepseekV2 = modelPreset("deepseek-v2");
/** "deepseek-v3" of the catalog. */
export const deepseekV3 = modelPreset("deepseek-v3");
/** "deepseek-r1" of the catalog. */
export const deepseekR1 = modelPreset("deepseek-r1");
/** "deepseek-v3.2" of the catalog. */
export const deepseekV32 = modelPreset("deepseek-v3.2");
/** "kimi-k2" of the catalog. */
export const kimiK2 = modelPreset("kimi-k2");
/** "kimi-k2.5" of the catalog. */
export const kimiK25 = modelPreset("kimi-k2.5");
/** "glm-5" of the catalog. */
export const glm5 = modelPreset("glm-5");
/** "glm-5.1" of the catalog. */
export const glm51 = modelPreset("glm-5.1");
/** "qwen3-next-80b-a3b" of the catalog. */
export const qwen3Next_80bA3b = modelPreset("qwen3-next-80b-a3b");
/** "qwen3.5-4b" of the catalog. */
export const qwen35_4b = modelPreset("qwen3.5-4b");
/** "qwen3.5-9b" of the catalog. */
export const qwen35_9b = modelPreset("qwen3.5-9b");
/** "qwen3.5-27b" of the catalog. */
export const qwen35_27b = modelPreset("qwen3.5-27b");
/** "qwen3.5-35b-a3b" of the catalog. */
export const qwen35_35bA3b = modelPreset("qwen3.5-35b-a3b");
/** "qwen3.5-122b-a10b" of the catalog. */
export const qwen35_122bA10b = modelPreset("qwen3.5-122b-a10b");
/** "qwen3.5-397b-a17b" of the catalog. */
export const qwen35_397bA17b = modelPreset("qwen3.5-397b-a17b");
/** "nemotron-3-nano-30b-a3b" of the catalog. */
export const nemotron3Nano_30bA3b = modelPreset("nemotron-3-nano-30b-a3b");
/** "kimi-k3" of the catalog. */
export const kimiK3 = modelPreset("kimi-k3");
/** "gemma-4-26b-a4b" of the catalog. */
export const gemma4_26bA4b = modelPreset("gemma-4-26b-a4b");
/** "mimo-v2-flash" of the catalog. */
export const mimoV2Flash = modelPreset("mimo-v2-flash");
