/** What a format of JSON records is. The records may be lines, or the elements of one array. */
import type { Tokens } from "../../base/units.js";
import { FieldError, type JsonRecord } from "../fields.js";
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
  /** A reader of records for one file; it may keep what earlier records told. Throws FieldError. */
  open(draft: TraceDraft, options: TextOptions): (record: JsonRecord) => void;
}

/** @throws FieldError without a `countTokens` */
export function tokenCounter({ countTokens }: TextOptions): (text: string) => Tokens {
  if (countTokens !== undefined) return countTokens;
  throw new FieldError(
    "this format holds texts, not lengths: a tokenizer is needed to count tokens",
  );
}

export const NO_ARRIVALS =
  "the file says nothing of arrival times: all of its requests and conversations start at 0";
