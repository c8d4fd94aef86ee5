/** What batches are made of: requests in prefill and in decode, and the tokens they compute. */
import type { TimeSeries } from "../metrics/time-series.js";
import { chartSpec, NUMBERS, stacked, timeAxis, WIDTH } from "./chart-style.js";
import type { VegaLiteSpec } from "./charting.js";
import type { NamedResults } from "./result-table.js";

const PHASES = ["prefill", "decode"] as const;

const QUANTITIES: readonly {
  readonly title: string;
  readonly of: Readonly<Record<(typeof PHASES)[number], (series: TimeSeries) => ArrayLike<number>>>;
}[] = [
  {
    title: "Requests in the batch",
    of: { prefill: (series) => series.numPrefilling, decode: (series) => series.numDecoding },
  },
  {
    title: "Tokens/s",
    of: {
      prefill: (series) => series.inputTokensPerSec,
      decode: (series) => series.outputTokensPerSec,
    },
  },
];

/** Points of a curve at most: more are averaged in groups, since single samples of a batch jump from step to step. */
const MAX_POINTS = 128;

/** The Vega-Lite spec of `charts(results).batch()`. */
export function batchSpec(results: NamedResults): VegaLiteSpec {
  const runs = Object.entries(results);
  const curves = runs.map(([, { timeSeries }]) =>
    QUANTITIES.map(({ of }) => toCurves(timeSeries, of)),
  );
  const columns = runs.map(([run], column) => {
    const panels = QUANTITIES.map(({ title }, row) => {
      const max = Math.max(...curves.map((ofRun) => ofRun[row]!.max)); // runs are compared at one scale
      return panel(curves[column]![row]!, title, max, row === QUANTITIES.length - 1);
    });
    const width = WIDTH / runs.length;
    return {
      ...(runs.length > 1 && { title: run }),
      ...stacked(panels.map((spec) => ({ width, ...spec }))),
    };
  });
  return chartSpec(
    "What batches are made of",
    `Requests and tokens in prefill and in decode over simulated time, for ${Object.keys(results).join(", ")}`,
    { hconcat: columns },
  );
}

interface Curves {
  readonly points: readonly {
    readonly phase: string;
    readonly time: number;
    readonly value: number;
  }[];
  /** Of the phases' sum. */
  readonly max: number;
}

function toCurves(series: TimeSeries, of: (typeof QUANTITIES)[number]["of"]): Curves {
  const times = averaged(series.time);
  const values = PHASES.map((phase) => averaged(of[phase](series)));
  return {
    points: PHASES.flatMap((phase, p) =>
      times.map((time, i) => ({ phase, time, value: values[p]![i]! })),
    ),
    max: Math.max(...times.map((_, i) => values.reduce((sum, curve) => sum + curve[i]!, 0))),
  };
}

function panel({ points }: Curves, title: string, max: number, isLast: boolean): VegaLiteSpec {
  return {
    height: 140,
    data: { values: points },
    mark: { type: "area", tooltip: true },
    encoding: {
      x: timeAxis(isLast, 6),
      y: {
        field: "value",
        type: "quantitative",
        title,
        stack: "zero",
        scale: { domain: [0, max], nice: true },
        axis: { tickCount: 5, format: NUMBERS },
      },
      color: {
        field: "phase",
        type: "nominal",
        sort: PHASES,
        legend: { title: null, orient: "bottom" },
      },
      order: { field: "phase", sort: "descending" },
    },
  };
}

/** The means of groups of neighbours. */
function averaged(values: ArrayLike<number>): number[] {
  const size = Math.ceil(values.length / MAX_POINTS);
  return Array.from({ length: Math.ceil(values.length / size) }, (_, group) => {
    const members = Array.from(values).slice(group * size, (group + 1) * size);
    return members.reduce((sum, value) => sum + value, 0) / members.length;
  });
}
