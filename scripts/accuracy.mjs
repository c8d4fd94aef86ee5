/**
 * Draws docs/accuracy.svg from the public rows: measured and predicted latencies, and errors by concurrency, devices and precision:
 *
 *   npm run accuracy
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readData } from "./fit/csv.mjs";
import { loadLab } from "./silicon/lab.mjs";
import { usable } from "./silicon/observations.mjs";
import { svgChart } from "./silicon/plot.mjs";
import { configOf } from "./silicon/rows.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const rows = readData("measured/silicon_vllm_public.csv");
if (rows === undefined) {
  console.log("accuracy: skipped, no measured rows");
  process.exit(0);
}
const lab = await loadLab();
const results = usable(rows).map((row) => {
  const result = lab.simulate(configOf(lab, row));
  return {
    row,
    model: row.model.replace(/^.*\//, ""),
    tpot: [row.tpot_ms / 1000, result.tpot.mean],
    ttft: [row.ttft_ms / 1000, result.ttft.mean + lab.FIRST_TOKEN_TRIP],
  };
});
const models = [...new Set(results.map(({ model }) => model))];
const precisions = [...new Set(results.map(({ row }) => row.weights_dtype))];

const byModel = (points) =>
  models.map((model) => ({
    label: model,
    dots: true,
    points: results.filter((one) => one.model === model).flatMap(points),
  }));
const scatter = (metric, range) => ({
  title: metric.toUpperCase(),
  xLabel: "measured, s",
  yLabel: "predicted, s",
  x: range,
  y: range,
  log: true,
  series: [
    { points: range.map((end) => [end, end]), color: "#768390" },
    ...byModel((one) => [one[metric]]),
  ],
});
const error = ([measured, predicted]) => 100 * (predicted / measured - 1);
/** Points of one abscissa beside each other, by where the row stands in the file. */
const spread = (index) => ((index * 37) % 21) / 21 - 0.5;
const errors = (metric, title, xLabel, x, at, limit) => ({
  title: `${metric.toUpperCase()} error by ${title}`,
  xLabel,
  yLabel: "%",
  x,
  y: [-limit, limit],
  series: [
    {
      points: [
        [x[0], 0],
        [x[1], 0],
      ],
      color: "#768390",
    },
    ...byModel((one) => [[at(one) + 0.5 * spread(results.indexOf(one)), error(one[metric])]]),
  ].map((series) => ({ ...series, label: undefined })),
});
const log2 = (value) => Math.log2(value);
const charts = ["tpot", "ttft"].flatMap((metric) => {
  const limit = metric === "tpot" ? 25 : 60;
  return [
    scatter(metric, metric === "tpot" ? [0.003, 0.2] : [0.02, 100]),
    errors(
      metric,
      "concurrency",
      "log2 of the users",
      [1.5, 9.5],
      ({ row }) => log2(row.concurrency),
      limit,
    ),
    errors(
      metric,
      "devices",
      "log2 of tensor parallel",
      [-0.5, 3.5],
      ({ row }) => log2(row.tensor_parallel),
      limit,
    ),
    errors(
      metric,
      "precision",
      precisions.map((name, i) => `${i}: ${name}`).join("  "),
      [-0.5, precisions.length - 0.5],
      ({ row }) => precisions.indexOf(row.weights_dtype),
      limit,
    ),
  ];
});
const svg = svgChart({
  title: `Predicted and measured latencies, ${results.length} rows of vLLM on H100, H200 and B200`,
  panels: charts,
  columns: 2,
  panelWidth: 480,
  panelHeight: 260,
});
writeFileSync(`${root}docs/accuracy.svg`, svg);
console.log("wrote docs/accuracy.svg");
