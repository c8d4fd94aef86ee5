/**
 * Fitted by `npm run fit`; not edited by hand. Sources: kernel tables and measured latencies of ai-dynamo/aiconfigurator
 * 095f58a5 (Apache-2.0), an RTX 4090 run of casys-kaist/LLMServingSim 5daddb21 (MIT).
 *
 * Residuals of the fit to whole engines (MAPE in %):
 * - MiniMax-M2.5 b200_sxm fp8_block fp8_block: 53 rows, TPOT 4.9, TTFT 14.0
 * - MiniMax-M2.5 h200_sxm fp8_block fp8_block_alt: 15 rows, TPOT 2.8, TTFT 5.9
 * - MiniMax-M2.5 h200_sxm fp8_block fp8_block: 18 rows, TPOT 4.5, TTFT 11.7
 * - Qwen3-32B h100_sxm bf16: 53 rows, TPOT 2.4, TTFT 14.3
 * - gpt-oss-120b h100_sxm bf16 marlin_mxfp4: 41 rows, TPOT 3.1, TTFT 13.5
 * - MiniMax-M2.5 h100_sxm fp8_block fp8_block: 28 rows, TPOT 1.5, TTFT 5.6
 * - MiniMax-M2.5 b200_sxm fp8_block fp8_block_alt: 20 rows, TPOT 4.0, TTFT 33.4
 * - Llama-3.1-70B h100_sxm fp8: 45 rows, TPOT 2.6, TTFT 6.6
 * - overall: 273 rows, TPOT 3.2, TTFT 12.7
 *
 * Factors on the coefficients of single kernels, and on estimates of the engine:
 * - linear bf16 compute × 0.91
 * - linear bf16 bandwidth × 1.01
 * - linear bf16 launch × 0.86
 * - linear fp8 compute × 1.00
 * - linear fp8 bandwidth × 1.20
 * - linear fp8 launch × 1.65
 * - linear fp8 conversion × 0.43
 * - linear fp8_block compute × 0.79
 * - linear fp8_block bandwidth × 0.99
 * - linear fp8_block launch × 1.01
 * - prefill attention compute × 0.66
 * - prefill attention bandwidth × 0.90
 * - decode attention bandwidth × 0.92
 * - decode attention launch × 1.16
 * - decode attention per sequence × 3.39
 * - experts used × 0.58
 * - experts compute × 1.13
 * - experts activation × 2.15
 * - experts marlin compute × 1.68
 * - experts marlin bandwidth × 0.71
 * - experts marlin launch × 0.62
 * - experts fp8_block compute × 0.67
 * - experts fp8_block launch × 1.48
 * - experts fp8_block_alt compute × 1.00
 * - experts fp8_block_alt launch × 1.06
 * - all-reduce latency × 0.99
 * - all-reduce latency per device × 0.57
 * - all-reduce second stage × 0.56
 * - all-reduce bandwidth × 1.40
 * - per layer × 1.60
 * - elementwise bandwidth × 0.51
 * - launch per layer × 1.70
 * - launch per expert layer × 2.45
 * - sampling per step × 0.97
 * - sampling per sequence × 0.62
 * - host per step × 0.75
 * - host per sequence × 2.65
 * - host per prefill × 0.95
 *
 * Residuals of the kernel fits (MAPE in %):
 * - ampere linear bf16: 9.2 of 3206 rows
 * - ampere experts bf16: 17.4 of 1530 rows
 * - ampere prefill bf16: 15.7 of 1671 rows
 * - ampere decode bf16: 21.3 of 1591 rows
 * - ampere all-reduce: 12.2 of 63 rows
 * - hopper linear bf16: 8.2 of 3435 rows
 * - hopper linear fp8: 12.8 of 3435 rows
 * - hopper experts bf16: 18.2 of 2585 rows
 * - hopper experts fp8: 27.9 of 2349 rows
 * - hopper experts fp8_block: 11.9 of 2662 rows
 * - hopper experts mxfp4_bf16: 11.7 of 1296 rows
 * - hopper experts marlin: 13.9 of 1188 rows
 * - hopper prefill bf16: 13.7 of 3156 rows
 * - hopper prefill fp8: 16.7 of 3156 rows
 * - hopper decode bf16: 14.2 of 3803 rows
 * - hopper decode fp8: 17.3 of 3959 rows
 * - hopper all-reduce: 9.8 of 126 rows
 * - blackwell linear bf16: 12.1 of 4580 rows
 * - blackwell linear fp8: 16.7 of 4580 rows
 * - blackwell linear nvfp4: 12.8 of 4580 rows
 * - blackwell experts bf16: 19.3 of 2622 rows
 * - blackwell experts fp8: 19.6 of 2592 rows
 * - blackwell experts fp8_block: 13.7 of 2664 rows
 * - blackwell experts nvfp4: 18.0 of 2975 rows
 * - blackwell experts mxfp4: 22.4 of 2592 rows
 * - blackwell experts mxfp4_bf16: 13.6 of 2592 rows
 * - blackwell experts marlin: 14.5 of 2376 rows
 * - blackwell prefill bf16: 20.1 of 3607 rows
 * - blackwell prefill fp8: 26.2 of 3607 rows
 * - blackwell decode bf16: 10.7 of 3803 rows
 * - blackwell decode fp8: 11.6 of 3959 rows
 * - blackwell all-reduce: 16.8 of 210 rows
 * - ada linear bf16: 17.4 of 3435 rows
 * - ada linear fp8: 21.6 of 3435 rows
 * - ada experts bf16: 20.1 of 2524 rows
 * - ada experts fp8: 27.5 of 2268 rows
 * - ada experts fp8_block: 19.0 of 1984 rows
 * - ada experts marlin: 17.3 of 972 rows
 * - ada prefill bf16: 19.5 of 3156 rows
 * - ada prefill fp8: 23.5 of 3146 rows
 * - ada decode bf16: 37.4 of 3803 rows
 * - ada decode fp8: 15.9 of 3814 rows
 * - ada all-reduce: 79.0 of 63 rows
 * - blackwell-rtx linear bf16: 12.8 of 3435 rows
 * - blackwell-rtx linear fp8: 15.7 of 3435 rows
 * - blackwell-rtx linear nvfp4: 23.3 of 3435 rows
 * - blackwell-rtx experts bf16: 15.8 of 2457 rows
 * - blackwell-rtx experts fp8: 15.1 of 2268 rows
 * - blackwell-rtx experts nvfp4: 14.3 of 2214 rows
 * - blackwell-rtx experts marlin: 15.4 of 972 rows
 * - blackwell-rtx prefill bf16: 17.8 of 3156 rows
 * - blackwell-rtx prefill fp8: 21.4 of 3146 rows
 * - blackwell-rtx decode bf16: 37.1 of 3803 rows
 * - blackwell-rtx decode fp8: 16.0 of 3814 rows
 * - blackwell-rtx all-reduce: 15.2 of 63 rows
 */
import type { Coefficients } from "./coefficients.js";

export const defaultCoefficients: Coefficients = {
  families: {
    ampere: {
      linear: {
        bf16: {
          compute: 0.6932,
          bandwidth: 0.7468,
          launch: 0.000005213,
          conversion: 0,
          source: "vLLM kernels on a100_sxm: 3206 rows, MAPE 9.2 %",
        },
        fp8_block: {
          compute: 0.5551,
          bandwidth: 0.7417,
          launch: 0.000007049,
          conversion: 0,
          source: "estimate for whole engines, factors fitted to them",
        },
        int4: {
          compute: 0.6076,
          bandwidth: 0.6275,
          launch: 0.000008047,
          conversion: 0,
          source:
            "estimate from bf16 (weights are converted on the way): vLLM kernels on a100_sxm: 3206 rows, MAPE 9.2 %",
        },
      },
      experts: {
        bf16: {
          compute: 0.4541,
          bandwidth: 1.032,
          launch: 0.00003974,
          activation: 5.296,
          tileRows: 61.79,
          source: "vLLM kernels on a100_sxm: 1530 rows, MAPE 17.4 %",
        },
      },
      prefill: {
        bf16: {
          compute: 0.4642,
          bandwidth: 0.2381,
          launch: 0.00001218,
          tileKeys: 143.2,
          softmaxElements: 80.05,
          source: "vLLM kernels on a100_sxm: 1671 rows, MAPE 15.7 %",
        },
      },
      decode: {
        bf16: {
          compute: 0.5,
          bandwidth: 0.6788,
          launch: 0.0000192,
          perSequence: 2.425e-7,
          source: "vLLM kernels on a100_sxm: 1591 rows, MAPE 21.3 %",
        },
      },
      allReduce: {
        latency: 0.00000496,
        latencyPerDevice: 1.725e-7,
        secondStage: 0.000002371,
        bandwidth: 0.8073,
        source: "vLLM kernels on a100_sxm: 63 rows, MAPE 12.2 %",
      },
    },
    hopper: {
      linear: {
        bf16: {
          compute: 0.7285,
          bandwidth: 0.8722,
          launch: 0.000003395,
          conversion: 0,
          source: "vLLM kernels on h100_sxm, h200_sxm: 3435 rows, MAPE 8.2 %",
        },
        fp8: {
          compute: 0.7583,
          bandwidth: 0.9458,
          launch: 0.0000107,
          conversion: 5.406,
          source: "vLLM kernels on h100_sxm, h200_sxm: 3435 rows, MAPE 12.8 %",
        },
        fp8_block: {
          compute: 0.5551,
          bandwidth: 0.7417,
          launch: 0.000007049,
          conversion: 0,
          source: "estimate for whole engines, factors fitted to them",
        },
        int4: {
          compute: 0.6386,
          bandwidth: 0.7329,
          launch: 0.000005939,
          conversion: 0,
          source:
            "estimate from bf16 (weights are converted on the way): vLLM kernels on h100_sxm, h200_sxm: 3435 rows, MAPE 8.2 %",
        },
      },
      experts: {
        bf16: {
          compute: 0.8058,
          bandwidth: 0.9255,
          launch: 0.00004186,
          activation: 7.432,
          tileRows: 21.24,
          source: "vLLM kernels on h100_sxm, h200_sxm: 2585 rows, MAPE 18.2 %",
        },
        fp8: {
          compute: 0.2269,
          bandwidth: 0.1669,
          launch: 0.0001173,
          activation: 14.44,
          tileRows: 18.01,
          source: "vLLM kernels on h100_sxm, h200_sxm: 2349 rows, MAPE 27.9 %",
        },
        fp8_block: {
          compute: 0.3004,
          bandwidth: 0.8952,
          launch: 0.00006497,
          activation: 7.697,
          tileRows: 54.63,
          source: "vLLM kernels on h100_sxm, h200_sxm: 2662 rows, MAPE 11.9 %",
        },
        mxfp4_bf16: {
          compute: 0.7438,
          bandwidth: 0.8643,
          launch: 0.00003761,
          activation: 5.445,
          tileRows: 60.15,
          source: "vLLM kernels on h100_sxm, h200_sxm: 1296 rows, MAPE 11.7 %",
        },
        marlin: {
          compute: 0.5705,
          bandwidth: 0.6576,
          launch: 0.00003194,
          activation: 9.476,
          tileRows: 23.71,
          source: "vLLM kernels on h100_sxm, h200_sxm: 1188 rows, MAPE 13.9 %",
        },
        fp8_block_alt: {
          compute: 0.2316,
          bandwidth: 0.8952,
          launch: 0.0001107,
          activation: 7.697,
          tileRows: 54.63,
          source:
            "vLLM kernels on h100_sxm, h200_sxm: 2662 rows, MAPE 11.9 %; slower by factors fitted to engines",
        },
      },
      prefill: {
        bf16: {
          compute: 0.5543,
          bandwidth: 0.2806,
          launch: 0.00001308,
          tileKeys: 385.7,
          softmaxElements: 89.55,
          source: "vLLM kernels on h100_sxm, h200_sxm: 3156 rows, MAPE 13.7 %",
        },
        fp8: {
          compute: 0.4934,
          bandwidth: 0.2217,
          launch: 0.00001468,
          tileKeys: 494.6,
          softmaxElements: 59.23,
          source: "vLLM kernels on h100_sxm, h200_sxm: 3156 rows, MAPE 16.7 %",
        },
      },
      decode: {
        bf16: {
          compute: 0.5003,
          bandwidth: 0.7919,
          launch: 0.00001358,
          perSequence: 1.794e-7,
          source: "vLLM kernels on h100_sxm, h200_sxm: 3803 rows, MAPE 14.2 %",
        },
        fp8: {
          compute: 0.4999,
          bandwidth: 0.5727,
          launch: 0.00001531,
          perSequence: 1.826e-7,
          source: "vLLM kernels on h100_sxm, h200_sxm: 3959 rows, MAPE 17.3 %",
        },
      },
      allReduce: {
        latency: 0.000004381,
        latencyPerDevice: 9.285e-8,
        secondStage: 0.000001597,
        bandwidth: 0.9357,
        source: "vLLM kernels on h100_sxm, h200_sxm: 126 rows, MAPE 9.8 %",
      },
    },
    blackwell: {
      linear: {
        bf16: {
          compute: 0.6729,
          bandwidth: 0.8118,
          launch: 0.000003215,
          conversion: 0,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 4580 rows, MAPE 12.1 %",
        },
        fp8: {
          compute: 0.6748,
          bandwidth: 0.7372,
          launch: 0.0000109,
          conversion: 8.101,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 4580 rows, MAPE 16.7 %",
        },
        nvfp4: {
          compute: 0.407,
          bandwidth: 0.7914,
          launch: 0.000007993,
          conversion: 2.957,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 4580 rows, MAPE 12.8 %",
        },
        fp8_block: {
          compute: 0.5551,
          bandwidth: 0.7417,
          launch: 0.000007049,
          conversion: 0,
          source: "estimate for whole engines, factors fitted to them",
        },
        int4: {
          compute: 0.5899,
          bandwidth: 0.6821,
          launch: 0.00000573,
          conversion: 0,
          source:
            "estimate from bf16 (weights are converted on the way): vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 4580 rows, MAPE 12.1 %",
        },
      },
      experts: {
        bf16: {
          compute: 0.5567,
          bandwidth: 0.9002,
          launch: 0.00001906,
          activation: 4.385,
          tileRows: 86.22,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2622 rows, MAPE 19.3 %",
        },
        fp8: {
          compute: 0.6034,
          bandwidth: 0.8479,
          launch: 0.00002027,
          activation: 5.717,
          tileRows: 15.67,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2592 rows, MAPE 19.6 %",
        },
        fp8_block: {
          compute: 0.1837,
          bandwidth: 1.026,
          launch: 0.0000447,
          activation: 5.344,
          tileRows: 73.14,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2664 rows, MAPE 13.7 %",
        },
        nvfp4: {
          compute: 0.6147,
          bandwidth: 0.7824,
          launch: 0.00001774,
          activation: 5.914,
          tileRows: 15.28,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2975 rows, MAPE 18.0 %",
        },
        mxfp4: {
          compute: 1.003,
          bandwidth: 0.7383,
          launch: 0.00003199,
          activation: 9.015,
          tileRows: 13.36,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2592 rows, MAPE 22.4 %",
        },
        mxfp4_bf16: {
          compute: 0.4918,
          bandwidth: 0.8164,
          launch: 0.00002227,
          activation: 14.6,
          tileRows: 64.2,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2592 rows, MAPE 13.6 %",
        },
        marlin: {
          compute: 0.2754,
          bandwidth: 0.5297,
          launch: 0.00003132,
          activation: 16.94,
          tileRows: 22.98,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2376 rows, MAPE 14.5 %",
        },
        fp8_block_alt: {
          compute: 0.1417,
          bandwidth: 1.026,
          launch: 0.00007616,
          activation: 5.344,
          tileRows: 73.14,
          source:
            "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2664 rows, MAPE 13.7 %; slower by factors fitted to engines",
        },
      },
      prefill: {
        bf16: {
          compute: 0.5763,
          bandwidth: 0.1841,
          launch: 0.00001218,
          tileKeys: 379.7,
          softmaxElements: 171.5,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 3607 rows, MAPE 20.1 %",
        },
        fp8: {
          compute: 0.5417,
          bandwidth: 0.137,
          launch: 0.00001245,
          tileKeys: 238.5,
          softmaxElements: 140.1,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 3607 rows, MAPE 26.2 %",
        },
      },
      decode: {
        bf16: {
          compute: 0.4995,
          bandwidth: 0.8241,
          launch: 0.00001088,
          perSequence: 6.82e-8,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 3803 rows, MAPE 10.7 %",
        },
        fp8: {
          compute: 0.4995,
          bandwidth: 0.7588,
          launch: 0.00001151,
          perSequence: 6.671e-8,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 3959 rows, MAPE 11.6 %",
        },
      },
      allReduce: {
        latency: 0.000006765,
        latencyPerDevice: 1.03e-7,
        secondStage: 0.000004493,
        bandwidth: 0.7231,
        source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 210 rows, MAPE 16.8 %",
      },
    },
    ada: {
      linear: {
        bf16: {
          compute: 0.5376,
          bandwidth: 0.8131,
          launch: 2.146e-7,
          conversion: 0,
          source: "vLLM kernels on l40s: 3435 rows, MAPE 17.4 %",
        },
        fp8: {
          compute: 0.495,
          bandwidth: 0.8936,
          launch: 0.000003523,
          conversion: 1.689,
          source: "vLLM kernels on l40s: 3435 rows, MAPE 21.6 %",
        },
        fp8_block: {
          compute: 0.5551,
          bandwidth: 0.7417,
          launch: 0.000007049,
          conversion: 0,
          source: "estimate for whole engines, factors fitted to them",
        },
        int4: {
          compute: 0.4713,
          bandwidth: 0.6832,
          launch: 0.000002249,
          conversion: 0,
          source:
            "estimate from bf16 (weights are converted on the way): vLLM kernels on l40s: 3435 rows, MAPE 17.4 %",
        },
      },
      experts: {
        bf16: {
          compute: 0.7214,
          bandwidth: 0.8321,
          launch: 0.00001103,
          activation: 4.044,
          tileRows: 21.23,
          source: "vLLM kernels on l40s: 2524 rows, MAPE 20.1 %",
        },
        fp8: {
          compute: 0.6906,
          bandwidth: 0.8357,
          launch: 0.00001047,
          activation: 4.116,
          tileRows: 18.36,
          source: "vLLM kernels on l40s: 2268 rows, MAPE 27.5 %",
        },
        fp8_block: {
          compute: 0.4051,
          bandwidth: 0.8168,
          launch: 0.000004642,
          activation: 4.059,
          tileRows: 17.79,
          source: "vLLM kernels on l40s: 1984 rows, MAPE 19.0 %",
        },
        marlin: {
          compute: 1.104,
          bandwidth: 0.5858,
          launch: 0.000008293,
          activation: 3.964,
          tileRows: 16.89,
          source: "vLLM kernels on l40s: 972 rows, MAPE 17.3 %",
        },
        fp8_block_alt: {
          compute: 0.3124,
          bandwidth: 0.8168,
          launch: 0.000007911,
          activation: 4.059,
          tileRows: 17.79,
          source:
            "vLLM kernels on l40s: 1984 rows, MAPE 19.0 %; slower by factors fitted to engines",
        },
      },
      prefill: {
        bf16: {
          compute: 0.5681,
          bandwidth: 0.6615,
          launch: 0.000007887,
          tileKeys: 277.8,
          softmaxElements: 127.8,
          source: "vLLM kernels on l40s: 3156 rows, MAPE 19.5 %",
        },
        fp8: {
          compute: 0.3216,
          bandwidth: 0.9416,
          launch: 0.000009636,
          tileKeys: 140.9,
          softmaxElements: 21.07,
          source: "vLLM kernels on l40s: 3146 rows, MAPE 23.5 %",
        },
      },
      decode: {
        bf16: {
          compute: 0.4998,
          bandwidth: 0.7448,
          launch: 0.00001026,
          perSequence: 7.257e-7,
          source: "vLLM kernels on l40s: 3803 rows, MAPE 37.4 %",
        },
        fp8: {
          compute: 0.499,
          bandwidth: 0.727,
          launch: 0.00001281,
          perSequence: 1.177e-7,
          source: "vLLM kernels on l40s: 3814 rows, MAPE 15.9 %",
        },
      },
      allReduce: {
        latency: 0.000004647,
        latencyPerDevice: 0.000002044,
        secondStage: 0.000002451,
        bandwidth: 0.1838,
        source: "vLLM kernels on l40s: 63 rows, MAPE 79.0 %",
      },
    },
    "blackwell-rtx": {
      linear: {
        bf16: {
          compute: 0.6928,
          bandwidth: 0.9353,
          launch: 0.000001085,
          conversion: 0,
          source: "vLLM kernels on rtx_pro_6000_server: 3435 rows, MAPE 12.8 %",
        },
        fp8: {
          compute: 0.8614,
          bandwidth: 1,
          launch: 0.000008064,
          conversion: 2.348,
          source: "vLLM kernels on rtx_pro_6000_server: 3435 rows, MAPE 15.7 %",
        },
        nvfp4: {
          compute: 0.7072,
          bandwidth: 0.8792,
          launch: 0.00001193,
          conversion: 1.475,
          source: "vLLM kernels on rtx_pro_6000_server: 3435 rows, MAPE 23.3 %",
        },
        fp8_block: {
          compute: 0.5551,
          bandwidth: 0.7417,
          launch: 0.000007049,
          conversion: 0,
          source: "estimate for whole engines, factors fitted to them",
        },
        int4: {
          compute: 0.6073,
          bandwidth: 0.7859,
          launch: 0.000003259,
          conversion: 0,
          source:
            "estimate from bf16 (weights are converted on the way): vLLM kernels on rtx_pro_6000_server: 3435 rows, MAPE 12.8 %",
        },
      },
      experts: {
        bf16: {
          compute: 0.494,
          bandwidth: 0.9836,
          launch: 0.00002829,
          activation: 4.425,
          tileRows: 32.92,
          source: "vLLM kernels on rtx_pro_6000_server: 2457 rows, MAPE 15.8 %",
        },
        fp8: {
          compute: 0.4349,
          bandwidth: 0.9618,
          launch: 0.00003048,
          activation: 3.651,
          tileRows: 35.49,
          source: "vLLM kernels on rtx_pro_6000_server: 2268 rows, MAPE 15.1 %",
        },
        nvfp4: {
          compute: 0.9003,
          bandwidth: 0.9009,
          launch: 0.00005354,
          activation: 4.299,
          tileRows: 14.6,
          source: "vLLM kernels on rtx_pro_6000_server: 2214 rows, MAPE 14.3 %",
        },
        marlin: {
          compute: 1.188,
          bandwidth: 0.6654,
          launch: 0.00001356,
          activation: 4.301,
          tileRows: 17.37,
          source: "vLLM kernels on rtx_pro_6000_server: 972 rows, MAPE 15.4 %",
        },
      },
      prefill: {
        bf16: {
          compute: 0.6097,
          bandwidth: 0.5029,
          launch: 0.000008528,
          tileKeys: 309.3,
          softmaxElements: 100.4,
          source: "vLLM kernels on rtx_pro_6000_server: 3156 rows, MAPE 17.8 %",
        },
        fp8: {
          compute: 0.3701,
          bandwidth: 0.9373,
          launch: 0.00001105,
          tileKeys: 128.1,
          softmaxElements: 19.98,
          source: "vLLM kernels on rtx_pro_6000_server: 3146 rows, MAPE 21.4 %",
        },
      },
      decode: {
        bf16: {
          compute: 0.4989,
          bandwidth: 0.9577,
          launch: 0.00001124,
          perSequence: 5.539e-7,
          source: "vLLM kernels on rtx_pro_6000_server: 3803 rows, MAPE 37.1 %",
        },
        fp8: {
          compute: 0.4965,
          bandwidth: 0.9385,
          launch: 0.00001356,
          perSequence: 9.232e-8,
          source: "vLLM kernels on rtx_pro_6000_server: 3814 rows, MAPE 16.0 %",
        },
      },
      allReduce: {
        latency: 0.000004216,
        latencyPerDevice: 0.000002305,
        secondStage: 0.000005764,
        bandwidth: 0.6213,
        source: "vLLM kernels on rtx_pro_6000_server: 63 rows, MAPE 15.2 %",
      },
    },
    "rtx-4090": {
      linear: {
        bf16: {
          compute: 0.8104285082594458,
          bandwidth: 0.9045467347231214,
          launch: 0.000001085,
          conversion: 0,
          source: "vLLM 0.19.0 on this device: one run of 300 requests",
        },
      },
      experts: {},
      prefill: {},
      decode: {
        bf16: {
          compute: 0.4989,
          bandwidth: 0.964178364750509,
          launch: 0.00001124,
          perSequence: 5.539e-7,
          source: "vLLM 0.19.0 on this device: one run of 300 requests",
        },
      },
    },
  },
  engine: {
    perLayer: 0.000008001,
    elementwiseBandwidth: 0.36,
    launchPerLayer: 0.0004251,
    launchPerExpertLayer: 0.0006131,
    expertsUsed: 0.5782,
    samplingPerStep: 0.00004852,
    samplingPerSequence: 6.235e-7,
    hostPerStep: 0.001502,
    hostPerSequence: 0.00002653,
    hostPerPrefill: 0.00009484,
    source: "273 rows of measured vLLM latencies (InferenceX, aiconfigurator 095f58a5)",
  },
};
