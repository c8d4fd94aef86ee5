/**
 * How many requests a second can this deployment serve, and what does latency look like on the way there?
 *
 * The quick start's deployment under rising load. Beyond its capacity the queue grows for as long as requests come, so
 * latencies there describe the length of the run and not the deployment.
 */
import { fileURLToPath } from "node:url";
import { simulate } from "inference-lab";
import { loadConfig } from "inference-lab/node";
import { check, printTable } from "./support.mjs";

const quickstart = await loadConfig(
  fileURLToPath(new URL("configs/quickstart.toml", import.meta.url)),
);

const rates = [1, 2, 3, 3.5, 4, 5];
const results = rates.map((arrivalRate) => {
  const workload = { ...quickstart.workload, arrivalRate, numRequests: 2000, seed: 1 };
  return simulate({ ...quickstart, workload });
});

printTable(
  ["arrivals/s", "served/s", "mean TTFT s", "p99 TTFT s", "mean TPOT s", "KV cache", "preemptions"],
  results.map(({ throughput, ttft, tpot, utilization, preemptions }, i) => [
    rates[i],
    throughput.requestsPerSec,
    ttft.mean,
    ttft.p99,
    tpot.mean,
    `${(100 * utilization.kvCache).toFixed(0)} %`,
    preemptions.total,
  ]),
);

const capacity = results.at(-1).throughput.requestsPerSec;
console.log(`The deployment serves ${capacity.toFixed(2)} requests/s at most.`);
const [calm, , , , above] = results;
check("up to 3 requests/s all that comes is served", rates.slice(0, 3).every(isServed));
check("4 requests/s are more than it can serve", capacity < 4);
check("there the mean TTFT is over fifty times longer", above.ttft.mean > 50 * calm.ttft.mean);

function isServed(rate, i) {
  return results[i].throughput.requestsPerSec > 0.9 * rate;
}
