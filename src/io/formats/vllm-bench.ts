/** The custom datasets of `vllm bench serve`: `{"prompt"}`, and `"output_tokens"` where its `--custom-output-len` is -1. */
import { checkText, checkTokens, FieldError } from "../fields.js";
import { tokenCounter, type JsonFormat } from "./json-format.js";

export const vllmBench: JsonFormat = {
  title: "vllm bench serve custom dataset",
  keys: [["prompt"]],
  isTimed: false,
  open(draft, options) {
    const { defaultOutputTokens = 256 } = options;
    const countTokens = tokenCounter(options);
    return (record) => {
      const numPromptTokens = countTokens(checkText(record["prompt"], "prompt"));
      if (numPromptTokens === 0) throw new FieldError("prompt is empty");
      draft.add({
        arrivalTime: 0,
        numPromptTokens,
        numOutputTokens: checkTokens(
          record["output_tokens"] ?? defaultOutputTokens,
          "output_tokens",
        ),
      });
    };
  },
};
