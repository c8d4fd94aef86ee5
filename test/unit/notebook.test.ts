/** What the notebook entry shows, and how it reaches the frontends of Deno and tslab. */
import { inspect } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";
import { simulate as coreSimulate } from "../../src/index.js";
import {
  batchSpec,
  charts,
  draw,
  latencySpec,
  type MimeBundle,
  show,
  simulate,
  Simulation,
  table,
  timelineSpec,
} from "../../src/notebook/index.js";
import { tinyConfig } from "../support/configs.js";

const jupyterDisplay = Symbol.for("Jupyter.display");
const bundleOf = (value: object) =>
  (value as { readonly [jupyterDisplay]: () => MimeBundle })[jupyterDisplay]();

const config = tinyConfig({ slo: { ttft: 0.01, tpot: 0.1 } });
const result = simulate(config);

afterEach(() => vi.unstubAllGlobals());

describe("a result of the notebook entry", () => {
  test("is the core's, with nothing that shows when it is listed or written as JSON", () => {
    const core = coreSimulate(config);
    expect(Object.keys(result)).toEqual(Object.keys(core));
    expect(JSON.stringify(result)).toBe(JSON.stringify(core));
    expect(result.requests).toEqual(core.requests);
    expect(result.ttft).toEqual(core.ttft);
    expect(Object.isFrozen(result)).toBe(true);
  });

  test("shows itself as a table, also from a run in pieces", () => {
    const simulation = new Simulation(config);
    simulation.advance(0.05);
    for (const shown of [result, simulation.result(), simulation.run()]) {
      expect(bundleOf(shown)["text/html"]).toMatch(/^<table>/);
    }
    expect(inspect(result)).toMatch(/^10 of 10 requests completed/);
  });
});

describe("tables", () => {
  test("of a result hold each latency's statistics, in one unit per row", () => {
    const { html, text } = table(result);
    for (const name of ["TTFT", "TPOT", "ITL", "E2E", "Queue time"]) expect(html).toContain(name);
    const row = text.split("\n").find((line) => line.startsWith("TTFT"))!;
    const units = [...row.matchAll(/(ms|µs|s)\b/g)].map(([unit]) => unit);
    expect(units).toHaveLength(6);
    expect(new Set(units).size).toBe(1);
  });

  test("of several results have a row for each", () => {
    const { html } = table({ one: result, "<two> & co": result });
    expect(html.match(/<tr>/g)).toHaveLength(3);
    expect(html).toContain("&lt;two&gt; &amp; co");
  });

  test("of rows have the keys as their head", () => {
    const { text } = table([
      { policy: "fcfs", "p99 (s)": 12.345 },
      { policy: "sif", "p99 (s)": NaN },
    ]);
    expect(text).toBe("policy  p99 (s)\nfcfs       12.3\nsif           –");
  });

  test("of nothing, or of something else, say what is expected", () => {
    expect(() => table([])).toThrow("no rows");
    expect(() => table({})).toThrow("expected a result, or results by name");
    expect(() => charts({ a: result, b: 3 } as never)).toThrow('found "b", which is none');
  });
});

describe("charts", () => {
  const titles = (svg: string) => [...svg.matchAll(/>([^<>]+)<\/text>/g)].map(([, text]) => text);

  test.each([
    ["latency", ["TTFT (ms)", "TPOT (ms)", "E2E (ms)", "Requests within (%)", "target"]],
    ["timeline", ["Running", "Waiting", "KV cache (%)", "Output tokens/s", "Simulated time (s)"]],
    ["batch", ["Requests in the batch", "Tokens/s", "Simulated time (s)", "prefill", "decode"]],
  ] as const)("%s names its axes with their units, in every form at once", async (name, texts) => {
    const chart = await charts(result)[name]();
    expect(titles(chart.svg)).toEqual(expect.arrayContaining([...texts]));
    expect(Object.keys(chart.bundle)).toEqual([
      "application/vnd.vegalite.v5+json",
      "image/svg+xml",
      "text/plain",
    ]);
    expect(chart.svg).not.toMatch(/NaN|undefined/);
  });

  test("of several runs have a legend", async () => {
    const chart = await charts({ before: result, after: result }).latency();
    expect(titles(chart.svg)).toEqual(expect.arrayContaining(["before", "after"]));
  });

  test("a curve of latencies ends at the largest, and rises", () => {
    const { hconcat } = latencySpec({ result }) as {
      readonly hconcat: readonly {
        readonly data: {
          readonly values: readonly { readonly time: number; readonly percent: number }[];
        };
      }[];
    };
    const points = hconcat[2]!.data.values;
    expect(points.at(-1)).toEqual({ run: "result", time: 1000 * result.e2e.max, percent: 100 });
    expect(points.every(({ time }, i) => i === 0 || time >= points[i - 1]!.time)).toBe(true);
  });

  test("are specs without a charting library", () => {
    for (const spec of [latencySpec, timelineSpec, batchSpec]) {
      expect(JSON.parse(JSON.stringify(spec({ result })))).toHaveProperty("config");
    }
  });

  test("are drawn by the library that is handed over", async () => {
    const vega = await import("vega");
    const vegaLite = await import("vega-lite");
    const handed = await charts(result, { vega, vegaLite }).timeline();
    expect(handed.svg).toBe((await charts(result).timeline()).svg);
  });

  test("a spec that cannot be drawn is an error", async () => {
    await expect(draw({ mark: "bar", data: { url: "file:///nothing.json" } })).rejects.toThrow(
      /cannot be drawn: .*nothing\.json/,
    );
    await expect(draw({ no: "mark" })).rejects.toThrow();
  });
});

describe("show", () => {
  test("reaches Deno's kernel with all forms", async () => {
    const display = vi.fn();
    vi.stubGlobal("Deno", { jupyter: { display } });
    await show(result);
    expect(display).toHaveBeenCalledWith(bundleOf(result), { raw: true });
    await show(coreSimulate(config));
    expect(display.mock.lastCall![0]).toEqual(bundleOf(result));
  });

  test("reaches tslab's frontend with all forms in one message, as does the value of a cell", async () => {
    const messages: unknown[] = [];
    // As tslab's own: one type, whose content is written as JSON.
    const raw = (type: string, content: unknown) =>
      messages.push(JSON.parse(JSON.stringify({ data: { [type]: content } })));
    vi.stubGlobal("__tslab__", { require: () => ({ display: { raw } }) });
    const chart = await charts(result).batch();
    await show(chart);
    expect(inspect(chart)).toBe("");
    expect(messages).toEqual([{ data: chart.bundle }, { data: chart.bundle }]);
  });

  test("without a notebook says what to take instead", async () => {
    await expect(show(table(result))).rejects.toThrow(/found no notebook.*\.svg.*\.html/);
  });
});
