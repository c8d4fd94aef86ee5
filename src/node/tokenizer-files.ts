/** The files that describe a tokenizer: tokenizer.json, and tokenizer_config.json beside it. */
import { dirname, join } from "node:path";
import { createTokenizer, type Tokenizer } from "../io/index.js";
import { chatTemplateOf } from "../io/tokenizer.js";
import { named, readText, readTextIfAny } from "./text-file.js";

export interface TokenizerFiles {
  /** Of tokenizer.json. */
  readonly path: string;
  /** Its text. */
  readonly description: string;
  /** Of tokenizer_config.json, whether it is there or not. */
  readonly configPath: string;
  /** Its text, or an empty object's. */
  readonly config: string;
  /** The chat template in it. */
  readonly chatTemplate: string | undefined;
}

/**
 * @param path of tokenizer.json
 * @throws InferenceLabError that names the file which cannot be read, or is no JSON
 */
export async function readTokenizerFiles(path: string): Promise<TokenizerFiles> {
  const description = await readText(path);
  const configPath = join(dirname(path), "tokenizer_config.json");
  const config = (await readTextIfAny(configPath)) ?? "{}";
  const chatTemplate = await named(configPath, () => chatTemplateOf(config));
  return { path, description, configPath, config, chatTemplate };
}

/** @throws InferenceLabError that names tokenizer.json */
export function openTokenizer(files: TokenizerFiles): Promise<Tokenizer> {
  return named(files.path, () => createTokenizer(files.description, files.config));
}
