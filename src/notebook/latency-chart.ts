/** How latencies are distributed: for each of TTFT, TPOT and E2E, the share of requests within so many seconds. */
import { SECONDS_PER, timeUnit, type TimeUnit } from "../cli/number-format.js";
import { quantiles } from "../metrics/distribution.js";
import { e2e, latencies, tpot, ttft, type Latency } from "../metrics/latency.js";
import type { SloConfig } from "../simulation/config.js";
import { chartSpec, colorByRun, NUMBERS, WIDTH } from "./chart-style.js";
import type { VegaLiteSpec } from "./charting.js";
import type { NamedResults } from "./result-table.js";

const METRICS: readonly {
  readonly name: string;
  readonly key: keyof SloConfig;
  readonly of: Latency;
}[] = [
  { name: "TTFT", key: "ttft", of: ttft },
  { name: "TPOT", key: "tpot", of: tpot },
  { name: "E2E", key: "e2e", of: e2e },
];

/** Shares at which a curve has a point: every half per cent, and ten times as dense in the tail. */
const SHARES = [
  ...Array.from({ length: 198 }, (_, i) => i / 200),
  ...Array.from({ length: 21 }, (_, i) => 0.99 + i / 2000),
];

/** The Vega-Lite spec of `charts(results).latency()`. */
export function latencySpec(results: NamedResults): VegaLiteSpec {
  const panels = METRICS.flatMap(({ name, key, of }) => {
    const curves = Object.entries(results).map(([run, { requests }]) => ({
      run,
      values: quantiles(latencies(requests, of), SHARES),
    }));
    const target = Object.values(results)[0]!.config.slo?.[key];
    return curves.every(({ values }) => Number.isNaN(values[0]))
      ? []
      : [panel(name, curves, target)];
  });
  return chartSpec(
    "Latency of completed requests",
    `Latency of completed requests: the share of requests within a time, for ${Object.keys(results).join(", ")}`,
    { hconcat: panels, resolve: { scale: { color: "shared" } } },
  );
}

interface Curve {
  readonly run: string;
  /** In seconds, one for each of SHARES; NaN where nothing completed. */
  readonly values: readonly number[];
}

function panel(name: string, curves: readonly Curve[], target: number | undefined): VegaLiteSpec {
  const all = curves.flatMap(({ values }) => values).filter((value) => !Number.isNaN(value));
  const max = Math.max(...all);
  const unit = timeUnit(max);
  const scale = SECONDS_PER[unit];
  const points = curves.flatMap(({ run, values }) =>
    values.map((seconds, i) => ({
      run,
      time: seconds / scale,
      percent: 100 * SHARES[i]!,
    })),
  );
  const runs = curves.map(({ run }) => run);
  const line = {
    mark: { type: "line", strokeWidth: 2, tooltip: true },
    encoding: {
      x: latencyAxis(name, unit, all),
      y: {
        field: "percent",
        type: "quantitative",
        title: name === METRICS[0]!.name ? "Requests within (%)" : null,
        scale: { domain: [0, 100] },
        axis: { values: [0, 25, 50, 75, 90, 99] },
      },
      color: colorByRun(runs),
      order: { field: "percent", type: "quantitative" },
    },
  };
  return {
    width: (WIDTH - 100) / METRICS.length,
    height: 220,
    data: { values: points.filter(({ time }) => !Number.isNaN(time)) },
    layer: [line, ...(target === undefined ? [] : targetRule(target / scale, max / scale))],
  };
}

/** Logarithmic where the times differ tenfold or more. */
function latencyAxis(name: string, unit: TimeUnit, seconds: readonly number[]): VegaLiteSpec {
  const min = Math.min(...seconds);
  const max = Math.max(...seconds);
  const isLogarithmic = max > 10 * min;
  return {
    field: "time",
    type: "quantitative",
    title: `${name} (${unit})`,
    scale: isLogarithmic ? { type: "log", nice: false } : { zero: false },
    axis: {
      format: NUMBERS,
      labelOverlap: true,
      ...(isLogarithmic
        ? { values: logTicks(min / SECONDS_PER[unit], max / SECONDS_PER[unit]) }
        : { tickCount: 4 }),
    },
  };
}

/** Powers of ten within a range; twice and five times them too, if it is short. */
function logTicks(min: number, max: number): number[] {
  const steps = max > 100 * min ? [1] : [1, 2, 5];
  const first = Math.floor(Math.log10(min));
  const numDecades = Math.ceil(Math.log10(max)) - first;
  return Array.from({ length: numDecades + 1 }, (_, i) => Number(`1e${first + i}`))
    .flatMap((power) => steps.map((step) => step * power))
    .filter((tick) => tick >= min && tick <= max);
}

/** A dashed line at the latency target, with its name on the side where the curves are. */
function targetRule(time: number, maxTime: number): VegaLiteSpec[] {
  const data = { values: [{ time }] };
  const x = { field: "time", type: "quantitative" };
  const side = time < maxTime ? { align: "left", dx: 4 } : { align: "right", dx: -4 };
  return [
    { data, mark: { type: "rule", strokeDash: [5, 4], color: "#555555" }, encoding: { x } },
    {
      data,
      mark: { type: "text", color: "#555555", ...side },
      encoding: { x, y: { datum: 6 }, text: { value: "target" } },
    },
  ];
}
