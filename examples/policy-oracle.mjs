/**
 * What would it be worth to know how long each answer will be?
 *
 * A server knows a request's prompt and max_tokens, and people seldom set max_tokens to what they need: here all ask for 2,048. An
 * oracle is a policy that looks at the true output length. It cannot be built, but it bounds what a predictor of lengths could win.
 */
import { fileURLToPath } from "node:url";
import { simulate } from "inference-lab";
import { loadConfig } from "inference-lab/node";
import { checkPolicy } from "inference-lab/testing";
import { check, printTable } from "./support.mjs";

/**
 * Fewest tokens left to generate first. The simulator shows `stopLength` to policies that ask for it by `needsOutputLength`, and the
 * result says that they are oracles.
 *
 * @type {import("inference-lab").OraclePolicy}
 */
const oracle = {
  name: "oracle: shortest remaining output",
  needsOutputLength: true,
  compareWaiting: (a, b) => remaining(a) - remaining(b),
  selectVictim: (running) =>
    running.reduce((victim, r, i) => (remaining(r) >= remaining(running[victim]) ? i : victim), 0),
};

function remaining(request) {
  return request.stopLength - request.numOutputTokens;
}

const quickstart = await loadConfig(
  fileURLToPath(new URL("configs/quickstart.toml", import.meta.url)),
);
const policies = ["fcfs", "sof", "sif", oracle];
const results = policies.map((policy) =>
  simulate({
    ...quickstart,
    scheduler: { ...quickstart.scheduler, policy },
    workload: { ...quickstart.workload, arrivalRate: 4, numRequests: 4000, maxTokens: 2048 },
  }),
);

console.log("The quick start's deployment at 4 requests/s, all with max_tokens = 2048");
printTable(
  ["policy", "mean E2E s", "p50 E2E s", "p99 E2E s"],
  results.map(({ e2e }, i) => [policies[i].name ?? policies[i], e2e.mean, e2e.p50, e2e.p99]),
);

const [fcfs, byBound, byPrompt, knowing] = results;
check("with one bound for all, sof is fcfs", byBound.e2e.mean === fcfs.e2e.mean);
check(
  "the oracle's mean E2E is less than that of policies that could be built",
  [fcfs, byBound, byPrompt].every(({ e2e }) => knowing.e2e.mean < 0.8 * e2e.mean),
);
check(
  "its result says what it is",
  knowing.notes.some((note) => note.includes("is an oracle")),
);
await checkPolicy(oracle); // throws otherwise
check("it keeps the laws of policies", true);
