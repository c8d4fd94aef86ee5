/** From the messages of a chat to the text that the model sees. Loads Jinja only where a template needs it. */
import { InferenceLabError, TraceError } from "../base/errors.js";
import type { ChatMessage, ChatRequest } from "./openai-batch.js";
import { reasonOf, renderedUpTo, syntaxFault } from "./template-faults.js";

export interface ChatTemplate {
  /**
   * Whether the text is complete as it is. Otherwise a tokenizer adds what it adds to any text, such as a first BOS.
   */
  readonly isComplete: boolean;
  /** @throws InferenceLabError with what the template says is wrong */
  render(request: ChatRequest): string;
}

/** Whether a template is the word None, which asks for none. */
export function isNone(template: string): boolean {
  return /^\s*none\s*$/i.test(template);
}

/**
 * A template in Jinja2, or "None".
 *
 * "None" writes a line `role: content` for each message. A Jinja2 template sees what `transformers` hands to one: `messages`,
 * `tools`, `add_generation_prompt` (true), the special tokens by their names (`bos_token`), `raise_exception` and
 * `strftime_now`, of a clock that stands still; and the last content of each role as `system`, `user` and `assistant`, empty
 * where there is no such message.
 *
 * @param specialTokens by name, as in tokenizer_config.json
 * @param name what errors call the template
 * @throws TraceError with name and line, if the template is not Jinja2
 */
export async function createChatTemplate(
  template: string,
  specialTokens: Readonly<Record<string, string>> = {},
  name = "chat template",
): Promise<ChatTemplate> {
  if (isNone(template)) return { isComplete: false, render: ({ messages }) => joined(messages) };
  const jinja = await import("@huggingface/jinja");
  const { reason, line } = syntaxFault(template, jinja) ?? {};
  if (reason !== undefined) throw new TraceError(`this is not valid Jinja2: ${reason}`, name, line);
  const parsed = new jinja.Template(template);
  if (template.includes("strftime_now")) {
    // The library's own reads the clock, and cannot be replaced by a variable of its name.
    const frozen = new jinja.Template("{% set strftime_now = frozen_strftime %}");
    parsed.parsed.body.unshift(...frozen.parsed.body);
  }
  return {
    isComplete: true,
    render({ messages, tools }) {
      const variables = {
        ...specialTokens,
        system: lastOf(messages, "system"),
        user: lastOf(messages, "user"),
        assistant: lastOf(messages, "assistant"),
        messages,
        tools,
        add_generation_prompt: true,
        frozen_strftime: frozenStrftime,
      };
      try {
        return parsed.render(variables);
      } catch (error) {
        const line = renderedUpTo(template, variables, jinja);
        throw new InferenceLabError(
          `the chat template does not render: ${reasonOf(error)} (${name}${line === undefined ? "" : `, line ${line}`})`,
          { cause: error },
        );
      }
    },
  };
}

function joined(messages: readonly ChatMessage[]): string {
  return messages.map(({ role, content }) => `${role}: ${content}`).join("\n");
}

function lastOf(messages: readonly ChatMessage[], role: string): string {
  return messages.findLast((message) => message.role === role)?.content ?? "";
}

/** Runs must not depend on the day. It is the date that Llama 3.1's template takes where it has no clock. */
const FROZEN: Readonly<Record<string, string>> = {
  Y: "2024",
  y: "24",
  m: "07",
  B: "July",
  b: "Jul",
  d: "26",
  A: "Friday",
  a: "Fri",
  H: "12",
  I: "12",
  M: "00",
  S: "00",
  p: "PM",
  j: "208",
  "%": "%",
};

function frozenStrftime(format: string): string {
  return format.replace(/%(.)/g, (whole, letter: string) => FROZEN[letter] ?? whole);
}
