/** Tokenizers as Hugging Face's files describe them. Loads the library only where one is made. */
import { InferenceLabError } from "../base/errors.js";

/** What a dataset needs of a tokenizer; any other implementation will do. */
export interface Tokenizer {
  /** The token ids of a text; with what the tokenizer adds to any text (such as a first BOS), if that is asked for. */
  encode(text: string, addSpecialTokens: boolean): ArrayLike<number>;
  /** The model's chat template, where it has one. */
  readonly chatTemplate?: string;
  /** By name: `bos_token`, `eos_token`, … Templates use them. */
  readonly specialTokens?: Readonly<Record<string, string>>;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * A tokenizer from the text (or the parsed JSON) of `tokenizer.json` and, where there is one, of `tokenizer_config.json`.
 *
 * @throws InferenceLabError if the files are not what they should be
 */
export async function createTokenizer(
  tokenizer: string | object,
  config: string | object = {},
): Promise<Tokenizer> {
  const description = parseObject(tokenizer, "a tokenizer.json");
  refuseOthers(description);
  const settings = parseObject(config, "a tokenizer_config.json");
  const { Tokenizer } = await import("@huggingface/tokenizers");
  const specialTokens = specialTokensOf(settings);
  const inner = attempt("the tokenizer cannot be used", () => new Tokenizer(description, settings));
  return {
    encode: (text, addSpecialTokens) =>
      inner.encode(text, { add_special_tokens: addSpecialTokens }).ids,
    chatTemplate: chatTemplateOf(settings),
    specialTokens,
  };
}

function parseObject(text: string | object, what: string): Json {
  let value: unknown = text;
  if (typeof text === "string") {
    try {
      value = JSON.parse(text);
    } catch {
      throw new InferenceLabError(`this is not ${what} of Hugging Face: it is no JSON`);
    }
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw new InferenceLabError(`this is not ${what} of Hugging Face: it is no JSON object`);
}

const MODELS: readonly unknown[] = ["BPE", "Unigram", "WordPiece", "WordLevel"];

/** The same tokenizer, what it answers checked, since it may be anybody's. */
export function checkedEncode(tokenizer: Tokenizer): Tokenizer["encode"] {
  return (text, addSpecialTokens) => {
    const ids = attempt("the tokenizer failed", () => tokenizer.encode(text, addSpecialTokens));
    const length: unknown = (ids as ArrayLike<number> | undefined)?.length;
    if (!Number.isInteger(length)) {
      throw new InferenceLabError(`the tokenizer gave no list of token ids`);
    }
    for (let i = 0; i < ids.length; i++) {
      if (Number.isInteger(ids[i]) && ids[i]! >= 0) continue;
      throw new InferenceLabError(
        `the tokenizer gave ${String(ids[i])} as token ${i}; ids must be integers of at least 0`,
      );
    }
    return ids;
  };
}

/** Files that lie beside a tokenizer.json are easily taken for it. */
function refuseOthers(description: Json): void {
  const { model } = description;
  if (typeof model === "object" && model !== null && "vocab" in model) {
    const { type, vocab } = model as Json;
    // Old files do not name the type.
    if (type !== undefined && !MODELS.includes(type)) {
      throw new InferenceLabError(
        `the tokenizer cannot be used: its model is of type ${JSON.stringify(type)}; known are ${MODELS.join(", ")}`,
      );
    }
    if (typeof vocab === "object" && vocab !== null && Object.keys(vocab).length > 0) return;
    throw new InferenceLabError("the tokenizer cannot be used: the vocab of its model is empty");
  }
  const hint =
    "tokenizer_class" in description
      ? "it looks like a tokenizer_config.json; give the tokenizer.json beside it"
      : "it has no model with a vocab";
  throw new InferenceLabError(`this is not a tokenizer.json of Hugging Face: ${hint}`);
}

function attempt<T>(failure: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InferenceLabError(`${failure}: ${reason}`, { cause: error });
  }
}

/**
 * The chat template in a `tokenizer_config.json`: one by itself, or several by name, of which "default" is meant.
 *
 * @throws InferenceLabError if the file is not what it should be
 */
export function chatTemplateOf(config: string | object): string | undefined {
  const { chat_template: template } = parseObject(config, "a tokenizer_config.json");
  if (typeof template === "string") return template;
  if (!Array.isArray(template)) return undefined;
  const named = template as readonly { readonly name?: unknown; readonly template?: unknown }[];
  const text = named.find(({ name }) => name === "default")?.template;
  return typeof text === "string" ? text : undefined;
}

/** A token is its text, or an object with the text as `content`. */
function specialTokensOf(settings: Json): Record<string, string> {
  const tokens: Record<string, string> = {};
  for (const [name, value] of Object.entries(settings)) {
    if (!/^(bos|eos|unk|pad|sep|cls|mask)_token$/.test(name)) continue;
    const text = typeof value === "object" && value !== null ? (value as Json).content : value;
    if (typeof text === "string") tokens[name] = text;
  }
  return tokens;
}
