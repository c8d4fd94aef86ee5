/** The formats that are tables: which columns tell a format, and how its fields become a row. */
import type { Seconds, Tokens } from "../../base/units.js";
import { checkOutput, checkSeconds, checkTokens, FieldError } from "../fields.js";
import type { TraceDraft } from "../trace-draft.js";
import { createWallClock } from "../wall-clock.js";

/** The field of a column on the current line; undefined when the file has no such column or the field is empty. */
export type Field = (column: string) => string | undefined;

export interface CsvFormat {
  /** For messages. */
  readonly title: string;
  /** Exactly these columns, in any order and case. */
  readonly columns: readonly string[];
  readonly optionalColumns: readonly string[];
  /** Times count from a calendar's date: the first request is moved to 0. */
  readonly fromZero?: boolean;
  /** False where the file does not say when requests arrive. */
  readonly isTimed?: boolean;
  /** A reader of rows for one file; it may keep what earlier rows told. Throws FieldError. */
  open(draft: TraceDraft): (field: Field) => void;
}

/** Times as they are. */
export const plain: CsvFormat = {
  title: "plain CSV",
  columns: ["arrival_s", "input_tokens", "output_tokens"],
  optionalColumns: ["priority", "abort_s", "tenant", "class"],
  open: (draft) => (field) => {
    const arrivalTime = secondsOf(field, "arrival_s");
    const abortTime = field("abort_s") === undefined ? undefined : secondsOf(field, "abort_s");
    if (abortTime !== undefined && abortTime < arrivalTime) {
      throw new FieldError(`abort_s is ${abortTime}, before the arrival at ${arrivalTime}`);
    }
    draft.add({
      arrivalTime,
      numPromptTokens: tokensOf(field, "input_tokens"),
      numOutputTokens: tokensOf(field, "output_tokens"),
      priority: field("priority") === undefined ? undefined : numberOf(field, "priority"),
      abortTime,
      tenant: field("tenant"),
      class: field("class"),
    });
  },
};

/** Lengths alone; an arrival pattern says when requests come. */
export const lengths: CsvFormat = {
  title: "lengths only",
  columns: ["input_tokens", "output_tokens"],
  optionalColumns: [],
  isTimed: false,
  open: (draft) => (field) => {
    draft.add({
      arrivalTime: 0,
      numPromptTokens: tokensOf(field, "input_tokens"),
      numOutputTokens: checkOutput(numberOf(field, "output_tokens"), "output_tokens"),
    });
  },
};

/** The Azure LLM inference traces (github.com/Azure/AzurePublicDataset, CC-BY-4.0), 2023 and 2024. Their times are wall-clock times. */
export const azure: CsvFormat = {
  title: "Azure LLM inference trace",
  columns: ["TIMESTAMP", "ContextTokens", "GeneratedTokens"],
  optionalColumns: [],
  fromZero: true,
  open(draft) {
    const sinceFirst = createWallClock();
    return (field) => {
      const timestamp = required(field, "TIMESTAMP");
      const arrivalTime = sinceFirst(timestamp);
      if (arrivalTime === undefined) {
        throw new FieldError(
          `TIMESTAMP is "${timestamp}", not a time like 2023-11-16 18:15:46.6805900`,
        );
      }
      draft.add({
        arrivalTime,
        numPromptTokens: tokensOf(field, "ContextTokens"),
        numOutputTokens: checkOutput(numberOf(field, "GeneratedTokens"), "GeneratedTokens"),
      });
    };
  },
};

/**
 * BurstGPT (github.com/HPMLL/BurstGPT, CC-BY-4.0). Times count from midnight of the first day of all its files. Rows without response
 * tokens are failures, says its documentation; they are skipped, as in its own `without_fails` files.
 */
export const burstgpt: CsvFormat = {
  title: "BurstGPT",
  columns: ["Timestamp", "Request tokens", "Response tokens"],
  optionalColumns: ["Session ID", "Elapsed time", "Model", "Total tokens", "Log Type"],
  fromZero: true,
  open(draft) {
    const sessions = new Map<string, number>();
    return (field) => {
      const arrivalTime = secondsOf(field, "Timestamp");
      const numPromptTokens = tokensOf(field, "Request tokens", 0);
      const numOutputTokens = tokensOf(field, "Response tokens", 0);
      if (numOutputTokens === 0) return draft.skip("without response tokens, which means failed");
      if (numPromptTokens === 0) return draft.skip("without request tokens");
      draft.add({
        arrivalTime,
        numPromptTokens,
        numOutputTokens,
        session: sessionOf(field("Session ID")),
      });
    };

    function sessionOf(id: string | undefined): number | undefined {
      if (id === undefined) return undefined;
      let session = sessions.get(id);
      if (session === undefined) sessions.set(id, (session = sessions.size));
      return session;
    }
  },
};

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function required(field: Field, column: string): string {
  const text = field(column);
  if (text === undefined) throw new FieldError(`${column} is empty`);
  return text;
}

function numberOf(field: Field, column: string): number {
  const text = required(field, column);
  const value = DECIMAL.test(text) ? Number(text) : NaN;
  if (!Number.isFinite(value)) throw new FieldError(`${column} is "${text}", not a finite number`);
  return value;
}

const secondsOf = (field: Field, column: string): Seconds =>
  checkSeconds(numberOf(field, column), column);

const tokensOf = (field: Field, column: string, least = 1): Tokens =>
  checkTokens(numberOf(field, column), column, least);
