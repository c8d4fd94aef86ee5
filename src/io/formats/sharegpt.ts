/**
 * Conversations in the form of ShareGPT: `{"id", "conversations": [{"from", "value"}]}`. Each answer is a request, whose prompt is the
 * whole conversation before it; a text counts its own tokens, without those that a chat template would put around it. Where a turn has
 * `num_tokens`, that is its length, and no text is needed.
 */
import type { Tokens } from "../../base/units.js";
import {
  checkList,
  checkRecord,
  checkText,
  checkTokens,
  FieldError,
  shown,
  type JsonRecord,
} from "../fields.js";
import type { TraceDraft } from "../trace-draft.js";
import { tokenCounter, type JsonFormat, type TextOptions } from "./json-format.js";

/** The names that the published file has, and those of the OpenAI API. */
const ANSWERS = new Set(["gpt", "chatgpt", "bing", "bard", "assistant", "model"]);
const QUESTIONS = new Set(["human", "user", "system", "tool"]);

export const sharegpt: JsonFormat = {
  title: "ShareGPT conversations",
  keys: [["conversations"]],
  isTimed: false,
  open(draft, options) {
    let numConversations = 0;
    return (record) => addConversation(draft, record, numConversations++, options);
  },
};

function addConversation(
  draft: TraceDraft,
  record: JsonRecord,
  session: number,
  options: TextOptions,
): void {
  const turns = checkList(record["conversations"], "conversations");
  let previous: number | undefined;
  let numTokens = 0; // of the conversation so far
  let numAnswers = 0;
  for (const [i, value] of turns.entries()) {
    const name = `conversations[${i}]`;
    const turn = checkRecord(value, name);
    const length = lengthOf(turn, name, options);
    if (isAnswer(turn, name)) {
      numAnswers++;
      if (length === 0) draft.skip("an empty answer");
      else if (numTokens === 0) draft.skip("an answer without a question");
      else {
        previous = draft.add({
          arrivalTime: 0,
          numPromptTokens: numTokens,
          numOutputTokens: length,
          ...(previous !== undefined && followUp(draft, previous)),
          session,
        });
      }
    }
    numTokens += length;
  }
  if (numAnswers === 0) draft.skip("a conversation without an answer");
}

/** The next question comes at once: how long its author thought is not recorded. */
function followUp(draft: TraceDraft, row: number) {
  const { numPromptTokens, numOutputTokens } = draft.row(row);
  return {
    prefix: { row, numTokens: numPromptTokens + numOutputTokens },
    after: { row, delay: 0 },
  };
}

function isAnswer(turn: JsonRecord, name: string): boolean {
  const role = turn["from"] ?? turn["role"];
  if (typeof role === "string" && ANSWERS.has(role)) return true;
  if (typeof role === "string" && QUESTIONS.has(role)) return false;
  throw new FieldError(
    `${name}.from is ${shown(role)}; known are ${[...QUESTIONS, ...ANSWERS].join(", ")}`,
  );
}

function lengthOf(turn: JsonRecord, name: string, options: TextOptions): Tokens {
  if (turn["num_tokens"] !== undefined) {
    return checkTokens(turn["num_tokens"], `${name}.num_tokens`, 0);
  }
  const text = checkText(turn["value"] ?? turn["content"], `${name}.value`);
  return text === "" ? 0 : tokenCounter(options)(text);
}
