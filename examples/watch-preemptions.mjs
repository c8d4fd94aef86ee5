/**
 * Whom does a full KV cache hit, and what does it cost to rule preemptions out?
 *
 * Watches the quick start's deployment event by event at 3 requests/s, then runs it again in preemption-free mode.
 */
import { fileURLToPath } from "node:url";
import { Simulation, simulate } from "inference-lab";
import { loadConfig } from "inference-lab/node";
import { check, printTable } from "./support.mjs";

const quickstart = await loadConfig(
  fileURLToPath(new URL("configs/quickstart.toml", import.meta.url)),
);
const config = {
  ...quickstart,
  workload: { ...quickstart.workload, arrivalRate: 3, numRequests: 1000 },
};

const simulation = new Simulation(config);
const running = []; // in order of admission
const preemptions = [];
let numLatestFirst = 0;
for (const event of simulation) {
  if (event.type === "admission") running.push(event.request.index);
  if (event.type === "completion") running.splice(running.indexOf(event.request.index), 1);
  if (event.type === "preemption") {
    const { index, numPromptTokens } = event.request;
    if (running.at(-1) === index) numLatestFirst++;
    running.splice(running.indexOf(index), 1);
    preemptions.push([event.time, index, numPromptTokens, event.numLostTokens]);
  }
}
const result = simulation.result();

console.log(`${preemptions.length} preemptions, the first of them:`);
printTable(["time s", "request", "prompt", "tokens lost"], preemptions.slice(0, 5));

const scheduler = { ...config.scheduler, enablePreemptionFree: true };
const calm = simulate({ ...config, scheduler });
const worst = (requests) => Math.max(...requests.numPreemptions);
console.log("\nWith and without preemptions");
printTable(
  ["mode", "preemptions", "most of one", "mean TTFT s", "p99 ITL s", "mean E2E s"],
  [
    ["vLLM", result],
    ["preemption-free", calm],
  ].map(
    ([
      mode,
      {
        preemptions: { total },
        requests,
        ttft,
        itl,
        e2e,
      },
    ]) => [mode, total, worst(requests), ttft.mean, itl.p99, e2e.mean],
  ),
);

check("every preemption was seen as an event", preemptions.length === result.preemptions.total);
check("each hit the most recently admitted request", numLatestFirst === preemptions.length);
check("preemption-free mode has none", calm.preemptions.total === 0);
check("waiting in the queue is what it costs", calm.queueTime.mean > result.queueTime.mean);
