/**
 * Draws docs/saturation.svg, the picture of the README, from simulations with the built package:
 *
 *   npm run picture
 *
 * The quick start's deployment under rising load, first come first served and shortest prompt first: the time to the first token
 * of the median request and of one in a hundred. Lines are means over seeds, bands their range.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { simulate } from "inference-lab";
import { loadConfig } from "inference-lab/node";

const root = fileURLToPath(new URL("..", import.meta.url));
const quickstart = await loadConfig(`${root}examples/configs/quickstart.toml`);

const RATES = Array.from({ length: 19 }, (_, i) => 0.5 + 0.25 * i);
const SEEDS = [1, 2, 3, 4, 5];
const NUM_REQUESTS = 2000;
// Colours that read on white and on dark pages alike.
const POLICIES = [
  { policy: "fcfs", label: "first come, first served", color: "#2f81f7" },
  { policy: "sif", label: "shortest prompt first", color: "#db6d28" },
];
const INK = "#768390";
const PANELS = [
  { key: "p50", title: "the median request" },
  { key: "p99", title: "one request in a hundred (p99)" },
];

const WIDTH = 880;
const HEIGHT = 366;
const TOP = 92;
const BOTTOM = HEIGHT - 54;
const PANEL_WIDTH = 372;
const PANEL_LEFTS = [66, 66 + PANEL_WIDTH + 52];
const SECONDS = [0.1, 1, 10, 100, 1000];

const curves = POLICIES.map(({ policy, ...look }) => ({
  ...look,
  points: RATES.map((arrivalRate) => ({
    arrivalRate,
    results: SEEDS.map((seed) =>
      simulate({
        ...quickstart,
        scheduler: { ...quickstart.scheduler, policy },
        workload: { ...quickstart.workload, arrivalRate, seed, numRequests: NUM_REQUESTS },
      }),
    ),
  })),
}));

/** What is served at the highest rate, where the queue never empties. */
const capacity = mean(
  curves[0].points.at(-1).results.map(({ throughput }) => throughput.requestsPerSec),
);

mkdirSync(`${root}docs`, { recursive: true });
writeFileSync(`${root}docs/saturation.svg`, draw());
console.log(`docs/saturation.svg: saturation at ${capacity.toFixed(2)} requests/s`);

function draw() {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="title description" font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="12" fill="${INK}">
<title id="title">Time to first token against arrival rate</title>
<desc id="description">Simulated time to first token of a 70 B model on two H100s, median and 99th percentile, under rising load. Both policies saturate near ${capacity.toFixed(1)} requests per second. Beyond that, shortest prompt first keeps the median low, and the longest prompts wait longest.</desc>
<text x="${PANEL_LEFTS[0]}" y="22" font-size="16" font-weight="600">Time to first token of a 70 B model on 2 × H100, under rising load</text>
${legend()}
${PANELS.map((panel, i) => drawPanel(panel, PANEL_LEFTS[i], i === 0)).join("\n")}
</svg>
`;
}

function legend() {
  let x = PANEL_LEFTS[0];
  const items = POLICIES.map(({ label, color }) => {
    const item = `<path d="M${x} 44h22" stroke="${color}" stroke-width="2.5"/><text x="${x + 29}" y="48">${label}</text>`;
    x += 46 + 6.4 * label.length;
    return item;
  });
  const end = PANEL_LEFTS[1] + PANEL_WIDTH;
  const what = `${NUM_REQUESTS.toLocaleString("en-US")} requests per run; mean and range of ${SEEDS.length} seeds`;
  return `${items.join("")}<text x="${end}" y="48" text-anchor="end">${what}</text>`;
}

function drawPanel({ key, title }, left, isFirst) {
  const right = left + PANEL_WIDTH;
  const x = (rate) => left + (PANEL_WIDTH * rate) / 5;
  const y = (seconds) => {
    const [low, high] = [0.04, 1200].map(Math.log);
    return BOTTOM - ((Math.log(seconds) - low) / (high - low)) * (BOTTOM - TOP);
  };
  const rows = SECONDS.map(
    (s) =>
      `<path d="M${left} ${px(y(s))}H${right}" stroke="${INK}" stroke-opacity=".22"/><text x="${left - 8}" y="${px(y(s) + 4)}" text-anchor="end">${isFirst ? label(s) : ""}</text>`,
  );
  const columns = [0, 1, 2, 3, 4, 5].map(
    (rate) =>
      `<path d="M${px(x(rate))} ${BOTTOM}v5" stroke="${INK}"/><text x="${px(x(rate))}" y="${BOTTOM + 19}" text-anchor="middle">${rate}</text>`,
  );
  const knee = px(x(capacity));
  const bands = curves.map(({ color, points }) => {
    const at = (pick) => points.map((p) => [x(p.arrivalRate), y(pick(...values(p, key)))]);
    const band = [...at(Math.max), ...at(Math.min).toReversed()];
    const line = at((...all) => mean(all));
    return `<path d="${path(band)}Z" fill="${color}" fill-opacity=".2"/><path d="${path(line)}" fill="none" stroke="${color}" stroke-width="2.5" stroke-linejoin="round" stroke-linecap="round"/>`;
  });
  return `<g>
<text x="${left}" y="${TOP - 14}" font-weight="600">${title}</text>
${rows.join("")}
<path d="M${left} ${BOTTOM}H${right}" stroke="${INK}"/>${columns.join("")}
<text x="${px((left + right) / 2)}" y="${BOTTOM + 40}" text-anchor="middle">arrival rate (requests/s)</text>
<path d="M${knee} ${TOP}V${BOTTOM}" stroke="${INK}" stroke-dasharray="3 4"/>
<text x="${knee - 7}" y="${TOP + 22}" text-anchor="end">saturation, ${capacity.toFixed(1)}/s</text>
${bands.join("\n")}
</g>`;
}

function values({ results }, key) {
  return results.map(({ ttft }) => ttft[key]);
}

function label(seconds) {
  return seconds < 1 ? `${seconds * 1000} ms` : `${seconds.toLocaleString("en-US")} s`;
}

function path(points) {
  return points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${px(x)} ${px(y)}`).join("");
}

/** Hundredths of a pixel are enough. */
function px(value) {
  return Number(value.toFixed(2));
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
