/**
 * How much does it help to serve short prompts first?
 *
 * First where theory has an answer: one request at a time and a single output token make an M/G/1 queue. First come, first
 * served, the mean wait is W0 / (1 − ρ) with W0 = λ E[S²] / 2 (Pollaczek and Khinchine); shortest first, requests of
 * class k wait W0 / ((1 − σ(k − 1)) (1 − σ(k))), where σ(k) is the utilisation by classes up to k (Cobham 1954).
 * Then on a loaded 70 B deployment with batches, where theory has none.
 */
import { fileURLToPath } from "node:url";
import { fixed, simulate } from "inference-lab";
import { loadConfig } from "inference-lab/node";
import { check, formatError, printTable } from "./support.mjs";

/** @type {import("inference-lab").SchedulingPolicy} */
const shortestFirst = {
  name: "shortest-first",
  compareWaiting: (a, b) => a.numPromptTokens - b.numPromptTokens,
};

const promptLengths = [200, 1000, 4000]; // equally likely
const base = {
  hardware: { computeFlops: 1e14, memoryBandwidth: 1e12, memoryCapacity: 8e10, bytesPerParam: 2 },
  model: { numParameters: 8e9, numLayers: 32, hiddenDim: 4096, numHeads: 32, maxSeqLen: 8192 },
  scheduler: {
    maxNumBatchedTokens: 8192,
    maxNumSeqs: 1,
    blockSize: 16,
    enableChunkedPrefill: true,
  },
};
const singleToken = { outputLenDist: fixed(1) };

const serviceTimes = promptLengths.map((length) => {
  const workload = { arrivalPattern: "batched", numRequests: 1, inputLenDist: fixed(length) };
  return simulate({ ...base, workload: { ...workload, ...singleToken } }).e2e.mean;
});
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const meanServiceTime = mean(serviceTimes);
const utilization = 0.8;
const arrivalRate = utilization / meanServiceTime;

const w0 = (arrivalRate * mean(serviceTimes.map((s) => s * s))) / 2;
const shares = serviceTimes.map((s) => (arrivalRate * s) / serviceTimes.length);
const upTo = (k) => shares.slice(0, k + 1).reduce((sum, share) => sum + share, 0);
const theory = {
  fcfs: w0 / (1 - utilization) + meanServiceTime,
  shortestFirst:
    mean(shares.map((_, k) => w0 / ((1 - upTo(k - 1)) * (1 - upTo(k))))) + meanServiceTime,
};

const simulateQueue = (policy) =>
  simulate({
    ...base,
    scheduler: { ...base.scheduler, policy },
    workload: {
      arrivalPattern: "poisson",
      arrivalRate,
      numRequests: 100_000,
      inputLenDist: {
        name: "three lengths",
        sample: (random) => promptLengths[Math.floor(random() * promptLengths.length)],
      },
      ...singleToken,
    },
  }).e2e.mean;
const simulated = {
  fcfs: simulateQueue("fcfs"),
  shortestFirst: simulateQueue(shortestFirst),
};

console.log(`Mean E2E of one server at ${100 * utilization} % utilisation`);
printTable(
  ["policy", "theory s", "simulated s", "error"],
  Object.keys(theory).map((policy) => [
    policy,
    theory[policy],
    simulated[policy],
    formatError(simulated[policy], theory[policy]),
  ]),
);
for (const policy of Object.keys(theory)) {
  check(
    `${policy} is within 3 % of theory`,
    Math.abs(simulated[policy] / theory[policy] - 1) < 0.03,
  );
}

const quickstart = await loadConfig(
  fileURLToPath(new URL("configs/quickstart.toml", import.meta.url)),
);
const loaded = { ...quickstart.workload, arrivalRate: 4, numRequests: 4000 };
const results = ["fcfs", shortestFirst].map((policy) =>
  simulate({ ...quickstart, scheduler: { ...quickstart.scheduler, policy }, workload: loaded }),
);

console.log("\nThe quick start's deployment at 4 requests/s, a little above what it can serve");
printTable(
  ["policy", "mean E2E s", "p50 E2E s", "p99 E2E s"],
  results.map(({ e2e }, i) => [["fcfs", shortestFirst.name][i], e2e.mean, e2e.p50, e2e.p99]),
);
const [fcfs, shortest] = results;
check("shortest first lowers mean E2E under load", shortest.e2e.mean < 0.75 * fcfs.e2e.mean);
check("long prompts pay for it: the p99 rises", shortest.e2e.p99 > fcfs.e2e.p99);
