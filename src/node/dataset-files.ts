/** Datasets from the file system, with the tokenizer and the chat template that belong to them. */
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InferenceLabError, TraceError } from "../base/errors.js";
import type { Tokens } from "../base/units.js";
import { isNone } from "../io/chat-template.js";
import { createTokenizer, fromOpenAIBatch, type DatasetProgress } from "../io/index.js";
import { chatTemplateOf } from "../io/tokenizer.js";
import type { DatasetRow } from "../workload/dataset.js";
import { openCache } from "./dataset-cache.js";
import { reasonOf } from "./read-error.js";

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
  const { description, config, template } = await loadTokenizerFiles(options);
  const before = await fileOf(path);
  const cache =
    (options.cache ?? before.size > LEAST_CACHED_BYTES)
      ? await openCache(path, [description, config, template, String(blockSize)], signal)
      : undefined;
  const cached = await cache?.read(maxRequests);
  if (cached !== undefined) return cached;

  const tokenizer = await named(options.tokenizer!, () => createTokenizer(description, config));
  let numBytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
      numBytes += chunk.length;
      yield chunk;
    }
  }
  const rows = await fromOpenAIBatch(counted(), {
    tokenizer,
    chatTemplate: template,
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

interface TokenizerFiles {
  /** The text of tokenizer.json. */
  readonly description: string;
  /** The text of tokenizer_config.json, or an empty object's. */
  readonly config: string;
  /** "None" or Jinja2. */
  readonly template: string;
}

async function loadTokenizerFiles(options: LoadDatasetOptions): Promise<TokenizerFiles> {
  if (options.tokenizer === undefined) {
    throw new InferenceLabError(
      "workload.dataset_path needs a tokenizer: give the path of its tokenizer.json with --tokenizer, in code as loadConfig(path, { tokenizer })",
    );
  }
  const path = options.tokenizer;
  const description = await readText(path);
  const configPath = join(dirname(path), "tokenizer_config.json");
  const config = (await readTextIfAny(configPath)) ?? "{}";
  const template =
    options.chatTemplate === undefined
      ? await named(configPath, async () => chatTemplateOf(config))
      : await readTemplate(options.chatTemplate);
  if (template !== undefined) return { description, config, template };
  throw new InferenceLabError(
    `workload.dataset_path needs a chat template, and there is none in ${configPath}: give --chat-template (in code chatTemplate) as None, as a Jinja2 template or as the path of one`,
  );
}

/** What has Jinja2's braces is a template; anything else must be a file. */
async function readTemplate(given: string): Promise<string> {
  if (isNone(given)) return "None";
  if (/\{[{%]/.test(given)) return given.replaceAll("\\n", "\n");
  const text = await readTextIfAny(given);
  if (text !== undefined) return text;
  throw new InferenceLabError(
    `chat template "${given}": no such file, and not a Jinja2 template, which would have {{ }} or {% %}; "None" joins messages as lines`,
  );
}

async function readText(path: string): Promise<string> {
  const text = await readTextIfAny(path);
  if (text !== undefined) return text;
  throw new InferenceLabError(`${path}: no such file`);
}

async function readTextIfAny(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (["ENOENT", "ENOTDIR", "ENAMETOOLONG"].includes(code)) return undefined;
    throw new InferenceLabError(`${path}: ${reasonOf(error)}`, { cause: error });
  }
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

/** Puts the name of a file before what is wrong with its content. */
async function named<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof InferenceLabError)) throw error;
    throw new InferenceLabError(`${path}: ${error.message}`, { cause: error });
  }
}
