/** What shows itself in a notebook: one piece of content in several forms, of which a frontend takes the best it can draw. */

/** MIME types to content: text, or JSON where the type says so. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** Deno's kernel asks a value for its forms under this name. */
const jupyterDisplay = Symbol.for("Jupyter.display");
/** What `console.log` asks, in Node and in Deno. tslab logs the value of a cell. */
const inspect = Symbol.for("nodejs.util.inspect.custom");

/** Functions by which an object shows itself. Not enumerable, so that they are not part of what it holds. */
export function displayMethods(toBundle: () => MimeBundle): PropertyDescriptorMap {
  return {
    [jupyterDisplay]: { value: toBundle },
    [inspect]: { value: () => inspectAs(toBundle()) },
  };
}

/** A table or a chart: the last value of a cell shows itself, {@link show} shows it anywhere. */
export interface Display {
  /** Every form there is, by MIME type; `text/plain` is always among them. */
  readonly bundle: MimeBundle;
}

/** An object that holds `fields` and shows itself as `bundle`. */
export function display<Fields extends object>(
  bundle: MimeBundle,
  fields: Fields,
): Display & Fields {
  const methods = displayMethods(() => bundle);
  return Object.freeze(Object.defineProperties({ bundle, ...fields }, methods));
}

/** The forms of a value that shows itself; undefined for any other. */
export function bundleOf(value: unknown): MimeBundle | undefined {
  const method = (value as { [jupyterDisplay]?: () => MimeBundle } | null | undefined)?.[
    jupyterDisplay
  ];
  return typeof method === "function" ? method.call(value) : undefined;
}

/** In tslab the forms are sent to the frontend and nothing is left to log; elsewhere the text is what is logged. */
function inspectAs(bundle: MimeBundle): string {
  const tslab = findTslab();
  if (tslab === undefined) return String(bundle["text/plain"]);
  sendToTslab(tslab, bundle);
  return "";
}

interface Tslab {
  readonly display: { raw(type: string, content: unknown): void };
}

/** The kernel gives its cells a `require` that knows it. */
export function findTslab(): Tslab | undefined {
  const { __tslab__: kernel } = globalThis as {
    readonly __tslab__?: { readonly require: (name: string) => unknown };
  };
  return kernel?.require("tslab") as Tslab | undefined;
}

/**
 * Sends all forms as one output. tslab's `raw` takes a single type and makes `{ [type]: content }` the output's data; under the name
 * `toJSON`, which is what the message is written with, the content is the whole data.
 */
export function sendToTslab({ display }: Tslab, bundle: MimeBundle): void {
  display.raw("toJSON", () => bundle);
}
