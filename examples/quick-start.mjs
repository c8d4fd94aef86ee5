/** How long do users wait if two H100s serve a 70 B model to 2 requests a second? */
import { lognormal, simulate } from "inference-lab";
import { check } from "./support.mjs";

const result = simulate({
  hardware: {
    computeFlops: 989e12, // FLOP/s of one device in bf16
    memoryBandwidth: 3.35e12, // bytes/s
    memoryCapacity: 80 * 2 ** 30, // bytes
    bytesPerParam: 2,
    tensorParallel: 2,
  },
  model: {
    numParameters: 70e9,
    numLayers: 80,
    hiddenDim: 8192,
    numHeads: 64,
    numKvHeads: 8,
    maxSeqLen: 8192,
  },
  scheduler: {
    maxNumBatchedTokens: 8192,
    maxNumSeqs: 256,
    blockSize: 16,
    enableChunkedPrefill: true,
  },
  workload: {
    arrivalPattern: "poisson",
    arrivalRate: 2, // requests/s
    numRequests: 1000,
    inputLenDist: lognormal(6.9, 0.7), // median e^6.9 = 992 tokens
    outputLenDist: lognormal(5.3, 0.8),
  },
});

console.log(`p99 TTFT ${result.ttft.p99.toFixed(3)} s, p99 E2E ${result.e2e.p99.toFixed(1)} s`);
console.log(`${result.throughput.outputTokensPerSec.toFixed(0)} output tokens/s`);
console.log(`${result.counts.completed} answers within ${result.duration.toFixed(0)} s`);

const { completed, rejected } = result.counts;
check("all requests that fit are served", completed + rejected === 1000);
check("one in a hundred at most is too long", rejected <= 10);
check("99 of 100 see their first token within two seconds", result.ttft.p99 < 2);
