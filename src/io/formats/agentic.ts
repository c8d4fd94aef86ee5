/**
 * Sessions of a coding agent: traces of github.com/callanjfox/kv-cache-tester (Apache-2.0), one session a line. A step is a request:
 * `t` when it was sent, seconds since the start of its agent, `api` how long it took, `think` the client's pause before it (a tool, a
 * human), `in` and `out` its lengths, and `h` the ranges [first id, last id] of its prompt's full blocks. `reuse` is what was found in the
 * service's cache; it is not used here, since that is for a simulation to tell. Ids are a session's own, the sub-agents' included.
 */
import type { Seconds, Tokens } from "../../base/units.js";
import type { PrefixIds, TraceRow } from "../../workload/trace-row.js";
import {
  checkList,
  checkOutput,
  checkRecord,
  checkSeconds,
  checkTokens,
  FieldError,
  MAX_INT32,
  shown,
  type JsonRecord,
} from "../fields.js";
import { checkNumIds } from "../prefix-ids.js";
import type { TraceDraft } from "../trace-draft.js";
import type { JsonFormat } from "./json-format.js";

export const agentic: JsonFormat = {
  title: "agentic sessions",
  keys: [["id", "block", "steps"]],
  chronological: false, // one session after the other, and all start at 0
  open(draft) {
    let numSessions = 0;
    let firstId = 0;
    return (record) => {
      const session = new Session(
        draft,
        checkTokens(record["block"], "block"),
        numSessions++,
        firstId,
      );
      session.addAgent(checkList(record["steps"], "steps"), "steps", 0, undefined);
      firstId = session.nextId;
    };
  },
};

/** A request that was added, and when it was answered in the recording. */
interface Step {
  readonly row: number;
  readonly sendTime: Seconds;
  readonly endTime: Seconds;
}

class Session {
  readonly #draft: TraceDraft;
  readonly #blockSize: Tokens;
  readonly #number: number;
  readonly #firstId: number;
  /** The first id that no block of this session has. */
  nextId: number;

  constructor(draft: TraceDraft, blockSize: Tokens, number: number, firstId: number) {
    this.#draft = draft;
    this.#blockSize = blockSize;
    this.#number = number;
    this.#firstId = firstId;
    this.nextId = firstId;
  }

  /**
   * An agent is a chain of steps. A sub-agent hangs on the step before it: it starts as long after the end of that step as it did in the
   * recording. Its parent does not wait for it, as most do not there.
   */
  addAgent(steps: readonly unknown[], path: string, start: Seconds, spawned: Step | undefined) {
    let previous = spawned;
    let isFirst = true;
    for (const [i, value] of steps.entries()) {
      const name = `${path}[${i}]`;
      try {
        const step = checkRecord(value, name);
        const sendTime = start + checkSeconds(step["t"], "t");
        if ("sub" in step) {
          this.addAgent(checkList(step["sub"], "sub"), `${name}.sub`, sendTime, previous);
          continue;
        }
        const gap = previous && Math.max(sendTime - previous.endTime, 0);
        const pause = isFirst ? undefined : optional(step, "think");
        previous = this.#addStep(
          step,
          sendTime,
          previous && { row: previous.row, delay: pause ?? gap! },
        );
        isFirst = false;
      } catch (error) {
        if (!(error instanceof FieldError) || error.message.startsWith(path)) throw error;
        throw new FieldError(`${name}: ${error.message}`);
      }
    }
  }

  #addStep(step: JsonRecord, sendTime: Seconds, after: TraceRow["after"]): Step {
    const numPromptTokens = checkTokens(step["in"], "in");
    const parentTime = after === undefined ? 0 : this.#draft.row(after.row).arrivalTime;
    const row = this.#draft.add({
      arrivalTime: Math.max(sendTime, parentTime),
      numPromptTokens,
      numOutputTokens: checkOutput(step["out"], "out"),
      prefix: this.#prefix(checkList(step["h"], "h"), numPromptTokens),
      after,
      session: this.#number,
    });
    return { row, sendTime, endTime: sendTime + (optional(step, "api") ?? 0) };
  }

  #prefix(ranges: readonly unknown[], numPromptTokens: Tokens): PrefixIds | undefined {
    if (ranges.length === 0) {
      checkNumIds(0, this.#blockSize, numPromptTokens, "full", "h");
      return undefined;
    }
    const runs = new Int32Array(2 * ranges.length);
    let numIds = 0;
    for (const [i, range] of ranges.entries()) {
      const [first, last] = Array.isArray(range) ? (range as unknown[]) : [];
      if (!isId(first) || !isId(last) || last < first) {
        throw new FieldError(`h holds ${shown(range)}, not a range [first id, last id]`);
      }
      if (this.#firstId + last > MAX_INT32) {
        throw new FieldError(
          `h holds ${last}: the ids of all sessions together exceed ${MAX_INT32}`,
        );
      }
      runs[2 * i] = this.#firstId + first;
      runs[2 * i + 1] = last - first + 1;
      numIds += last - first + 1;
      this.nextId = Math.max(this.nextId, this.#firstId + last + 1);
    }
    checkNumIds(numIds, this.#blockSize, numPromptTokens, "full", "h");
    return { blockSize: this.#blockSize, runs };
  }
}

const isId = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_INT32;

/** Some steps were recorded without it. */
function optional(step: JsonRecord, key: string): Seconds | undefined {
  return step[key] === null || step[key] === undefined ? undefined : checkSeconds(step[key], key);
}
