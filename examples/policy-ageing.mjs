/**
 * How much ageing does shortest-first need, so that long prompts do not starve?
 *
 * Shortest prompt first keeps most users happy under overload, and lets the longest prompts wait until the traffic ends. With
 * ageing a second of waiting makes up for so many prompt tokens. Then a request is overtaken only by those who came within
 * (difference of the lengths) / ageing seconds after it: there is a bound on who can go first, and nobody starves.
 */
import { fileURLToPath } from "node:url";
import { simulate } from "inference-lab";
import { loadConfig } from "inference-lab/node";
import { checkPolicy } from "inference-lab/testing";
import { check, printTable } from "./support.mjs";

/**
 * Now and arrival apart, all waiting requests age alike, so the order does not change while they wait.
 *
 * @param {number} ageing prompt tokens that a second of waiting makes up for
 * @returns {import("inference-lab").SchedulingPolicy}
 */
const shortestWithAgeing = (ageing) => {
  const rank = (request) => request.numPromptTokens + ageing * request.arrivalTime;
  return {
    name: `ageing ${ageing}`,
    isStarvationFree: ageing > 0,
    compareWaiting: (a, b) => rank(a) - rank(b),
  };
};

const quickstart = await loadConfig(
  fileURLToPath(new URL("configs/quickstart.toml", import.meta.url)),
);
const policies = ["fcfs", ...[1000, 100, 10, 0].map(shortestWithAgeing)];
const results = policies.map((policy) =>
  simulate({
    ...quickstart,
    scheduler: { ...quickstart.scheduler, policy },
    workload: { ...quickstart.workload, arrivalRate: 4, numRequests: 4000 },
  }),
);

console.log("The quick start's deployment at 4 requests/s, a little more than it can serve");
printTable(
  ["policy", "p50 TTFT s", "p90 TTFT s", "worst TTFT s"],
  results.map(({ ttft }, i) => [policies[i].name ?? policies[i], ttft.p50, ttft.p90, ttft.max]),
);

const [fcfs, , , aged, shortest] = results;
check("shortest first answers most users at once", shortest.ttft.p50 < 0.02 * fcfs.ttft.p50);
check("and some wait far longer than under fcfs", shortest.ttft.max > 5 * fcfs.ttft.max);
check("ageing 10 still answers most at once", aged.ttft.p50 < 0.02 * fcfs.ttft.p50);
const worst = results.map(({ ttft }) => ttft.max);
check(
  "the more ageing, the shorter the worst wait",
  worst.every((wait, i) => i === 0 || wait > worst[i - 1]),
);
check("nobody is overtaken by who came too late for it", countUndueOvertaking(aged, 10) === 0);

const laws = await checkPolicy(shortestWithAgeing(10));
check(
  "it keeps its promise: nobody waits for ever",
  laws.some((law) => law.startsWith("nobody")),
);

/** Pairs in which the later one went first though it came too late for its shorter prompt. */
function countUndueOvertaking({ requests }, ageing) {
  const { length, arrivalTime, firstScheduledTime, numPromptTokens } = requests;
  let count = 0;
  for (let late = 0; late < length; late++) {
    for (let early = 0; early < late; early++) {
      if (!(firstScheduledTime[late] < firstScheduledTime[early])) continue;
      const lead = arrivalTime[late] - arrivalTime[early];
      if (lead > (numPromptTokens[early] - numPromptTokens[late]) / ageing + 1e-9) count++;
    }
  }
  return count;
}
