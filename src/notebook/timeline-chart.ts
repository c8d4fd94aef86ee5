/** The system over time, one quantity above the other. */
import type { SimulationResult } from "../simulation/result.js";
import { chartSpec, colorByRun, NUMBERS, stacked, timeAxis, WIDTH } from "./chart-style.js";
import type { VegaLiteSpec } from "./charting.js";
import type { NamedResults } from "./result-table.js";

const QUANTITIES: readonly {
  readonly title: string;
  readonly of: (result: SimulationResult) => ArrayLike<number>;
}[] = [
  { title: "Running", of: ({ timeSeries }) => timeSeries.numRunning },
  { title: "Waiting", of: ({ timeSeries }) => timeSeries.numWaiting },
  {
    title: "KV cache (%)",
    of: ({ timeSeries }) => timeSeries.kvCacheUsage.map((share) => 100 * share),
  },
  { title: "Output tokens/s", of: ({ timeSeries }) => timeSeries.outputTokensPerSec },
];

/** The Vega-Lite spec of `charts(results).timeline()`. */
export function timelineSpec(results: NamedResults): VegaLiteSpec {
  const runs = Object.keys(results);
  const panels = QUANTITIES.map(({ title, of }, i) => {
    const points = Object.entries(results).flatMap(([run, result]) => {
      const values = of(result);
      return Array.from(result.timeSeries.time, (time, row) => ({
        run,
        time,
        value: values[row]!,
      }));
    });
    return {
      width: WIDTH,
      height: 100,
      data: { values: points },
      mark: { type: "line", strokeWidth: 1.5, tooltip: true },
      encoding: {
        x: timeAxis(i === QUANTITIES.length - 1, 10),
        y: { field: "value", type: "quantitative", title, axis: { tickCount: 4, format: NUMBERS } },
        color: colorByRun(runs),
      },
    };
  });
  return chartSpec(
    "Requests, KV cache and tokens over time",
    `Requests, KV cache and tokens per second over simulated time, for ${runs.join(", ")}`,
    { ...stacked(panels), resolve: { scale: { x: "shared", color: "shared" } } },
  );
}
