/**
 * Fitted by `npm run fit`; not edited by hand. Sources: kernel tables and measured latencies of ai-dynamo/aiconfigurator
 * 095f58a5 (Apache-2.0), an RTX 4090 run of casys-kaist/LLMServingSim 5daddb21 (MIT).
 *
 * Residuals of the fit to whole engines (MAPE in %):
 * - MiniMax-M2.5 b200_sxm fp8_block fp8_block: 53 rows, TPOT 5.6, TTFT 14.0
 * - MiniMax-M2.5 h200_sxm fp8_block fp8_block_alt: 15 rows, TPOT 2.9, TTFT 5.6
 * - MiniMax-M2.5 h200_sxm fp8_block fp8_block: 18 rows, TPOT 4.5, TTFT 12.1
 * - Qwen3-32B h100_sxm bf16: 53 rows, TPOT 2.4, TTFT 14.2
 * - gpt-oss-120b h100_sxm bf16 marlin_mxfp4: 41 rows, TPOT 2.7, TTFT 13.1
 * - MiniMax-M2.5 h100_sxm fp8_block fp8_block: 28 rows, TPOT 2.4, TTFT 5.6
 * - MiniMax-M2.5 b200_sxm fp8_block fp8_block_alt: 20 rows, TPOT 4.4, TTFT 33.3
 * - Llama-3.1-70B h100_sxm fp8: 45 rows, TPOT 3.0, TTFT 6.9
 * - overall: 273 rows, TPOT 3.5, TTFT 12.7
 *
 * Factors on the coefficients of single kernels, and on estimates of the engine:
 * - linear bf16 compute × 0.92
 * - linear bf16 bandwidth × 1.01
 * - linear bf16 launch × 0.84
 * - linear fp8 compute × 1.01
 * - linear fp8 bandwidth × 1.19
 * - linear fp8 launch × 1.58
 * - linear fp8 conversion × 0.45
 * - linear fp8_block compute × 0.79
 * - linear fp8_block bandwidth × 1.04
 * - linear fp8_block launch × 1.07
 * - prefill attention compute × 0.62
 * - prefill attention bandwidth × 0.90
 * - decode attention bandwidth × 0.94
 * - decode attention launch × 1.14
 * - decode attention per sequence × 1.86
 * - token diversity × 0.88
 * - experts compute × 1.25
 * - experts activation × 2.13
 * - experts marlin compute × 1.71
 * - experts marlin bandwidth × 0.78
 * - experts marlin launch × 0.65
 * - experts fp8_block compute × 0.73
 * - experts fp8_block launch × 1.36
 * - experts fp8_block_alt compute × 0.91
 * - experts fp8_block_alt launch × 1.09
 * - all-reduce latency × 1.14
 * - all-reduce latency per device × 1.12
 * - all-reduce second stage × 0.61
 * - all-reduce bandwidth × 1.37
 * - per layer × 1.73
 * - elementwise bandwidth × 0.51
 * - launch per layer × 1.70
 * - launch per expert layer × 2.28
 * - sampling per step × 0.97
 * - sampling per sequence × 0.53
 * - host per step × 0.70
 * - host per sequence × 3.06
 * - host per prefill × 0.95
 *
 * Residuals of the kernel fits (MAPE in %):
 * - ampere linear bf16: 9.2 of 3206 rows
 * - ampere experts bf16: 17.6 of 1530 rows
 * - ampere prefill bf16: 15.7 of 1671 rows
 * - ampere decode bf16: 21.3 of 1591 rows
 * - ampere all-reduce: 12.2 of 63 rows
 * - hopper linear bf16: 8.2 of 3435 rows
 * - hopper linear fp8: 12.8 of 3435 rows
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
          compute: 0.6974,
          bandwidth: 0.7461,
          launch: 0.000005087,
          conversion: 0,
          source: "vLLM kernels on a100_sxm: 3206 rows, MAPE 9.2 %",
        },
        fp8_block: {
          compute: 0.5517,
          bandwidth: 0.7805,
          launch: 0.00000747,
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
          compute: 0.5138,
          bandwidth: 0.9907,
          launch: 0.00003473,
          activation: 5.374,
          tileRows: 68.41,
          source: "vLLM kernels on a100_sxm: 1530 rows, MAPE 17.6 %",
        },
      },
      prefill: {
        bf16: {
          compute: 0.4374,
          bandwidth: 0.2398,
          launch: 0.00001218,
          tileKeys: 143.2,
          softmaxElements: 80.05,
          source: "vLLM kernels on a100_sxm: 1671 rows, MAPE 15.7 %",
        },
      },
      decode: {
        bf16: {
          compute: 0.5,
          bandwidth: 0.6914,
          launch: 0.00001883,
          perSequence: 1.33e-7,
          source: "vLLM kernels on a100_sxm: 1591 rows, MAPE 21.3 %",
        },
      },
      allReduce: {
        latency: 0.000005698,
        latencyPerDevice: 3.397e-7,
        secondStage: 0.000002566,
        bandwidth: 0.578,
        source: "vLLM kernels on a100_sxm: 63 rows, MAPE 12.2 %",
      },
    },
    hopper: {
      linear: {
        bf16: {
          compute: 0.7329,
          bandwidth: 0.8714,
          launch: 0.000003313,
          conversion: 0,
          source: "vLLM kernels on h100_sxm, h200_sxm: 3435 rows, MAPE 8.2 %",
        },
        fp8: {
          compute: 0.767,
          bandwidth: 0.9319,
          launch: 0.00001024,
          conversion: 5.769,
          source: "vLLM kernels on h100_sxm, h200_sxm: 3435 rows, MAPE 12.8 %",
        },
        fp8_block: {
          compute: 0.5517,
          bandwidth: 0.7805,
          launch: 0.00000747,
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
          compute: 0.9049,
          bandwidth: 0.9153,
          launch: 0.00004022,
          activation: 7.546,
          tileRows: 20.67,
          source: "vLLM kernels on h100_sxm, h200_sxm: 2585 rows, MAPE 17.1 %",
        },
        fp8_block: {
          compute: 0.3738,
          bandwidth: 0.8861,
          launch: 0.0000577,
          activation: 7.83,
          tileRows: 62.27,
          source: "vLLM kernels on h100_sxm, h200_sxm: 2662 rows, MAPE 10.4 %",
        },
        mxfp4_bf16: {
          compute: 0.8242,
          bandwidth: 0.8817,
          launch: 0.00003714,
          activation: 5.438,
          tileRows: 60.47,
          source: "vLLM kernels on h100_sxm, h200_sxm: 1296 rows, MAPE 11.4 %",
        },
        marlin: {
          compute: 0.7131,
          bandwidth: 0.693,
          launch: 0.00002823,
          activation: 10.04,
          tileRows: 25.4,
          source: "vLLM kernels on h100_sxm, h200_sxm: 648 rows, MAPE 12.7 %",
        },
        fp8_block_alt: {
          compute: 0.2628,
          bandwidth: 0.8861,
          launch: 0.000101,
          activation: 7.83,
          tileRows: 62.27,
          source:
            "vLLM kernels on h100_sxm, h200_sxm: 2662 rows, MAPE 10.4 %; slower by factors fitted to engines",
        },
      },
      prefill: {
        bf16: {
          compute: 0.5223,
          bandwidth: 0.2826,
          launch: 0.00001308,
          tileKeys: 385.7,
          softmaxElements: 89.55,
          source: "vLLM kernels on h100_sxm, h200_sxm: 3156 rows, MAPE 13.7 %",
        },
        fp8: {
          compute: 0.4649,
          bandwidth: 0.2233,
          launch: 0.00001468,
          tileKeys: 494.6,
          softmaxElements: 59.23,
          source: "vLLM kernels on h100_sxm, h200_sxm: 3156 rows, MAPE 16.7 %",
        },
      },
      decode: {
        bf16: {
          compute: 0.5003,
          bandwidth: 0.8066,
          launch: 0.00001331,
          perSequence: 9.843e-8,
          source: "vLLM kernels on h100_sxm, h200_sxm: 3803 rows, MAPE 14.2 %",
        },
        fp8: {
          compute: 0.4999,
          bandwidth: 0.5833,
          launch: 0.00001501,
          perSequence: 1.002e-7,
          source: "vLLM kernels on h100_sxm, h200_sxm: 3959 rows, MAPE 17.3 %",
        },
      },
      allReduce: {
        latency: 0.000005034,
        latencyPerDevice: 1.829e-7,
        secondStage: 0.000001728,
        bandwidth: 0.9206,
        source: "vLLM kernels on h100_sxm, h200_sxm: 126 rows, MAPE 9.8 %",
      },
    },
    blackwell: {
      linear: {
        bf16: {
          compute: 0.677,
          bandwidth: 0.8111,
          launch: 0.000003138,
          conversion: 0,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 4580 rows, MAPE 12.1 %",
        },
        fp8: {
          compute: 0.6825,
          bandwidth: 0.7264,
          launch: 0.00001043,
          conversion: 8.644,
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
          compute: 0.5517,
          bandwidth: 0.7805,
          launch: 0.00000747,
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
          compute: 0.641,
          bandwidth: 0.9353,
          launch: 0.00001859,
          activation: 4.295,
          tileRows: 111,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2622 rows, MAPE 18.5 %",
        },
        fp8: {
          compute: 0.6804,
          bandwidth: 0.842,
          launch: 0.0000198,
          activation: 5.831,
          tileRows: 15.59,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2592 rows, MAPE 19.0 %",
        },
        fp8_block: {
          compute: 0.2282,
          bandwidth: 1,
          launch: 0.00004011,
          activation: 5.575,
          tileRows: 76.46,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2664 rows, MAPE 13.4 %",
        },
        nvfp4: {
          compute: 0.7024,
          bandwidth: 0.7842,
          launch: 0.00001747,
          activation: 6.038,
          tileRows: 15.18,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2975 rows, MAPE 17.8 %",
        },
        mxfp4: {
          compute: 1,
          bandwidth: 0.7347,
          launch: 0.00003138,
          activation: 9.324,
          tileRows: 13.23,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2592 rows, MAPE 22.2 %",
        },
        mxfp4_bf16: {
          compute: 0.5403,
          bandwidth: 0.8457,
          launch: 0.00002204,
          activation: 14.52,
          tileRows: 62.77,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2592 rows, MAPE 13.9 %",
        },
        marlin: {
          compute: 0.3548,
          bandwidth: 0.6431,
          launch: 0.00002831,
          activation: 17.96,
          tileRows: 24.82,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 1296 rows, MAPE 12.7 %",
        },
        fp8_block_alt: {
          compute: 0.1605,
          bandwidth: 1,
          launch: 0.0000702,
          activation: 5.575,
          tileRows: 76.46,
          source:
            "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 2664 rows, MAPE 13.4 %; slower by factors fitted to engines",
        },
      },
      prefill: {
        bf16: {
          compute: 0.543,
          bandwidth: 0.1854,
          launch: 0.00001218,
          tileKeys: 379.7,
          softmaxElements: 171.5,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 3607 rows, MAPE 20.1 %",
        },
        fp8: {
          compute: 0.5105,
          bandwidth: 0.1379,
          launch: 0.00001245,
          tileKeys: 238.5,
          softmaxElements: 140.1,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 3607 rows, MAPE 26.2 %",
        },
      },
      decode: {
        bf16: {
          compute: 0.4995,
          bandwidth: 0.8394,
          launch: 0.00001067,
          perSequence: 3.741e-8,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 3803 rows, MAPE 10.7 %",
        },
        fp8: {
          compute: 0.4995,
          bandwidth: 0.7729,
          launch: 0.00001128,
          perSequence: 3.659e-8,
          source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 3959 rows, MAPE 11.6 %",
        },
      },
      allReduce: {
        latency: 0.000007773,
        latencyPerDevice: 2.029e-7,
        secondStage: 0.000004862,
        bandwidth: 0.7114,
        source: "vLLM kernels on b200_sxm, b300_sxm, gb200, gb300: 210 rows, MAPE 16.8 %",
      },
    },
    ada: {
      linear: {
        bf16: {
          compute: 0.5409,
          bandwidth: 0.8123,
          launch: 2.094e-7,
          conversion: 0,
          source: "vLLM kernels on l40s: 3435 rows, MAPE 17.4 %",
        },
        fp8: {
          compute: 0.5007,
          bandwidth: 0.8805,
          launch: 0.000003369,
          conversion: 1.803,
          source: "vLLM kernels on l40s: 3435 rows, MAPE 21.6 %",
        },
        fp8_block: {
          compute: 0.5517,
          bandwidth: 0.7805,
          launch: 0.00000747,
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
          compute: 0.8089,
          bandwidth: 0.8265,
          launch: 0.00001005,
          activation: 4.059,
          tileRows: 20.55,
          source: "vLLM kernels on l40s: 2524 rows, MAPE 19.0 %",
        },
        fp8: {
          compute: 0.7765,
          bandwidth: 0.8255,
          launch: 0.000009872,
          activation: 4.12,
          tileRows: 17.91,
          source: "vLLM kernels on l40s: 2268 rows, MAPE 27.0 %",
        },
        fp8_block: {
          compute: 0.4998,
          bandwidth: 0.8043,
          launch: 0.000003623,
          activation: 4.116,
          tileRows: 17.21,
          source: "vLLM kernels on l40s: 1984 rows, MAPE 16.6 %",
        },
        marlin: {
          compute: 1,
          bandwidth: 0.6346,
          launch: 0.000006313,
          activation: 3.706,
          tileRows: 14.68,
          source: "vLLM kernels on l40s: 324 rows, MAPE 10.5 %",
        },
        fp8_block_alt: {
          compute: 0.3515,
          bandwidth: 0.8043,
          launch: 0.00000634,
          activation: 4.116,
          tileRows: 17.21,
          source:
            "vLLM kernels on l40s: 1984 rows, MAPE 16.6 %; slower by factors fitted to engines",
        },
      },
      prefill: {
        bf16: {
          compute: 0.5353,
          bandwidth: 0.6661,
          launch: 0.000007887,
          tileKeys: 277.8,
          softmaxElements: 127.8,
          source: "vLLM kernels on l40s: 3156 rows, MAPE 19.5 %",
        },
        fp8: {
          compute: 0.3069,
          bandwidth: 0.9034,
          launch: 0.000009609,
          tileKeys: 138.3,
          softmaxElements: 23.58,
          source: "vLLM kernels on l40s: 3146 rows, MAPE 23.7 %",
        },
      },
      decode: {
        bf16: {
          compute: 0.4998,
          bandwidth: 0.7586,
          launch: 0.00001006,
          perSequence: 3.981e-7,
          source: "vLLM kernels on l40s: 3803 rows, MAPE 37.4 %",
        },
        fp8: {
          compute: 0.499,
          bandwidth: 0.7405,
          launch: 0.00001256,
          perSequence: 6.455e-8,
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
          compute: 0.6969,
          bandwidth: 0.9344,
          launch: 0.000001059,
          conversion: 0,
          source: "vLLM kernels on rtx_pro_6000_server: 3435 rows, MAPE 12.8 %",
        },
        fp8: {
          compute: 0.8712,
          bandwidth: 1,
          launch: 0.000007712,
          conversion: 2.505,
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
          compute: 0.5517,
          bandwidth: 0.7805,
          launch: 0.00000747,
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
          compute: 0.5553,
          bandwidth: 0.9759,
          launch: 0.0000266,
          activation: 4.463,
          tileRows: 36.21,
          source: "vLLM kernels on rtx_pro_6000_server: 2457 rows, MAPE 14.4 %",
        },
        fp8: {
          compute: 0.4895,
          bandwidth: 0.9517,
          launch: 0.00002917,
          activation: 3.661,
          tileRows: 39.7,
          source: "vLLM kernels on rtx_pro_6000_server: 2268 rows, MAPE 13.7 %",
        },
        nvfp4: {
          compute: 1,
          bandwidth: 0.8826,
          launch: 0.00005151,
          activation: 4.307,
          tileRows: 14.49,
          source: "vLLM kernels on rtx_pro_6000_server: 2214 rows, MAPE 12.8 %",
        },
        marlin: {
          compute: 1,
          bandwidth: 0.6936,
          launch: 0.00001178,
          activation: 3.633,
          tileRows: 13.3,
          source: "vLLM kernels on rtx_pro_6000_server: 324 rows, MAPE 9.6 %",
        },
      },
      prefill: {
        bf16: {
          compute: 0.5745,
          bandwidth: 0.5065,
          launch: 0.000008528,
          tileKeys: 309.3,
          softmaxElements: 100.4,
          source: "vLLM kernels on rtx_pro_6000_server: 3156 rows, MAPE 17.8 %",
        },
        fp8: {
          compute: 0.3508,
          bandwidth: 0.9034,
          launch: 0.00001104,
          tileKeys: 128,
          softmaxElements: 20.87,
          source: "vLLM kernels on rtx_pro_6000_server: 3146 rows, MAPE 21.5 %",
        },
      },
      decode: {
        bf16: {
          compute: 0.4991,
          bandwidth: 0.941,
          launch: 0.00001126,
          perSequence: 2.696e-7,
          source: "vLLM kernels on rtx_pro_6000_server: 3803 rows, MAPE 35.6 %",
        },
        fp8: {
          compute: 0.497,
          bandwidth: 0.941,
          launch: 0.00001324,
          perSequence: 5.41e-8,
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
          compute: 0.8110223638349929,
          bandwidth: 0.8962497051616963,
          launch: 0.000001059,
          conversion: 0,
          source: "vLLM 0.19.0 on this device: one run of 300 requests",
        },
      },
      experts: {},
      prefill: {},
      decode: {
        bf16: {
          compute: 0.4991,
          bandwidth: 0.9432615165993057,
          launch: 0.00001126,
          perSequence: 2.696e-7,
          source: "vLLM 0.19.0 on this device: one run of 300 requests",
        },
      },
    },
  },
  engine: {
    perLayer: 0.000008646,
    elementwiseBandwidth: 0.3577,
    launchPerLayer: 0.0004258,
    launchPerExpertLayer: 0.000571,
    tokenDiversity: 0.7939,
    samplingPerStep: 0.00004873,
    samplingPerSequence: 5.321e-7,
    hostPerStep: 0.001405,
    hostPerSequence: 0.00003064,
    hostPerPrefill: 0.0000945,
    source: "273 rows of measured vLLM latencies (InferenceX, aiconfigurator 095f58a5)",
  },
};
