/** Draws Vega-Lite specs. The charting library is an optional peer, and loaded only here. */
import { InferenceLabError } from "../base/errors.js";
import { display, type Display } from "./display.js";
import { loadCharting } from "./load-charting.js";

/** A Vega-Lite spec: JSON, as https://vega.github.io/vega-lite/docs/ describes it. */
export type VegaLiteSpec = Readonly<Record<string, unknown>>;

/** A drawn chart that shows itself: as the interactive chart where the frontend can draw Vega-Lite, else as the SVG. */
export interface Chart extends Display {
  readonly spec: VegaLiteSpec;
  /** An `<svg>` element. */
  readonly svg: string;
}

/** The modules `vega` and `vega-lite`, for hosts in which they cannot be imported by these names. */
export interface Charting {
  readonly vega: object;
  readonly vegaLite: object;
}

/** What is used of them. */
interface Vega {
  parse(spec: unknown): unknown;
  readonly View: new (runtime: unknown, options: object) => { toSVG(): Promise<string> };
}
interface VegaLite {
  compile(spec: unknown, options: object): { readonly spec: unknown };
}

/** Frontends know version 5 by name; the specs here are the same in 5 and 6. */
const VEGA_LITE_MIME_TYPE = "application/vnd.vegalite.v5+json";

/**
 * Draws a Vega-Lite spec.
 *
 * @param charting Default: the installed packages `vega` and `vega-lite`.
 * @throws InferenceLabError saying what to install, if they are not; or what Vega finds wrong with the spec
 */
export async function draw(spec: VegaLiteSpec, charting?: Charting): Promise<Chart> {
  const { vega, vegaLite } = (charting ?? (await loadInstalled())) as {
    readonly vega: Vega;
    readonly vegaLite: VegaLite;
  };
  const problems: string[] = [];
  const copy: unknown = JSON.parse(JSON.stringify(spec)); // Vega writes into the data that it draws
  const compiled = vegaLite.compile(copy, { logger: logger({ error: problems }) });
  const view = new vega.View(vega.parse(compiled.spec), {
    renderer: "none",
    logger: logger({ error: problems, warn: problems }),
  });
  const svg = await view.toSVG();
  if (problems.length > 0) {
    throw new InferenceLabError(`this spec cannot be drawn: ${problems.join("; ")}`);
  }
  const { description = "A chart" } = spec;
  const bundle = {
    [VEGA_LITE_MIME_TYPE]: spec,
    "image/svg+xml": svg,
    "text/plain": String(description as string),
  };
  return display(bundle, { spec, svg });
}

async function loadInstalled(): Promise<Charting> {
  try {
    return await loadCharting();
  } catch (cause) {
    throw new InferenceLabError(
      "charts are drawn by vega and vega-lite, which cannot be loaded here. Install them where inference-lab is installed: " +
        'npm install vega@6 vega-lite@6. Where nothing is installed, hand them over: in Deno charts(result, { vega: await import("npm:vega@6"), ' +
        'vegaLite: await import("npm:vega-lite@6") })',
      { cause },
    );
  }
}

/**
 * Collects what is told at some levels, and drops the rest, which would stand between the outputs of a notebook. The compiler warns of harmless
 * things; what is drawn warns where data cannot be loaded.
 */
function logger(collected: Readonly<Record<string, string[]>>): object {
  const ignore = () => self;
  const self: Record<string, unknown> = {
    level: ignore,
    error: ignore,
    warn: ignore,
    info: ignore,
    debug: ignore,
  };
  for (const [level, problems] of Object.entries(collected)) {
    self[level] = (...args: readonly unknown[]) => {
      problems.push(args.map(String).join(" "));
      return self;
    };
  }
  return self;
}
