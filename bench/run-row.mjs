/** Runs one row or measure once and prints what it took as JSON: `node --expose-gc run-row.mjs NAME DIST`. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { measures } from "./measures.mjs";
import { rows } from "./rows.mjs";

const [name, dist] = process.argv.slice(2);
const entry = (file) => import(pathToFileURL(resolve(dist, file)).href);
const lab = {
  ...(await entry("index.js")),
  ...(await entry("io.js")),
  ...(await entry("catalog.js")),
};
if (name in measures) {
  console.log(JSON.stringify((await measures[name].measure(lab, dist)) ?? null));
  process.exit();
}
const config = await rows[name].make(lab);
if (config === undefined) {
  console.log("null");
  process.exit();
}

/** Fixed arithmetic, so that runs on different machines can be compared: seconds for 10^8 rounds. */
function calibrate() {
  const start = process.hrtime.bigint();
  let a = 1;
  for (let i = 0; i < 1e8; i++) a = (Math.imul(a, 1664525) + 1013904223) | 0;
  if (a === 0.5) console.log(a);
  return Number(process.hrtime.bigint() - start) / 1e9;
}

// Loops of runs are what speed is for, so the compiler is warm: a run in an own process takes about a quarter of a second more.
const WARM_MS = 1500;
const warmAt = performance.now() + WARM_MS;
while (performance.now() < warmAt) {
  percentiles(
    lab.simulate({ ...config, workload: { ...config.workload, ...fewer(config.workload) } }),
  );
}
const calibration = calibrate();
// No collection is asked for before the run: a full one throws away compiled code too, and compiling again takes 0.2 s.
const start = process.hrtime.bigint();
let result = lab.simulate(config);
const { ttft, e2e, tpot } = percentiles(result);
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
const peakMegabytes = process.resourceUsage().maxRSS / 1024;
const numRequests = result.counts.total;
const numBlocks = Math.floor(
  result.requests.numPromptTokens.reduce((sum, n) => sum + n, 0) / config.scheduler.blockSize,
);
const report = {
  seconds,
  numRequests,
  requestsPerSec: numRequests / seconds,
  stepsPerSec: result.numSteps / seconds,
  blocksPerSec: numBlocks / seconds,
  /** Requests in the time that the calibration loop takes. */
  perCalibration: (numRequests / seconds) * calibration,
  peakMegabytes,
  preemptionsPerRequest: result.preemptions.perRequestMean,
  check: [ttft.p99, e2e.mean, tpot.mean].map((x) => x.toPrecision(6)).join(" "),
};
const withResult = memory();
result = undefined;
console.log(JSON.stringify({ ...report, bytesPerRequest: (withResult - memory()) / numRequests }));

/** They are computed when they are asked for. */
function percentiles({ ttft, e2e, tpot }) {
  return { ttft, e2e, tpot };
}

/** A tenth of a workload, but not less than 20,000 requests. */
function fewer({ numRequests, trace }) {
  const total = numRequests ?? trace.rows?.length ?? trace.length;
  const most = Math.max(total / 10, 20_000);
  return total <= most ? {} : { numRequests: most };
}

/** Twice: the first collection finds buffers that only the second gives back. */
function memory() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
