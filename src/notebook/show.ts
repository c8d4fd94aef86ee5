/** Shows a value in whichever notebook this runs in. */
import { InferenceLabError } from "../base/errors.js";
import { bundleOf, findTslab, sendToTslab, type Display, type MimeBundle } from "./display.js";
import type { SimulationResult } from "../simulation/result.js";
import { table } from "./table.js";

interface DenoKernel {
  display(bundle: MimeBundle, options: { readonly raw: true }): Promise<void>;
}

/**
 * Shows a table, a chart or a result at any place of a cell; as the last value of a cell, they show themselves. For the kernels of
 * Deno and tslab.
 *
 * @throws InferenceLabError where there is no notebook
 */
export async function show(value: Display | SimulationResult): Promise<void> {
  const bundle = bundleOf(value) ?? table(value as SimulationResult).bundle;
  const deno = denoKernel();
  const tslab = findTslab();
  if (deno !== undefined) await deno.display(bundle, { raw: true });
  else if (tslab !== undefined) sendToTslab(tslab, bundle);
  else {
    throw new InferenceLabError(
      "show() found no notebook: it needs a kernel of Deno or tslab. Elsewhere, take the .svg of a chart and the .html of a table",
    );
  }
}

/** Outside of a kernel there is none. */
function denoKernel(): DenoKernel | undefined {
  const { Deno } = globalThis as { readonly Deno?: { readonly jupyter?: DenoKernel } };
  try {
    return Deno?.jupyter;
  } catch {
    return undefined; // what some versions do, where there is none
  }
}
