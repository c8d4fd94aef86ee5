/** Datasets from the file system, with the tokenizer and the chat template that belong to them. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { InferenceLabError, TraceError } from "../base/errors.js";
import type { Tokens } from "../base/units.js";
import { isNone } from "../io/chat-template.js";
import { fromOpenAIBatch, type DatasetProgress } from "../io/index.js";
import type { DatasetRow } from "../workload/dataset.js";
import { openCache } from "./dataset-cache.js";
import { reasonOf } from "./read-error.js";
import { readTextIfAny } from "./text-file.js";
import { openTokenizer, readTokenizerFiles, type TokenizerFiles } from "./tokenizer-files.js";

/** How to make tokens of the dataset that a config names. */
export interface LoadDatasetOptions {
  /** Path of a Hugging Face `tokenizer.json`; a `tokenizer_config.json` beside it is used. */
  readonly tokenizer?: string;
  /**
   * "None" for lines `role: content`, the path of a Jinja2 template, or the template itself, in which a written-out `\n` is a newline.
   * Default: the template of `tokenizer_config.json`.
   */
  readonly chatTemplate?: string;
  /**
   * Whether the tokenized dataset is kept in a file beside it, and found there the next time, as long as dataset,
   * tokenizer and template are the same. Where that file cannot be written, it is not. Default: for datasets above 256 kB.
   */
  readonly cache?: boolean;
  /** Stops the reading: its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Called after each request that is tokenized. */
  readonly onProgress?: (progress: LoadDatasetProgress) => void;
}

export interface LoadDatasetProgress extends DatasetProgress {
  /** How much of what is to be read has been read, from 0 to 1. */
  readonly fraction: number;
}

/** Smaller ones are tokenized in a fraction of a second. */
const LEAST_CACHED_BYTES = 256 * 1024;

/**
 * @param maxRequests read so many only
 * @throws TraceError, InferenceLabError
 */
export async function loadDataset(
  path: string,
  blockSize: Tokens,
  maxRequests: number | undefined,
  options: LoadDatasetOptions,
): Promise<DatasetRow[]> {
  const { signal, onProgress } = options;
  if (options.tokenizer === undefined) {
    throw new InferenceLabError(
      "workload.dataset_path needs a tokenizer: give the path of its tokenizer.json with --tokenizer, in code as loadConfig(path, { tokenizer })",
    );
  }
  const files = await readTokenizerFiles(options.tokenizer);
  const template = await chooseTemplate(options.chatTemplate, files);
  const before = await fileOf(path);
  const cache =
    (options.cache ?? before.size > LEAST_CACHED_BYTES)
      ? await openCache(
          path,
          [files.description, files.config, template.text, String(blockSize)],
          signal,
        )
      : undefined;
  const cached = await cache?.read(maxRequests);
  if (cached !== undefined) return cached;

  const tokenizer = await openTokenizer(files);
  let numBytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
      numBytes += chunk.length;
      yield chunk;
    }
  }
  const rows = await fromOpenAIBatch(counted(), {
    tokenizer,
    chatTemplate: template.text,
    chatTemplateName: template.name,
    blockSize,
    maxRequests,
    name: path,
    signal,
    onProgress: (progress) => {
      const fraction = progress.numRequests / (maxRequests ?? Infinity);
      onProgress?.({ ...progress, fraction: Math.max(fraction, numBytes / before.size) });
    },
  });
  const after = await fileOf(path);
  if (after.size === before.size && after.mtimeMs === before.mtimeMs) {
    await cache?.write(rows, maxRequests !== undefined && rows.length >= maxRequests);
  }
  return rows;
}

interface Template {
  /** "None" or Jinja2. */
  readonly text: string;
  /** Where it is from, for errors. */
  readonly name: string;
}

async function chooseTemplate(
  given: string | undefined,
  { chatTemplate, configPath }: TokenizerFiles,
): Promise<Template> {
  if (given !== undefined) return readTemplate(given);
  if (chatTemplate !== undefined)
    return { text: chatTemplate, name: `${configPath}, chat_template` };
  throw new InferenceLabError(
    `workload.dataset_path needs a chat template, and there is none in ${configPath}: give --chat-template (in code chatTemplate) as None, as a Jinja2 template or as the path of one`,
  );
}

/** What has Jinja2's braces is a template; anything else must be a file. */
async function readTemplate(given: string): Promise<Template> {
  if (isNone(given)) return { text: "None", name: "None" };
  if (/\{[{%]/.test(given)) {
    return { text: given.replaceAll("\\n", "\n"), name: "--chat-template" };
  }
  const text = await readTextIfAny(given);
  if (text !== undefined) return { text, name: given };
  throw new InferenceLabError(
    `chat template "${given}": no such file, and not a Jinja2 template, which would have {{ }} or {% %}; "None" joins messages as lines`,
  );
}

async function fileOf(path: string) {
  try {
    const file = await stat(path);
    if (!file.isDirectory()) return file;
  } catch (error) {
    throw new TraceError(reasonOf(error), path);
  }
  throw new TraceError("is a directory, not a file", path);
}
