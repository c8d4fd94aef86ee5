/**
 * Can one tenant's flood of requests be kept from drowning the others, without leaving the device idle?
 *
 * The virtual token counter (Sheng et al., "Fairness in Serving Large Language Models", OSDI 2024) counts what each tenant has got: a
 * prompt token counts 1, an output token 2. Who has got least goes first. A tenant that comes back from a pause begins where
 * the least served of the active ones stands, so that nobody saves up. Their bound: between two tenants who always have something
 * waiting, what they have got differs by at most 2 max(w_p L, w_q M), L the longest prompt and M the tokens that fit into the KV cache.
 */
import { fileURLToPath } from "node:url";
import { Simulation, simulate } from "inference-lab";
import { loadConfig } from "inference-lab/node";
import { checkPolicy } from "inference-lab/testing";
import { check, printTable } from "./support.mjs";

const PROMPT_WEIGHT = 1;
const OUTPUT_WEIGHT = 2;

/**
 * A policy that remembers is made anew for each run: by `create`.
 *
 * @type {import("inference-lab").PolicyPlugin}
 */
const virtualTokenCounter = {
  name: "virtual token counter",
  create() {
    /** What each tenant has got of requests that have ended, and the admitted prompts of the others. */
    const counters = new Map();
    const numWaiting = new Map();
    /** Those that were admitted and have not ended, by tenant: their output tokens are counted when somebody asks. */
    const live = new Map();
    /** What was summed up at this instant already: the queue asks often. */
    const known = new Map();
    let knownAt = -1;

    const attained = (tenant) => {
      let sum = known.get(tenant);
      if (sum !== undefined) return sum;
      sum = counters.get(tenant) ?? 0;
      for (const request of live.get(tenant) ?? []) sum += OUTPUT_WEIGHT * request.numOutputTokens;
      known.set(tenant, sum);
      return sum;
    };
    const add = (map, tenant, n) => {
      map.set(tenant, (map.get(tenant) ?? 0) + n);
      known.clear();
    };

    return {
      name: "virtual token counter",
      isStarvationFree: true,
      orderChangesWithTime: true, // with what tenants get; and, as there is an onAdmission, after each admission
      compareWaiting(a, b, now) {
        if (now !== knownAt) known.clear();
        knownAt = now;
        return attained(a.tenant) - attained(b.tenant);
      },

      onArrival({ tenant }) {
        known.clear();
        const active = [...numWaiting].filter(([, n]) => n > 0).map(([other]) => other);
        if (!active.includes(tenant) && active.length > 0) {
          const lift = Math.min(...active.map(attained)) - attained(tenant);
          if (lift > 0) add(counters, tenant, lift);
        }
        add(numWaiting, tenant, 1);
      },

      onAdmission(request) {
        const { tenant, numPromptTokens } = request;
        const running = live.get(tenant) ?? new Set();
        if (running.has(request)) return; // it was preempted: what is computed again is not its fault
        live.set(tenant, running.add(request));
        add(counters, tenant, PROMPT_WEIGHT * numPromptTokens);
        add(numWaiting, tenant, -1);
      },

      onRequestEnd(request) {
        const { tenant, numOutputTokens } = request;
        if (live.get(tenant)?.delete(request)) {
          add(counters, tenant, OUTPUT_WEIGHT * numOutputTokens);
        } else {
          add(numWaiting, tenant, -1); // the client left before it was admitted
        }
      },
    };
  },
};

const quickstart = await loadConfig(
  fileURLToPath(new URL("configs/quickstart.toml", import.meta.url)),
);
const policies = ["fcfs", virtualTokenCounter];
const results = policies.map((policy) =>
  simulate({
    ...quickstart,
    scheduler: { ...quickstart.scheduler, policy },
    workload: {
      ...quickstart.workload,
      arrivalRate: 5,
      numRequests: 3000,
      tenants: [
        { name: "flood", weight: 8 },
        { name: "small", weight: 1 },
        { name: "tiny", weight: 0.5 },
      ],
    },
  }),
);

console.log(
  "The quick start's deployment at 5 requests/s, more than it can serve, eight in ten from one tenant",
);
printTable(
  ["policy", "tenant", "requests", "p50 TTFT s", "p99 TTFT s", "tokens/s of all"],
  results.flatMap((result, i) =>
    result
      .by("tenant")
      .map(({ label, counts, ttft }) => [
        policies[i].name ?? policies[i],
        label,
        String(counts.total),
        ttft.p50,
        ttft.p99,
        result.throughput.outputTokensPerSec,
      ]),
  ),
);
const [fcfs, fair] = results;
const p99 = (result, tenant) => result.by("tenant").find(({ label }) => label === tenant).ttft.p99;
check(
  "the small tenants wait a tenth of what they did",
  ["small", "tiny"].every((tenant) => p99(fair, tenant) < 0.1 * p99(fcfs, tenant)),
);
check(
  "the device gives as much as before, within 3 %",
  Math.abs(fair.throughput.outputTokensPerSec / fcfs.throughput.outputTokensPerSec - 1) < 0.03,
);

/** What two tenants who flood alike have got, at a few moments: the difference. */
function differences(policy) {
  const simulation = new Simulation({
    ...quickstart,
    scheduler: { ...quickstart.scheduler, policy, numGpuBlocks: 2700 },
    workload: {
      ...quickstart.workload,
      arrivalRate: 20,
      numRequests: 10_000,
      tenants: [
        { name: "more", weight: 3 },
        { name: "less", weight: 1 },
      ],
    },
  });
  const admitted = new Set();
  const found = [];
  for (const event of simulation) {
    if (event.type === "admission") admitted.add(event.request);
    if (event.time < 100 * (found.length + 1)) continue;
    let difference = 0;
    for (const { tenant, numPromptTokens, numOutputTokens } of admitted) {
      const got = PROMPT_WEIGHT * numPromptTokens + OUTPUT_WEIGHT * numOutputTokens;
      difference += tenant === "more" ? got : -got;
    }
    found.push(difference);
    if (found.length === 4) return found;
  }
  throw new Error("the run is shorter than 400 s");
}

const bound = 2 * Math.max(PROMPT_WEIGHT * 8192, OUTPUT_WEIGHT * 2699 * 16);
const [served, equal] = policies.map(differences);
console.log(
  "\nTwo tenants who always have something waiting, one sends three times as much: what it has got more",
);
printTable(
  ["after", "fcfs", "virtual token counter", "theory: at most"],
  served.map((difference, i) => [`${100 * (i + 1)} s`, difference, equal[i], bound]),
);
check(
  "the difference stays within what theory says",
  equal.every((difference) => Math.abs(difference) <= bound),
);
check("under fcfs it grows beyond", served.at(-1) > bound);

const laws = await checkPolicy(virtualTokenCounter);
check(
  "it keeps its promise: nobody waits for ever",
  laws.some((law) => law.startsWith("nobody")),
);
