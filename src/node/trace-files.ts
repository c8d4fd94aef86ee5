/** Traces from the file system, with the tokenizer that those of texts need. */
import { createReadStream } from "node:fs";
import { InferenceLabError, TraceError } from "../base/errors.js";
import { readTrace, type ReadTraceOptions, type Trace } from "../io/index.js";
import { reasonOf } from "./read-error.js";
import { openTokenizer, readTokenizerFiles } from "./tokenizer-files.js";

export interface LoadTraceOptions extends ReadTraceOptions {
  /** Path of a Hugging Face `tokenizer.json`, for formats of texts; a `tokenizer_config.json` beside it is used. */
  readonly tokenizer?: string;
}

/**
 * Reads a trace file in any of the formats that `readTrace` of `inference-lab/io` knows, gzipped or not.
 *
 * @throws TraceError if it cannot be read; InferenceLabError if the tokenizer cannot
 */
export async function loadTrace(path: string, options: LoadTraceOptions = {}): Promise<Trace> {
  const { tokenizer, ...readOptions } = options;
  const countTokens = tokenizer === undefined ? undefined : await loadTokenCounter(tokenizer);
  try {
    return await readTrace(createReadStream(path), { name: path, countTokens, ...readOptions });
  } catch (error) {
    if (error instanceof InferenceLabError || !(error instanceof Error && "code" in error)) {
      throw error;
    }
    throw new TraceError(reasonOf(error), path);
  }
}

/** Texts are parts of a prompt, so no token is put before or after them. */
async function loadTokenCounter(path: string): Promise<(text: string) => number> {
  const tokenizer = await openTokenizer(await readTokenizerFiles(path));
  return (text) => tokenizer.encode(text, false).length;
}
