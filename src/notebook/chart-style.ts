/** What all charts look like. */
import type { VegaLiteSpec } from "./charting.js";

/** Room for three panels side by side, or one, in a notebook's column. */
export const WIDTH = 640;

/** A chart with its title. `description` is also what text-only frontends show. */
export function chartSpec(title: string, description: string, body: VegaLiteSpec): VegaLiteSpec {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    description,
    title,
    ...body,
    config: {
      background: "white",
      font: "sans-serif",
      title: { fontSize: 14, anchor: "start", offset: 12 },
      axis: {
        labelFontSize: 11,
        titleFontSize: 12,
        titleFontWeight: "normal",
        gridColor: "#e5e5e5",
      },
      legend: { labelFontSize: 12, titleFontSize: 12, symbolStrokeWidth: 3, labelLimit: 300 },
      header: { labelFontSize: 12, labelFontWeight: "bold" },
      view: { stroke: "#cccccc" },
      range: { category: COLORS },
    },
  };
}

/** Okabe and Ito's colours, which readers with colour-vision deficiencies can tell apart; their yellow is too light for lines. */
const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];

/** 0.05, 50, 5,000. */
export const NUMBERS = ",.6~g";

/** Simulated time across a panel. Of panels below each other only the last is labelled. */
export function timeAxis(isLast: boolean, tickCount: number): VegaLiteSpec {
  return {
    field: "time",
    type: "quantitative",
    title: isLast ? "Simulated time (s)" : null,
    scale: { nice: false },
    axis: { labels: isLast, tickCount, format: NUMBERS },
  };
}

/** Panels below each other, over one time axis. Axis titles may be as long as a panel is high. */
export function stacked(panels: readonly VegaLiteSpec[]): VegaLiteSpec {
  return { vconcat: panels, spacing: 14, bounds: "flush" };
}

/** The colour of a run, with a legend if there are several. */
export function colorByRun(runs: readonly string[]): VegaLiteSpec {
  return {
    field: "run",
    type: "nominal",
    sort: runs,
    legend: runs.length > 1 ? { title: null, orient: "bottom" } : null,
  };
}
