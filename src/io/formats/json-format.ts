/** What a format of JSON records is. The records may be lines, or the elements of one array. */
import type { Tokens } from "../../base/units.js";
import { checkTokens, FieldError, type JsonRecord } from "../fields.js";
import type { TraceDraft } from "../trace-draft.js";

/** What formats that hold texts need to make tokens of them. */
export interface TextOptions {
  /** How many tokens a text has; formats that hold texts and no lengths need it. */
  readonly countTokens?: (text: string) => number;
  /** Output of requests whose file does not say any. Default 256, as `vllm bench serve` has it for custom datasets. */
  readonly defaultOutputTokens?: Tokens;
}

export interface JsonFormat {
  /** For messages. */
  readonly title: string;
  /** A record of the format has all keys of one of these lists. */
  readonly keys: readonly (readonly string[])[];
  /** False where the order of the file is not meant to be that of arrival. */
  readonly chronological?: boolean;
  /** False where the file does not say when requests arrive. */
  readonly isTimed?: boolean;
  /** A reader of records for one file; it may keep what earlier records told. Throws FieldError. */
  open(draft: TraceDraft, options: TextOptions): (record: JsonRecord) => void;
}

/** @throws FieldError without a `countTokens` */
export function tokenCounter({ countTokens }: TextOptions): (text: string) => Tokens {
  if (countTokens !== undefined) {
    return (text) => {
      let count: unknown;
      try {
        count = countTokens(text);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new FieldError(`the tokenizer failed: ${reason}`);
      }
      return checkTokens(count, "the number of tokens that the tokenizer gave", 0);
    };
  }
  throw new FieldError(
    "this format holds texts, not lengths: a tokenizer is needed to count tokens; give its tokenizer.json with --tokenizer, in code countTokens",
  );
}
