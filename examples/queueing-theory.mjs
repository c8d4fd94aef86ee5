/**
 * Does the simulator agree with queueing theory where theory has an answer?
 *
 * One request at a time, prompts of one length, a single output token: every request takes the same time S, and with
 * Poisson arrivals the server is an M/D/1 queue. At utilisation ρ the mean wait is ρ S / (2 (1 − ρ)).
 */
import { fixed, simulate } from "inference-lab";
import { check, formatError, printTable } from "./support.mjs";

const base = {
  hardware: { computeFlops: 1e14, memoryBandwidth: 1e12, memoryCapacity: 8e10, bytesPerParam: 2 },
  model: { numParameters: 8e9, numLayers: 32, hiddenDim: 4096, numHeads: 32, maxSeqLen: 4096 },
  scheduler: {
    maxNumBatchedTokens: 4096,
    maxNumSeqs: 1,
    blockSize: 16,
    enableChunkedPrefill: true,
  },
  workload: { inputLenDist: fixed(1000), outputLenDist: fixed(1) },
};
const run = (workload) => simulate({ ...base, workload: { ...base.workload, ...workload } });

const idle = run({ arrivalPattern: "batched", numRequests: 1 });
const serviceTime = idle.e2e.mean;

const rows = [0.3, 0.5, 0.8].map((utilization) => {
  const arrivalRate = utilization / serviceTime;
  const { queueTime } = run({ arrivalPattern: "poisson", arrivalRate, numRequests: 200_000 });
  const theory = (utilization * serviceTime) / (2 * (1 - utilization));
  return { utilization, theory, simulated: queueTime.mean };
});

console.log(`Service time ${serviceTime.toFixed(4)} s`);
printTable(
  ["utilisation", "theory s", "simulated s", "error"],
  rows.map(({ utilization, theory, simulated }) => [
    utilization,
    theory,
    simulated,
    formatError(simulated, theory),
  ]),
);
check(
  "mean waits are within 3 % of M/D/1",
  rows.every(({ theory, simulated }) => Math.abs(simulated / theory - 1) < 0.03),
);
