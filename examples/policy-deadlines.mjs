/**
 * Can one deployment serve people who wait and jobs that do not, and keep what it promised to both?
 *
 * Two classes of service: interactive requests are to see their first token within 5 seconds, batch jobs within a minute. Earliest
 * deadline first compares both on one scale, and it is the order with the least worst lateness (Jackson 1955, for one machine and jobs
 * that are all there). Strict priority does as well as long as there is room, and then lets batch jobs wait for ever.
 */
import { fileURLToPath } from "node:url";
import { simulate } from "inference-lab";
import { loadConfig } from "inference-lab/node";
import { checkPolicy } from "inference-lab/testing";
import { check, printTable } from "./support.mjs";

/** Seconds to the first token, per class. */
const targets = { interactive: 5, batch: 60 };

/** @type {import("inference-lab").SchedulingPolicy} */
const earliestDeadlineFirst = {
  name: "edf",
  isStarvationFree: true,
  compareWaiting: (a, b) => deadline(a) - deadline(b),
  // Who can wait longest gives way; of those the most recently admitted.
  selectVictim: (running) =>
    running.reduce((victim, r, i) => (deadline(r) >= deadline(running[victim]) ? i : victim), 0),
};

function deadline(request) {
  return request.arrivalTime + (targets[request.class] ?? targets.batch);
}

/** @type {import("inference-lab").SchedulingPolicy} */
const interactiveFirst = {
  name: "interactive first",
  compareWaiting: (a, b) => (targets[a.class] ?? 0) - (targets[b.class] ?? 0),
};

const quickstart = await loadConfig(
  fileURLToPath(new URL("configs/quickstart.toml", import.meta.url)),
);
const policies = ["fcfs", interactiveFirst, earliestDeadlineFirst];
const classes = [
  { name: "interactive", weight: 1 },
  { name: "batch", weight: 1 },
];

/** What each class got under each policy. */
const runAll = (workload) =>
  policies.map((policy) => {
    const result = simulate({
      ...quickstart,
      scheduler: { ...quickstart.scheduler, policy },
      workload: { ...quickstart.workload, numRequests: 4000, classes, ...workload },
    });
    const [batch, interactive] = result.by("class");
    return { batch: kept(batch), interactive: kept(interactive) };
  });

/** The share of a class that saw its first token in time, and how late the last one did. */
function kept({ label, counts, requests: { firstTokenTime, arrivalTime } }) {
  const lateness = firstTokenTime.map((time, i) => time - arrivalTime[i] - targets[label]);
  const known = lateness.filter((seconds) => !Number.isNaN(seconds));
  return {
    share: known.filter((s) => s <= 0).length / counts.completed,
    latest: Math.max(...known),
  };
}

function print(title, rows) {
  console.log(title);
  printTable(
    ["policy", "interactive in time", "worst lateness s", "batch in time", "worst lateness s"],
    rows.map(({ interactive, batch }, i) => [
      policies[i].name ?? policies[i],
      `${(100 * interactive.share).toFixed(1)} %`,
      interactive.latest,
      `${(100 * batch.share).toFixed(1)} %`,
      batch.latest,
    ]),
  );
}

const bursts = runAll({ arrivalPattern: "gamma", burstiness: 0.2, arrivalRate: 3 });
print("Bursts at 3 requests/s, which can be served in the long run", bursts);
const [fcfs, priority, edf] = bursts;
check("fcfs is late for one interactive request in twenty", fcfs.interactive.share < 0.95);
check(
  "earliest deadline first is in time for 99 of 100 of both classes",
  edf.interactive.share > 0.99 && edf.batch.share > 0.99,
);
check("strict priority is no better", priority.interactive.share < edf.interactive.share + 0.005);

const overload = runAll({ arrivalPattern: "poisson", arrivalRate: 4.5 });
print("\n4.5 requests/s, a quarter more than can be served", overload);
const worst = overload.map(({ interactive, batch }) => Math.max(interactive.latest, batch.latest));
check("earliest deadline first has the least worst lateness", worst[2] === Math.min(...worst));
check("strict priority makes batch jobs pay for it all", worst[1] > 1.25 * worst[2]);

const laws = await checkPolicy(earliestDeadlineFirst, { classes: Object.keys(targets) });
check(
  "it keeps its promise: nobody waits for ever",
  laws.some((law) => law.startsWith("nobody")),
);
