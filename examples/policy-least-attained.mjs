/**
 * Can short answers be served quickly if nobody knows which ones will be short?
 *
 * Least attained service goes by what a request has got so far: whoever has the fewest output tokens goes first, and when the KV cache
 * is full, whoever has the most gives way. With lengths of which a few are very long, those who have got much will mostly need
 * much more, and it is the best that can be done without knowing lengths (Righter and Shanthikumar 1989, for one server). In a serving
 * engine a preemption costs: what was computed is computed again.
 */
import { fileURLToPath } from "node:url";
import { lognormal, RequestStatus, simulate } from "inference-lab";
import { loadConfig } from "inference-lab/node";
import { checkPolicy } from "inference-lab/testing";
import { check, printTable } from "./support.mjs";

/** @type {import("inference-lab").SchedulingPolicy} */
const leastAttained = {
  name: "least attained",
  compareWaiting: (a, b) => a.numOutputTokens - b.numOutputTokens,
  selectVictim: mostAttained,
};

/** The same victims, while the queue stays in order of arrival. */
const onlyVictims = { name: "its victims alone", selectVictim: mostAttained };

/** @param {readonly import("inference-lab").RequestView[]} running */
function mostAttained(running) {
  let victim = 0;
  for (let i = 1; i < running.length; i++) {
    if (running[i].numOutputTokens >= running[victim].numOutputTokens) victim = i;
  }
  return victim;
}

const quickstart = await loadConfig(
  fileURLToPath(new URL("configs/quickstart.toml", import.meta.url)),
);
const policies = ["fcfs", onlyVictims, leastAttained];
const results = policies.map((policy) =>
  simulate({
    ...quickstart,
    scheduler: { ...quickstart.scheduler, policy },
    workload: {
      ...quickstart.workload,
      arrivalRate: 8,
      numRequests: 2000,
      inputLenDist: lognormal(5.5, 0.7),
      outputLenDist: lognormal(4, 1.8), // half of all answers are below 55 tokens, one in a hundred above 3,600
    },
  }),
);

/** Mean E2E of the answers below 100 tokens. */
function meanOfShort({ requests: { length, status, numOutputTokens, arrivalTime, finishTime } }) {
  const times = [];
  for (let i = 0; i < length; i++) {
    if (status[i] !== RequestStatus.Finished || numOutputTokens[i] >= 100) continue;
    times.push(finishTime[i] - arrivalTime[i]);
  }
  return times.reduce((sum, time) => sum + time, 0) / times.length;
}

const short = results.map(meanOfShort);
console.log("The quick start's deployment at 8 requests/s, answers of very different lengths");
printTable(
  ["policy", "mean E2E of short answers s", "mean E2E s", "p99 E2E s", "preemptions"],
  results.map(({ e2e, preemptions }, i) => [
    policies[i].name ?? policies[i],
    short[i],
    e2e.mean,
    e2e.p99,
    preemptions.total,
  ]),
);

const [fcfs, victimsAlone, least] = results;
check("short answers come ten times as fast", short[2] < 0.1 * short[0]);
check("the mean is less than a third", least.e2e.mean < fcfs.e2e.mean / 3);
check("the longest may pay for it: the p99 stays below twice", least.e2e.p99 < 2 * fcfs.e2e.p99);
check("choosing victims so is not enough", victimsAlone.e2e.mean > fcfs.e2e.mean);
await checkPolicy(leastAttained); // throws otherwise
check("it keeps the laws of policies", true);
