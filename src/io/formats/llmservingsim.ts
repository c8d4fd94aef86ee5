/**
 * The workloads of LLMServingSim (github.com/casys-kaist/LLMServingSim, MIT): flat requests and agentic sessions, with token ids or
 * without; and its recorded run with ids of 16-token blocks in place of token ids. Only full blocks have ids.
 */
import type { Tokens } from "../../base/units.js";
import type { PrefixIds } from "../../workload/trace-row.js";
import { BlockIds } from "../block-ids.js";
import {
  checkList,
  checkOutput,
  checkRecord,
  checkSeconds,
  checkTokens,
  FieldError,
  type JsonRecord,
} from "../fields.js";
import { prefixFromIds } from "../prefix-ids.js";
import type { TraceDraft } from "../trace-draft.js";
import type { JsonFormat } from "./json-format.js";

const BLOCK_SIZE = 16;
const NANOSECONDS_PER_SECOND = 1e9;

type PrefixReader = (record: JsonRecord, numPromptTokens: Tokens) => PrefixIds | undefined;

export const llmservingsim: JsonFormat = {
  title: "LLMServingSim",
  keys: [
    ["arrival_s", "input_tokens", "output_tokens"],
    ["arrival_time_ns", "input_toks", "output_toks"],
    ["arrival_time_ns", "sub_requests"],
  ],
  open(draft) {
    const prefixOf = createPrefixReader();
    let numSessions = 0;
    return (record) => {
      if ("sub_requests" in record) addSession(draft, record, numSessions++, prefixOf);
      else if ("arrival_s" in record) addBlockIds(draft, record);
      else {
        draft.add({
          ...lengthsOf(record, prefixOf),
          arrivalTime: secondsOf(record, "arrival_time_ns"),
        });
      }
    };
  },
};

function addBlockIds(draft: TraceDraft, record: JsonRecord): void {
  const numPromptTokens = checkTokens(record["input_tokens"], "input_tokens");
  const ids = record["hash_ids_16"];
  const name = "hash_ids_16";
  draft.add({
    arrivalTime: checkSeconds(record["arrival_s"], "arrival_s"),
    numPromptTokens,
    numOutputTokens: checkOutput(record["output_tokens"], "output_tokens"),
    prefix:
      ids === undefined
        ? undefined
        : prefixFromIds(checkList(ids, name), BLOCK_SIZE, numPromptTokens, "full", name),
  });
}

/** A chain: each call comes its predecessor's tool time after that one's end. When it came in a recording is not said. */
function addSession(
  draft: TraceDraft,
  record: JsonRecord,
  session: number,
  prefixOf: PrefixReader,
): void {
  const arrivalTime = secondsOf(record, "arrival_time_ns");
  let after: { row: number; delay: number } | undefined;
  for (const [i, call] of checkList(record["sub_requests"], "sub_requests").entries()) {
    const name = `sub_requests[${i}]`;
    const fields = checkRecord(call, name);
    try {
      const row = draft.add({ ...lengthsOf(fields, prefixOf), arrivalTime, session, after });
      after = { row, delay: secondsOf(fields, "tool_duration_ns", 0) };
    } catch (error) {
      throw error instanceof FieldError ? new FieldError(`${name}: ${error.message}`) : error;
    }
  }
}

function lengthsOf(record: JsonRecord, prefixOf: PrefixReader) {
  const numPromptTokens = checkTokens(record["input_toks"], "input_toks");
  return {
    numPromptTokens,
    numOutputTokens: checkOutput(record["output_toks"], "output_toks"),
    prefix: prefixOf(record, numPromptTokens),
  };
}

function createPrefixReader(): PrefixReader {
  const blockIds = new BlockIds(BLOCK_SIZE);
  const name = "input_tok_ids";
  return (record, numPromptTokens) => {
    if (record[name] === undefined) return undefined;
    const tokenIds = checkList(record[name], name).map((id) =>
      checkTokens(id, `${name}: an id`, 0),
    );
    if (tokenIds.length !== numPromptTokens) {
      throw new FieldError(
        `${name} holds ${tokenIds.length} ids, but input_toks is ${numPromptTokens}`,
      );
    }
    return blockIds.prefixOf(tokenIds);
  };
}

function secondsOf(record: JsonRecord, key: string, byDefault?: number): number {
  return checkSeconds(record[key] ?? byDefault, key) / NANOSECONDS_PER_SECOND;
}
