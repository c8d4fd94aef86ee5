import { describe, expect, test } from "vitest";
import { InferenceLabError } from "../../src/base/errors.js";
import { parseBatchLine } from "../../src/io/openai-batch.js";

const parse = (value: object) => parseBatchLine(JSON.stringify(value));
const messages = [{ role: "user", content: "Hello!" }];

describe("a line", () => {
  test("is flat, or has the same in a body", () => {
    const request = { messages, maxTokens: 100 };
    expect(parse({ custom_id: "a", messages, max_tokens: 100 })).toEqual(request);
    expect(
      parse({
        custom_id: "a",
        method: "POST",
        url: "/v1/chat/completions",
        body: { model: "m", messages, max_tokens: 100, temperature: 0 },
      }),
    ).toEqual(request);
  });

  test("may have no bound on the output", () => {
    expect(parse({ messages }).maxTokens).toBeUndefined();
    expect(parse({ messages, max_tokens: null }).maxTokens).toBeUndefined();
  });

  test("with two bounds means the newer one, as vLLM does", () => {
    expect(parse({ messages, max_tokens: 9, max_completion_tokens: 5 }).maxTokens).toBe(5);
    expect(parse({ messages, max_tokens: 9, max_completion_tokens: null }).maxTokens).toBe(9);
  });

  test("may be a completion: a text, token ids, or a list of one of these", () => {
    const body = (prompt: unknown) => parse({ url: "/v1/completions", body: { prompt } });
    expect(body("Once")).toEqual({ prompt: "Once" });
    expect(body([1, 2, 3])).toEqual({ prompt: [1, 2, 3] });
    expect(body(["Once"])).toEqual({ prompt: "Once" });
    expect(body([[1, 2]])).toEqual({ prompt: [1, 2] });
  });
});

describe("content", () => {
  test("in text parts is joined by newlines, as vLLM does", () => {
    const content = [
      { type: "text", text: "one" },
      { type: "text", text: "two" },
    ];
    expect(parse({ messages: [{ role: "user", content }] })).toMatchObject({
      messages: [{ role: "user", content: "one\ntwo" }],
    });
  });

  test("may be missing where tools are called, and what else a message has is kept", () => {
    const calls = [{ id: "1", function: { name: "f", arguments: "{}" } }];
    const request = { messages: [{ role: "assistant", content: null, tool_calls: calls }] };
    expect(parse(request)).toEqual({
      messages: [{ role: "assistant", content: "", tool_calls: calls }],
    });
  });
});

test.each([
  ['{"messages": [', /^not valid JSON: /],
  ["[1]", "the line is [1]; it must be a JSON object"],
  ["{}", "has neither messages nor a prompt"],
  ['{"body": 3}', "body is 3; it must be a JSON object"],
  ['{"url": "/v1/embeddings", "body": {"input": "x"}}', /url is "\/v1\/embeddings"; it must be/],
  [
    '{"url": "/v1/completions", "body": {"messages": [{"role": "user", "content": "x"}]}}',
    'url is "/v1/completions", which takes a prompt, not messages',
  ],
  [
    '{"url": "/v1/chat/completions", "body": {"prompt": "x"}}',
    'url is "/v1/chat/completions", which takes messages, not a prompt',
  ],
  ['{"messages": [], "prompt": ""}', "has both messages and a prompt"],
  ['{"messages": []}', "messages is empty"],
  ['{"messages": "hi"}', 'messages is "hi"; it must be a list'],
  ['{"messages": ["hi"]}', 'messages[0] is "hi"; it must be a JSON object'],
  [
    '{"messages": [{"role": "human", "content": ""}]}',
    /^messages\[0\]\.role is "human"; roles are system, /,
  ],
  ['{"messages": [{"content": ""}]}', /^messages\[0\]\.role is missing/],
  [
    '{"messages": [{"role": "user"}]}',
    "messages[0].content is missing; it must be a text or a list of text parts",
  ],
  [
    '{"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url"}]}]}',
    'messages[0].content[1] is of type "image_url"; only text parts can be tokenized',
  ],
  [
    '{"messages": [{"role": "user", "content": [{"type": "text"}]}]}',
    "messages[0].content[0].text is missing; it must be a text",
  ],
  ['{"prompt": 3}', "prompt is 3; it must be a text or token ids"],
  ['{"prompt": [3, -1]}', "prompt[1] is -1; token ids are integers from 0 to 2147483647"],
  ['{"prompt": [[1.5]]}', "prompt[0] is 1.5; token ids are integers from 0 to 2147483647"],
  ['{"prompt": ["a", "b"]}', "prompt holds 2 prompts; give each a line of its own"],
  ['{"prompt": "a", "n": 2}', "n is 2; give each sample a line of its own"],
  [
    '{"prompt": "a", "max_tokens": 0}',
    "max_tokens is 0; it must be a whole number from 1 to 2147483647",
  ],
  [
    '{"prompt": "a", "max_tokens": "9"}',
    'max_tokens is "9"; it must be a whole number from 1 to 2147483647',
  ],
  ['{"prompt": "a", "max_completion_tokens": 1.5}', /^max_completion_tokens is 1\.5/],
])("%s is refused", (line, message) => {
  const error = caught(() => parseBatchLine(line));
  expect(error).toBeInstanceOf(InferenceLabError);
  if (typeof message === "string") expect(error).toHaveProperty("message", message);
  else expect(error).toHaveProperty("message", expect.stringMatching(message));
});

function caught(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
