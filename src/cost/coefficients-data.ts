/**
 * Fitted by `npm run fit`; not edited by hand. Sources: kernel tables and measured latencies of ai-dynamo/aiconfigurator
 * 095f58a5 (Apache-2.0), an RTX 4090 run of casys-kaist/LLMServingSim 5daddb21 (MIT).
 *
 * Residuals of the fit to whole engines (MAPE in %):
 * - MiniMax-M2.5 b200_sxm fp8_block fp8_block: 53 rows, TPOT 5.5, TTFT 13.9
 * - MiniMax-M2.5 h200_sxm fp8_block fp8_block_alt: 15 rows, TPOT 3.0, TTFT 5.7
 * - MiniMax-M2.5 h200_sxm fp8_block fp8_block: 18 rows, TPOT 4.5, TTFT 12.1
 * - Qwen3-32B h100_sxm bf16: 53 rows, TPOT 2.4, TTFT 14.2
 * - gpt-oss-120b h100_sxm bf16 marlin_mxfp4: 41 rows, TPOT 2.7, TTFT 12.9
 * - MiniMax-M2.5 h100_sxm fp8_block fp8_block: 28 rows, TPOT 2.4, TTFT 5.6
 * - MiniMax-M2.5 b200_sxm fp8_block fp8_block_alt: 20 rows, TPOT 4.5, TTFT 33.3
 * - Llama-3.1-70B h100_sxm fp8: 45 rows, TPOT 3.0, TTFT 6.9
 * - overall: 273 rows, TPOT 3.5, TTFT 12.6
 *
 * Factors on the coefficients of single kernels, and on estimates of the engine:
 * - linear bf16 compute × 0.92
 * - linear bf16 bandwidth × 1.01
 * - linear bf16 launch × 0.87
 * - linear fp8 compute × 1.00
 * - linear fp8 bandwidth × 1.18
 * - linear fp8 launch × 1.65
 * - linear fp8 conversion × 0.46
 * - linear fp8_block compute × 0.73
 * - linear fp8_block bandwidth × 1.03
 * - linear fp8_block launch × 1.00
 * - prefill attention compute × 0.63
 * - prefill attention bandwidth × 0.91
 * - decode attention bandwidth × 0.94
 * - decode attention launch × 1.15
 * - decode attention per sequence × 1.91
 * - token diversity × 0.89
 * - experts activation × 2.09
 * - experts marlin compute × 1.97
 * - experts marlin bandwidth × 0.79
 * - experts marlin launch × 0.68
 * - experts fp8_block compute × 0.93
 * - experts fp8_block launch × 1.22
 * - experts fp8_block_alt compute × 0.91
 * - experts fp8_block_alt launch × 1.15
 * - all-reduce latency × 1.01
 * - all-reduce latency per device × 1.22
 * - all-reduce second stage × 0.61
 * - all-reduce bandwidth × 1.36
 * - per layer × 1.47
 * - elementwise bandwidth × 0.52
 * - launch per layer × 1.69
 * - launch per expert layer × 2.29
 * - sampling per step × 0.97
 * - sampling per sequence × 0.53
 * - host per step × 0.74
 * - host per sequence × 3.06
 * - host per prefill × 0.94
 *
 * Residuals of the kernel fits (MAPE in %):
 * - ampere linear bf16: 9.2 of 3206 rows
 * - ampere experts bf16: 17.6 of 1530 rows
 * - ampere prefill bf16: 15.7 of 1671 rows
 * - ampere decode bf16: 21.3 of 1591 rows
 * - ampere all-reduce: 12.2 of 63 rows
 * - hopper linear bf16: 8.2 of 3435 rows
 * - hopper linear fp8: 12.8 of 3435 rows
 * - hopper linear fp8_block: 7.0 of 214 rows
 * - hopper experts bf16: 17.1 of 2585 rows
 * - hopper experts fp8_block: 10.4 of 2662 rows
 * - hopper experts mxfp4_bf16: 11.4 of 1296 rows
 * - hopper experts marlin: 12.7 of 648 rows
 * - hopper prefill bf16: 13.7 of 3156 rows
 * - hopper prefill fp8: 16.7 of 3156 rows
 * - hopper decode bf16: 14.2 of 3803 rows
 * - hopper decode fp8: 17.3 of 3959 rows
 * - hopper all-reduce: 9.8 of 126 rows
 * - blackwell linear bf16: 12.1 of 4580 rows
 * - blackwell linear fp8: 16.7 of 4580 rows
 * - blackwell linear fp8_block: 11.9 of 428 rows
 * - blackwell linear nvfp4: 12.8 of 4580 rows
 * - blackwell experts bf16: 18.5 of 2622 rows
 * - blackwell experts fp8: 19.0 of 2592 rows
 * - blackwell experts fp8_block: 13.4 of 2664 rows
 * - blackwell experts nvfp4: 17.8 of 2975 rows
 * - blackwell experts mxfp4: 22.2 of 2592 rows
 * - blackwell experts mxfp4_bf16: 13.9 of 2592 rows
 * - blackwell experts marlin: 12.7 of 1296 rows
 * - blackwell prefill bf16: 20.1 of 3607 rows
 * - blackwell prefill fp8: 26.2 of 3607 rows
 * - blackwell decode bf16: 10.7 of 3803 rows
 * - blackwell decode fp8: 11.6 of 3959 rows
 * - blackwell all-reduce: 16.8 of 210 rows
 * - ada linear bf16: 17.4 of 3435 rows
 * - ada linear fp8: 21.6 of 3435 rows
 * - ada linear fp8_block: 5.9 of 107 rows
 * - ada experts bf16: 19.0 of 2524 rows
 * - ada experts fp8: 27.0 of 2268 rows
 * - ada experts fp8_block: 16.6 of 1984 rows
 * - ada experts marlin: 10.5 of 324 rows
 * - ada prefill bf16: 19.5 of 3156 rows
 * - ada prefill fp8: 23.7 of 3146 rows
 * - ada decode bf16: 37.4 of 3803 rows
 * - ada decode fp8: 15.9 of 3814 rows
 * - ada all-reduce: 6.2 of 63 rows
 * - blackwell-rtx linear bf16: 12.8 of 3435 rows
 * - blackwell-rtx linear fp8: 15.7 of 3435 rows
 * - blackwell-rtx linear nvfp4: 23.3 of 3435 rows
 * - blackwell-rtx experts bf16: 14.4 of 2457 rows
 * - blackwell-rtx experts fp8: 13.7 of 2268 rows
 * - blackwell-rtx experts nvfp4: 12.8 of 2214 rows
 * - blackwell-rtx experts marlin: 9.6 of 324 rows
 * - blackwell-rtx prefill bf16: 17.8 of 3156 rows
 * - blackwell-rtx prefill fp8: 21.5 of 3146 rows
 * - blackwell-rtx decode bf16: 35.6 of 3803 rows
 * - blackwell-rtx decode fp8: 16.2 of 3814 rows
 * - blackwell-rtx all-reduce: 10.0 of 63 rows
 */
import type { Coefficients } from "./coefficients.js";

export const defaultCoefficients: Coefficients = {
  families: {
    ampere: {
      linear: {
        bf16: {
          compute: 0.6964,
          bandwidth: 0.7426,
          launch: 0.000005237,
          conversion: 0,
          source: "vLLM kernels on a100_sxm: 3206 rows, MAPE 9.2 %",
        },
        fp8_block: {
          compute: 0.4774,
          bandwidth: 0.7761,
          launch: 0.00001158,
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
          compute: 0.4107,
          bandwidth: 0.9907,
          launch: 0.00003473,
          activation: 5.274,
          tileRows: 68.41,
          source: "vLLM kernels on a100_sxm: 1530 rows, MAPE 17.6 %",
        },
      },
      prefill: {
        bf16: {
          compute: 0.4421,
          bandwidth: 0.2402,
          launch: 0.00001218,
          tileKeys: 143.2,
          softmaxElements: 80.05,
          source: "vLLM kernels on a100_sxm: 1671 rows, MAPE 15.7 %",
        },
      },
      decode: {
        bf16: {
          compute: 0.5,
          bandwidth: 0.6922,
          launch: 0.00001907,
          perSequence: 1.366e-7,
          source: "vLLM kernels on a100_sxm: 1591 rows, MAPE 21.3 %",
        },
      },
      allReduce: {
        latency: 0.000005067,
        latencyPerDevice: 3.69e-7,
        secondStage: 0.00000257,
        bandwidth: 0.578,
        source: "vLLM kernels on a100_sxm: 63 rows, MAPE 12.2 %",
      },
    },
    hopper: {
      linear: {
        bf16: {
          compute: 0.7319,
          bandwidth: 0.8673,
          launch: 0.000003411,
          conversion: 0,
          source: "vLLM kernels on h100_sxm, h200_sxm: 3435 rows, MAPE 8.2 %",
        },
        fp8: {
          compute: 0.7653,
          bandwidth: 0.9293,
          launch: 0.00001071,
          conversion: 5.776,
          source: "vLLM kernels on h100_sxm, h200_sxm: 3435 rows, MAPE 12.8 %",
        },
        fp8_block: {
          compute: 0.4475,
          bandwidth: 0.7761,
          launch: 0.00001158,
          conversion: 0,
          source:
            "compute: vLLM kernels on h100_sxm, h200_sxm: 214 rows, MAPE 7.0 %; the rest estimated for whole engines",
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
          compute: 0.7233,
          bandwidth: 0.9153,
          launch: 0.00004022,
          activation: 7.405,
          tileRows: 20.67,
          source: "vLLM kernels on h100_sxm, h200_sxm: 2585 rows, MAPE 17.1 %",
        },
        fp8_block: {
          compute: 0.3799,
          bandwidth: 0.8861,
          launch: 0.00005173,
          activation: 7.684,
          tileRows: 62.27,
          source: "vLLM kernels on h100_sxm, h200_sxm: 2662 rows, MAPE 10.4 %",
        },
        mxfp4_bf16: {
          compute: 0.6587,
          bandwidth: 0.8817,
          launch: 0.00003714,
          activation: 5.336,
          tileRows: 60.47,
          source: "vLLM kernels on h100_sxm, h200_sxm: 1296 rows, MAPE 11.4 %",
        },
        marlin: {
          compute: 0.6574,
          bandwidth: 0.697,
          launch: 0.00002954,
          activation: 9.856,
          tileRows: 25.4,
          source: "vLLM kernels on h100_sxm, h200_sxm: 648 rows, MAPE 12.7 %",
        },
        fp8_block_alt: {
          compute: 0.2662,
          bandwidth: 0.8861,
          launch: 0.00009513,
          activation: 7.684,
          tileRows: 62.27,
          source:
            "vLLM kernels on h100_sxm, h200_sxm: 2662 rows, MAPE 10.4 %; slower by factors fitted to engines",
        },
      },
      prefill: {
        bf16: {
          compute: 0.5278,
          bandwidth: 0.2831,
          launch: 0.00001308,
          tileKeys: 385.7,
          softmaxElements: 89.55,
          source: "vLLM kernels on h100_sxm, h200_sxm: 3156 rows, MAPE 13.7 %",
        },
        fp8: {
          compute: 0.4698,
          bandwidth: 0.2237,
          launch: 0.00001468,
          tileKeys: 494.6,
          softmaxElements: 59.23,
          source: "vLLM kernels on h100_sxm, h200_sxm: 3156 rows, MAPE 16.7 %",
        },
      },
      decode: {
        bf16: {
          compute: 0.5003,
          bandwidth: 0.8076,
          launch: 0.00001348,
          perSequence: 1.01e-7,
          source: "vLLM kernels on h100_sxm, h200_sxm: 3803 rows, MAPE 14.2 %",
        },
        fp8: {
          compute: 0.4999,
          bandwidth: 0.5841,
          launch: 0.0000152,
          perSequence: 1.028e-7,
          source: "vLLM kernels on h100_sxm, h200_sxm: 3959 rows, MAPE 17.3 %",
        },
      },
      allReduce: {
        latency: 0.000004476,
        latencyPerDevice: 1.986e-7,
        secondStage: 0.000001731,
        bandwidth: 0.9108,
        source: "vLLM kernels on h100_sxm, h200_sxm: 126 rows, MAPE 9.8 %",
      },
    },
    blackwell: {
      linear: {
        bf16: {
          compute: 0.676,
          bandwidth: 0.8072,
          launch: 0.000003231,
          conversion: 0,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 4580 rows, MAPE 12.1 %",
        },
        fp8: {
          compute: 0.681,
          bandwidth: 0.7243,
          launch: 0.00001091,
          conversion: 8.655,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 4580 rows, MAPE 16.7 %",
        },
        fp8_block: {
          compute: 0.3942,
          bandwidth: 0.7761,
          launch: 0.00001158,
          conversion: 0,
          source:
            "compute: vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 428 rows, MAPE 11.9 %; the rest estimated for whole engines",
        },
        nvfp4: {
          compute: 0.407,
          bandwidth: 0.7914,
          launch: 0.000007993,
          conversion: 2.957,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 4580 rows, MAPE 12.8 %",
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
          compute: 0.5123,
          bandwidth: 0.9353,
          launch: 0.00001859,
          activation: 4.215,
          tileRows: 111,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2622 rows, MAPE 18.5 %",
        },
        fp8: {
          compute: 0.5439,
          bandwidth: 0.842,
          launch: 0.0000198,
          activation: 5.722,
          tileRows: 15.59,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2592 rows, MAPE 19.0 %",
        },
        fp8_block: {
          compute: 0.2319,
          bandwidth: 1,
          launch: 0.00003596,
          activation: 5.471,
          tileRows: 76.46,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2664 rows, MAPE 13.4 %",
        },
        nvfp4: {
          compute: 0.5614,
          bandwidth: 0.7842,
          launch: 0.00001747,
          activation: 5.925,
          tileRows: 15.18,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2975 rows, MAPE 17.8 %",
        },
        mxfp4: {
          compute: 0.9146,
          bandwidth: 0.7347,
          launch: 0.00003138,
          activation: 9.15,
          tileRows: 13.23,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2592 rows, MAPE 22.2 %",
        },
        mxfp4_bf16: {
          compute: 0.4319,
          bandwidth: 0.8457,
          launch: 0.00002204,
          activation: 14.25,
          tileRows: 62.77,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2592 rows, MAPE 13.9 %",
        },
        marlin: {
          compute: 0.327,
          bandwidth: 0.6468,
          launch: 0.00002962,
          activation: 17.63,
          tileRows: 24.82,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 1296 rows, MAPE 12.7 %",
        },
        fp8_block_alt: {
          compute: 0.1625,
          bandwidth: 1,
          launch: 0.00006613,
          activation: 5.471,
          tileRows: 76.46,
          source:
            "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2664 rows, MAPE 13.4 %; slower by factors fitted to engines",
        },
      },
      prefill: {
        bf16: {
          compute: 0.5488,
          bandwidth: 0.1857,
          launch: 0.00001218,
          tileKeys: 379.7,
          softmaxElements: 171.5,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 3607 rows, MAPE 20.1 %",
        },
        fp8: {
          compute: 0.5159,
          bandwidth: 0.1382,
          launch: 0.00001245,
          tileKeys: 238.5,
          softmaxElements: 140.1,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 3607 rows, MAPE 26.2 %",
        },
      },
      decode: {
        bf16: {
          compute: 0.4995,
          bandwidth: 0.8404,
          launch: 0.00001081,
          perSequence: 3.84e-8,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 3803 rows, MAPE 10.7 %",
        },
        fp8: {
          compute: 0.4995,
          bandwidth: 0.7738,
          launch: 0.00001143,
          perSequence: 3.757e-8,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 3959 rows, MAPE 11.6 %",
        },
      },
      allReduce: {
        latency: 0.000006911,
        latencyPerDevice: 2.204e-7,
        secondStage: 0.00000487,
        bandwidth: 0.7038,
        source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 210 rows, MAPE 16.8 %",
      },
    },
    ada: {
      linear: {
        bf16: {
          compute: 0.5401,
          bandwidth: 0.8085,
          launch: 2.156e-7,
          conversion: 0,
          source: "vLLM kernels on l40s: 3435 rows, MAPE 17.4 %",
        },
        fp8: {
          compute: 0.4996,
          bandwidth: 0.878,
          launch: 0.000003524,
          conversion: 1.805,
          source: "vLLM kernels on l40s: 3435 rows, MAPE 21.6 %",
        },
        fp8_block: {
          compute: 0.2566,
          bandwidth: 0.7761,
          launch: 0.00001158,
          conversion: 0,
          source:
            "compute: vLLM kernels on l40s: 107 rows, MAPE 5.9 %; the rest estimated for whole engines",
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
          compute: 0.6465,
          bandwidth: 0.8265,
          launch: 0.00001005,
          activation: 3.983,
          tileRows: 20.55,
          source: "vLLM kernels on l40s: 2524 rows, MAPE 19.0 %",
        },
        fp8: {
          compute: 0.6206,
          bandwidth: 0.8255,
          launch: 0.000009872,
          activation: 4.043,
          tileRows: 17.91,
          source: "vLLM kernels on l40s: 2268 rows, MAPE 27.0 %",
        },
        fp8_block: {
          compute: 0.508,
          bandwidth: 0.8043,
          launch: 0.000003248,
          activation: 4.039,
          tileRows: 17.21,
          source: "vLLM kernels on l40s: 1984 rows, MAPE 16.6 %",
        },
        marlin: {
          compute: 1,
          bandwidth: 0.6383,
          launch: 0.000006606,
          activation: 3.637,
          tileRows: 14.68,
          source: "vLLM kernels on l40s: 324 rows, MAPE 10.5 %",
        },
        fp8_block_alt: {
          compute: 0.3559,
          bandwidth: 0.8043,
          launch: 0.000005973,
          activation: 4.039,
          tileRows: 17.21,
          source:
            "vLLM kernels on l40s: 1984 rows, MAPE 16.6 %; slower by factors fitted to engines",
        },
      },
      prefill: {
        bf16: {
          compute: 0.541,
          bandwidth: 0.6673,
          launch: 0.000007887,
          tileKeys: 277.8,
          softmaxElements: 127.8,
          source: "vLLM kernels on l40s: 3156 rows, MAPE 19.5 %",
        },
        fp8: {
          compute: 0.3102,
          bandwidth: 0.905,
          launch: 0.000009609,
          tileKeys: 138.3,
          softmaxElements: 23.58,
          source: "vLLM kernels on l40s: 3146 rows, MAPE 23.7 %",
        },
      },
      decode: {
        bf16: {
          compute: 0.4998,
          bandwidth: 0.7595,
          launch: 0.00001019,
          perSequence: 4.086e-7,
          source: "vLLM kernels on l40s: 3803 rows, MAPE 37.4 %",
        },
        fp8: {
          compute: 0.499,
          bandwidth: 0.7414,
          launch: 0.00001272,
          perSequence: 6.626e-8,
          source: "vLLM kernels on l40s: 3814 rows, MAPE 15.9 %",
        },
      },
      allReduce: {
        latencyPerDevice: 0,
        secondStage: 0,
        latency: 0.000005321,
        bandwidth: 0.5973,
        ring: { latency: 0.000004329, hop: 0.000001356, bus: 0.5925 },
        source: "vLLM kernels on l40s: 63 rows, MAPE 6.2 %",
      },
    },
    "blackwell-rtx": {
      linear: {
        bf16: {
          compute: 0.696,
          bandwidth: 0.93,
          launch: 0.00000109,
          conversion: 0,
          source: "vLLM kernels on rtx_pro_6000_server: 3435 rows, MAPE 12.8 %",
        },
        fp8: {
          compute: 0.8693,
          bandwidth: 1,
          launch: 0.000008066,
          conversion: 2.508,
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
          compute: 0.4774,
          bandwidth: 0.7761,
          launch: 0.00001158,
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
          compute: 0.4439,
          bandwidth: 0.9759,
          launch: 0.0000266,
          activation: 4.38,
          tileRows: 36.21,
          source: "vLLM kernels on rtx_pro_6000_server: 2457 rows, MAPE 14.4 %",
        },
        fp8: {
          compute: 0.3912,
          bandwidth: 0.9517,
          launch: 0.00002917,
          activation: 3.593,
          tileRows: 39.7,
          source: "vLLM kernels on rtx_pro_6000_server: 2268 rows, MAPE 13.7 %",
        },
        nvfp4: {
          compute: 0.8096,
          bandwidth: 0.8826,
          launch: 0.00005151,
          activation: 4.226,
          tileRows: 14.49,
          source: "vLLM kernels on rtx_pro_6000_server: 2214 rows, MAPE 12.8 %",
        },
        marlin: {
          compute: 1,
          bandwidth: 0.6976,
          launch: 0.00001233,
          activation: 3.565,
          tileRows: 13.3,
          source: "vLLM kernels on rtx_pro_6000_server: 324 rows, MAPE 9.6 %",
        },
      },
      prefill: {
        bf16: {
          compute: 0.5806,
          bandwidth: 0.5074,
          launch: 0.000008528,
          tileKeys: 309.3,
          softmaxElements: 100.4,
          source: "vLLM kernels on rtx_pro_6000_server: 3156 rows, MAPE 17.8 %",
        },
        fp8: {
          compute: 0.3545,
          bandwidth: 0.905,
          launch: 0.00001104,
          tileKeys: 128,
          softmaxElements: 20.87,
          source: "vLLM kernels on rtx_pro_6000_server: 3146 rows, MAPE 21.5 %",
        },
      },
      decode: {
        bf16: {
          compute: 0.4991,
          bandwidth: 0.9422,
          launch: 0.0000114,
          perSequence: 2.768e-7,
          source: "vLLM kernels on rtx_pro_6000_server: 3803 rows, MAPE 35.6 %",
        },
        fp8: {
          compute: 0.497,
          bandwidth: 0.9422,
          launch: 0.00001341,
          perSequence: 5.554e-8,
          source: "vLLM kernels on rtx_pro_6000_server: 3814 rows, MAPE 16.2 %",
        },
      },
      allReduce: {
        latencyPerDevice: 0,
        secondStage: 0,
        latency: 0.000004331,
        bandwidth: 0.605,
        ring: { latency: 0.000003925, hop: 0.00000161, bus: 5.001 },
        source: "vLLM kernels on rtx_pro_6000_server: 63 rows, MAPE 10.0 %",
      },
    },
    "rtx-4090": {
      linear: {
        bf16: {
          compute: 0.8103673282843651,
          bandwidth: 0.8939384328540555,
          launch: 0.00000109,
          conversion: 0,
          source: "vLLM 0.19.0 on this device: one run of 300 requests",
        },
      },
      experts: {},
      prefill: {},
      decode: {
        bf16: {
          compute: 0.4991,
          bandwidth: 0.9451091172139194,
          launch: 0.0000114,
          perSequence: 2.768e-7,
          source: "vLLM 0.19.0 on this device: one run of 300 requests",
        },
      },
    },
  },
  engine: {
    perLayer: 0.000007369,
    elementwiseBandwidth: 0.3618,
    launchPerLayer: 0.0004237,
    launchPerExpertLayer: 0.0005724,
    tokenDiversity: 0.7966,
    samplingPerStep: 0.00004869,
    samplingPerSequence: 5.323e-7,
    hostPerStep: 0.001487,
    hostPerSequence: 0.00003056,
    hostPerPrefill: 0.0000945,
    source: "273 rows of measured vLLM latencies (InferenceX, aiconfigurator 095f58a5)",
  },
};
