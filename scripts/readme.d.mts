import type { GuideRun } from "./guide.mjs";

/** The files whose blocks are run, by their paths from the root. */
export const guides: readonly string[];

/** A guide as it is written, and with all that follows from the built package made anew. */
export function renderGuide(name: string): Promise<GuideRun & { readonly written: string }>;
