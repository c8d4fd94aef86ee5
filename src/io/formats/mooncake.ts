/**
 * The traces of Mooncake (github.com/kvcache-ai/Mooncake, Apache-2.0): conversation, tool & agent, synthetic, and those that others
 * write in this form. An id stands for 512 tokens and all before them; the last block may be partly filled.
 */
import { checkList, checkOutput, checkSeconds, checkTokens } from "../fields.js";
import { prefixFromIds } from "../prefix-ids.js";
import type { JsonFormat } from "./json-format.js";

const BLOCK_SIZE = 512;
const MILLISECONDS_PER_SECOND = 1000;

export const mooncake: JsonFormat = {
  title: "Mooncake",
  keys: [["timestamp", "input_length", "output_length"]],
  open: (draft) => (record) => {
    const numPromptTokens = checkTokens(record["input_length"], "input_length");
    const ids = record["hash_ids"];
    draft.add({
      arrivalTime: checkSeconds(record["timestamp"], "timestamp") / MILLISECONDS_PER_SECOND,
      numPromptTokens,
      numOutputTokens: checkOutput(record["output_length"], "output_length"),
      prefix:
        ids === undefined
          ? undefined
          : prefixFromIds(
              checkList(ids, "hash_ids"),
              BLOCK_SIZE,
              numPromptTokens,
              "any",
              "hash_ids",
            ),
    });
  },
};
