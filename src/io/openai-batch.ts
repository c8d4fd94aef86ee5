/** One line of a dataset in OpenAI's batch format to the request in it. Tokenizes nothing. */
import { InferenceLabError } from "../base/errors.js";
import type { Tokens } from "../base/units.js";

/** A message with its content as text; what else it has (tool calls, a name) is left as it was, for chat templates. */
export interface ChatMessage {
  readonly role: string;
  readonly content: string;
  readonly [key: string]: unknown;
}

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly unknown[];
  readonly maxTokens?: Tokens;
}

/** A prompt without roles, as text or as token ids. */
export interface CompletionRequest {
  readonly prompt: string | readonly number[];
  readonly maxTokens?: Tokens;
}

export type BatchRequest = ChatRequest | CompletionRequest;

type Json = Readonly<Record<string, unknown>>;

const ROLES: readonly unknown[] = ["system", "developer", "user", "assistant", "tool", "function"];
const URLS = /\/v1\/(chat\/)?completions\/?$/;

/**
 * The request of a line: flat (`{"custom_id", "messages", "max_tokens"}`) or OpenAI's own shape, with the same in a `body`.
 * Keys that do not change the number of tokens (the model, the temperature) are passed over.
 *
 * @throws InferenceLabError saying what is wrong with the line; source and line number are the caller's to add
 */
export function parseBatchLine(line: string): BatchRequest {
  const request = parseObject(line);
  const { url } = request;
  if (url !== undefined && !(typeof url === "string" && URLS.test(url))) {
    fail(`url is ${show(url)}; it must be /v1/chat/completions or /v1/completions`);
  }
  const body = request.body === undefined ? request : objectOf(request.body, "body");
  const { messages, prompt, tools, n } = body;
  if (n !== undefined && n !== null && n !== 1) {
    fail(`n is ${show(n)}; give each sample a line of its own`);
  }
  const maxTokens = maxTokensOf(body);
  if (messages !== undefined && prompt !== undefined) fail("has both messages and a prompt");
  if (messages === undefined && prompt === undefined) fail("has neither messages nor a prompt");
  const isChat = prompt === undefined;
  if (typeof url === "string" && isChat !== /\/chat\/completions\/?$/.test(url)) {
    fail(
      `url is ${show(url)}, which takes ${isChat ? "a prompt, not messages" : "messages, not a prompt"}`,
    );
  }
  if (!isChat) return { prompt: promptOf(prompt), maxTokens };
  return {
    messages: messagesOf(messages),
    ...(Array.isArray(tools) && tools.length > 0 && { tools: tools as readonly unknown[] }),
    maxTokens,
  };
}

function parseObject(line: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    fail(`not valid JSON: ${(error as SyntaxError).message}`);
  }
  return objectOf(value, "the line");
}

function objectOf(value: unknown, what: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    fail(`${what} is ${show(value)}; it must be a JSON object`);
  }
  return value as Json;
}

/** The newer name goes first, as in vLLM. */
function maxTokensOf(body: Json): Tokens | undefined {
  const key =
    (body.max_completion_tokens ?? undefined) === undefined
      ? "max_tokens"
      : "max_completion_tokens";
  const value = body[key] ?? undefined;
  if (value === undefined) return undefined;
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) < 2 ** 31) {
    return value as number;
  }
  return fail(`${key} is ${show(value)}; it must be a whole number from 1 to 2147483647`);
}

/** OpenAI takes a list of prompts too, as several requests in one; a list of one is that one. */
function promptOf(prompt: unknown): string | readonly number[] {
  if (typeof prompt === "string") return prompt;
  if (!Array.isArray(prompt)) fail(`prompt is ${show(prompt)}; it must be a text or token ids`);
  const items = prompt as readonly unknown[];
  if (items.every((item) => typeof item === "number")) {
    const wrong = items.findIndex((item) => !isTokenId(item));
    if (wrong < 0) return items;
    fail(`prompt[${wrong}] is ${show(items[wrong])}; token ids are integers from 0 to 2147483647`);
  }
  if (items.length === 1) return promptOf(items[0]);
  return fail(`prompt holds ${items.length} prompts; give each a line of its own`);
}

function isTokenId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31;
}

function messagesOf(messages: unknown): ChatMessage[] {
  if (!Array.isArray(messages)) fail(`messages is ${show(messages)}; it must be a list`);
  const list = messages as readonly unknown[];
  if (list.length === 0) fail("messages is empty");
  return list.map((item, i) => {
    const message = objectOf(item, `messages[${i}]`);
    if (!ROLES.includes(message.role)) {
      fail(`messages[${i}].role is ${show(message.role)}; roles are ${ROLES.join(", ")}`);
    }
    const content = contentOf(message, `messages[${i}].content`);
    return { ...message, role: message.role as string, content };
  });
}

/** Several text parts are joined by newlines, as vLLM does. A message that only calls tools has no content. */
function contentOf(message: Json, where: string): string {
  const { content } = message;
  if (typeof content === "string") return content;
  if (Array.isArray(content)) {
    return content.map((part, i) => textOf(part, `${where}[${i}]`)).join("\n");
  }
  const callsTools = message.tool_calls !== undefined || message.function_call !== undefined;
  if ((content === null || content === undefined) && callsTools) return "";
  return fail(`${where} is ${show(content)}; it must be a text or a list of text parts`);
}

function textOf(part: unknown, where: string): string {
  const { type, text } = objectOf(part, where);
  if (type !== "text") fail(`${where} is of type ${show(type)}; only text parts can be tokenized`);
  if (typeof text !== "string") fail(`${where}.text is ${show(text)}; it must be a text`);
  return text as string;
}

function fail(message: string): never {
  throw new InferenceLabError(message);
}

function show(value: unknown): string {
  if (value === undefined) return "missing";
  const json = JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 57)}...` : json;
}
