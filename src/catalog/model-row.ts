/** One model of the catalog, as the facts of its config.json. */
import type { HuggingFaceConfig } from "./hugging-face-fields.js";
import type { sources } from "./sources.js";

export interface ModelRow {
  /** As people type it, for instance "llama-3.1-70b". */
  readonly name: string;
  readonly source: keyof typeof sources;
  readonly config: HuggingFaceConfig;
}
