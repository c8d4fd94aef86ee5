/**
 * What does prefix caching save on real traffic?
 *
 * The Mooncake traces (github.com/kvcache-ai/Mooncake, Apache-2.0) say which blocks of each prompt are the same as in others. This
 * replays the synthetic one on a 70 B model in fp8 over eight H100s with and without caching, and draws the waiting time of those who
 * arrived in the same 20 seconds. The trace does not come with this package: it is looked for in the folder that
 * INFERENCE_LAB_DATA names.
 */
import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { simulate } from "inference-lab";
import { loadTrace } from "inference-lab/node";
import { check, printTable } from "./support.mjs";

const data = process.env.INFERENCE_LAB_DATA ?? here("../../shared/data");
const file = `${data}/traces/mooncake_fast25_synthetic.jsonl.gz`;
if (existsSync(file)) await compare();
else
  console.log(
    `skipped: no trace at ${file}; set INFERENCE_LAB_DATA to the folder that holds traces/`,
  );

async function compare() {
  const { rows: trace } = await loadTrace(file);
  const run = (enablePrefixCaching) =>
    simulate({
      hardware: {
        computeFlops: 1979e12, // fp8
        memoryBandwidth: 3.35e12,
        memoryCapacity: 80 * 2 ** 30,
        bytesPerParam: 1,
        tensorParallel: 8,
      },
      model: {
        numParameters: 70e9,
        numLayers: 80,
        hiddenDim: 8192,
        numHeads: 64,
        numKvHeads: 8,
        maxSeqLen: 200_000,
      },
      scheduler: {
        maxNumBatchedTokens: 8192,
        maxNumSeqs: 256,
        blockSize: 16,
        enableChunkedPrefill: true,
        enablePrefixCaching,
      },
      workload: { trace },
    });
  const curves = [
    { label: "without prefix caching", color: "#db6d28", result: run(false) },
    { label: "with prefix caching", color: "#2f81f7", result: run(true) },
  ];

  printTable(
    ["", "hit rate", "mean TTFT s", "p99 TTFT s", "mean E2E s", "FLOPs", "evictions"],
    curves.map(({ label, result }) => [
      label,
      `${(100 * (result.prefixCache.hitRate || 0)).toFixed(1)} %`,
      result.ttft.mean,
      result.ttft.p99,
      result.e2e.mean,
      `${(100 * result.utilization.flops).toFixed(0)} %`,
      result.prefixCache.evictions.toLocaleString("en-US"),
    ]),
  );
  writeFileSync(here("prefix-caching.svg"), draw(curves));
  console.log("The chart is examples/prefix-caching.svg.");

  const [off, on] = curves.map(({ result }) => result);
  check(
    "every request is served in both runs",
    [off, on].every((r) => r.counts.completed === trace.length),
  );
  check(
    "what is generated is the same",
    sum(off.requests.numOutputTokens) === sum(on.requests.numOutputTokens),
  );
  check("caching shortens the mean wait for the first token", on.ttft.mean < off.ttft.mean);
}

/** Mean TTFT in seconds of the requests that arrived in each stretch of `width` seconds, as [time, TTFT]. */
function waits({ requests }, width) {
  const stretches = [];
  for (let i = 0; i < requests.length; i++) {
    const stretch = (stretches[Math.floor(requests.arrivalTime[i] / width)] ??= []);
    stretch.push(requests.firstTokenTime[i] - requests.arrivalTime[i]);
  }
  return stretches.map((ttfts, i) => [(i + 0.5) * width, sum(ttfts) / ttfts.length]);
}

function draw(curves) {
  const [left, right, top, bottom] = [64, 780, 76, 320];
  const ink = "#768390";
  const lines = curves.map((curve) => ({ ...curve, points: waits(curve.result, 20) }));
  const end = Math.max(...lines.flatMap(({ points }) => points.map(([time]) => time)));
  const [low, high] = [0.005, 50].map(Math.log10);
  const x = (time) => (left + ((right - left) * time) / end).toFixed(1);
  const y = (wait) =>
    (bottom - ((bottom - top) * (Math.log10(wait) - low)) / (high - low)).toFixed(1);
  const grid = [0.01, 0.1, 1, 10].map(
    (s) =>
      `<path d="M${left} ${y(s)}H${right}" stroke="${ink}" stroke-opacity=".25"/><text x="${left - 8}" y="${Number(y(s)) + 4}" text-anchor="end">${s} s</text>`,
  );
  const ticks = [0, 200, 400, 600, 800, 1000].map(
    (s) => `<text x="${x(s)}" y="${bottom + 20}" text-anchor="middle">${s}</text>`,
  );
  const paths = lines.map(
    ({ color, points }) =>
      `<path d="M${points.map(([time, wait]) => `${x(time)} ${y(wait)}`).join("L")}" fill="none" stroke="${color}" stroke-width="2.5" stroke-linejoin="round"/>`,
  );
  const legend = lines.map(
    ({ label, color }, i) =>
      `<path d="M${left + 200 * i} 50h22" stroke="${color}" stroke-width="2.5"/><text x="${left + 200 * i + 29}" y="54">${label}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 372" width="800" height="372" role="img" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="12" fill="${ink}">
<title>Time to first token with and without prefix caching</title>
<text x="${left}" y="26" font-size="16" font-weight="600">Mean time to first token on a Mooncake trace, 70 B model (fp8) on 8 × H100</text>
${legend.join("")}
${grid.join("")}${ticks.join("")}
<text x="${(left + right) / 2}" y="${bottom + 42}" text-anchor="middle">arrival (seconds into the trace)</text>
${paths.join("\n")}
</svg>
`;
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

function here(path) {
  return fileURLToPath(new URL(path, import.meta.url));
}
