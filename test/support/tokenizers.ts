/** Tokenizers for tests: a real one from the fixtures, and one whose tokens can be counted by eye. */
import { readFileSync } from "node:fs";
import { createTokenizer, type Tokenizer } from "../../src/io/index.js";

/** See test/fixtures/README.md. */
export const GPT2_4K = "test/fixtures/gpt2-4k/tokenizer.json";

export const gpt2_4k = (config?: object): Promise<Tokenizer> =>
  createTokenizer(readFileSync(GPT2_4K, "utf8"), config);

/** One token per UTF-16 unit, and token 0 first where special tokens are asked for. */
export const letters: Tokenizer = {
  encode: (text, addSpecialTokens) => [
    ...(addSpecialTokens ? [0] : []),
    ...Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)),
  ],
};
