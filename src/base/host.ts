/** Whether the host is new enough. */
import { InferenceLabError } from "./errors.js";

/** @throws InferenceLabError saying what to do, where the language is older than what the library is written in (ES2023) */
export function checkHost(array: { readonly toSorted?: unknown } = []): void {
  if (typeof array.toSorted === "function") return;
  throw new InferenceLabError(
    "inference-lab needs Node 20 or later, Deno, Bun, or a browser of 2023 or later, and this host is older: update it",
  );
}
