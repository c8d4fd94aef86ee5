/** Datasets to rows of a workload: parses, renders and tokenizes line by line, and keeps none of the text. */
import { InferenceLabError, TraceError } from "../base/errors.js";
import type { Tokens } from "../base/units.js";
import type { DatasetRow } from "../workload/dataset.js";
import { BlockIds } from "./block-ids.js";
import { createChatTemplate } from "./chat-template.js";
import { parseBatchLine, type BatchRequest } from "./openai-batch.js";
import { forEachLine, type ByteSource } from "./text-lines.js";
import { checkedEncode, type Tokenizer } from "./tokenizer.js";

/** How to make tokens of a dataset. */
export interface DatasetOptions {
  readonly tokenizer: Tokenizer;
  /** How messages become text: a Jinja2 template, or "None" for lines `role: content`. Default: the tokenizer's own template. */
  readonly chatTemplate?: string;
  /** What errors call the template, e.g. a file name. Default "chat template". */
  readonly chatTemplateName?: string;
  /** Tokens of a KV block, as in the scheduler's config. Default 16. */
  readonly blockSize?: Tokens;
  /** Read so many requests only. Default: all. */
  readonly maxRequests?: number;
  /** What errors call the source, e.g. a file name. Default "dataset". */
  readonly name?: string;
  /** Stops the reading: its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Called after each request. */
  readonly onProgress?: (progress: DatasetProgress) => void;
}

/** How much of a dataset has been tokenized. */
export interface DatasetProgress {
  readonly numRequests: number;
  readonly numTokens: Tokens;
}

/**
 * The requests of a dataset in OpenAI's batch format (JSONL, gzipped or not), one a line, in their order. A string is the text
 * itself, not a path. Give the rows to a workload as its `dataset`.
 *
 * Prompts of one dataset that begin alike share their prefix ids, so a prefix cache finds them.
 *
 * @example
 * ```ts
 * const tokenizer = await createTokenizer(tokenizerJson, tokenizerConfigJson);
 * const dataset = await fromOpenAIBatch(response.body, { tokenizer, chatTemplate: "None" });
 * simulate({ ...config, workload: { ...config.workload, dataset } });
 * ```
 *
 * @throws TraceError with source and line, at the first thing that is wrong; TraceError with name and line for a chat template that is not Jinja2
 */
export async function fromOpenAIBatch(
  source: ByteSource,
  options: DatasetOptions,
): Promise<DatasetRow[]> {
  const { blockSize = 16, maxRequests = Infinity, name = "dataset", signal, onProgress } = options;
  const encode = await createEncoder(options);
  const ids = new BlockIds(blockSize);
  const rows: DatasetRow[] = [];
  let numTokens = 0;

  const readLine = (line: string) => {
    const request = parseBatchLine(line);
    const tokens = encode(request);
    if (tokens.length === 0) throw new InferenceLabError("the prompt has no tokens");
    rows.push({
      numPromptTokens: tokens.length,
      maxTokens: request.maxTokens,
      prefix: ids.prefixOf(tokens),
    });
    numTokens += tokens.length;
  };
  try {
    await forEachLine(source, name, (line, number) => {
      signal?.throwIfAborted();
      if (rows.length >= maxRequests) throw new Enough();
      if (line.trim() === "") return;
      try {
        readLine(line);
      } catch (error) {
        if (!(error instanceof InferenceLabError)) throw error;
        throw new TraceError(error.message, name, number);
      }
      onProgress?.({ numRequests: rows.length, numTokens });
    });
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
  if (rows.length === 0) throw new TraceError("the dataset is empty", name);
  return rows;
}

/** Ends the reading of lines before the last one. */
class Enough extends Error {}

/** Token ids are taken as they are; a text that begins with BOS already gets no second one. */
async function createEncoder({ tokenizer, chatTemplate, chatTemplateName }: DatasetOptions) {
  const { specialTokens = {} } = tokenizer;
  const bos = specialTokens.bos_token;
  const encode = checkedEncode(tokenizer);
  const given = chatTemplate ?? tokenizer.chatTemplate;
  const template =
    given === undefined
      ? undefined
      : await createChatTemplate(given, specialTokens, chatTemplateName);
  const encodePlain = (text: string) => encode(text, bos === undefined || !text.startsWith(bos));
  return (request: BatchRequest): ArrayLike<number> => {
    if ("prompt" in request) {
      const { prompt } = request;
      return typeof prompt === "string" ? encodePlain(prompt) : prompt;
    }
    if (template === undefined) throw missingTemplate();
    const text = template.render(request);
    return template.isComplete ? encode(text, false) : encodePlain(text);
  };
}

function missingTemplate(): InferenceLabError {
  return new InferenceLabError(
    'messages need a chat template, and the tokenizer brings none; "None" joins them as lines',
  );
}
