/** The table of trace formats: which columns tell a format, and how its fields become a row. */
import type { Seconds, Tokens } from "../base/units.js";
import type { TraceRow } from "../workload/replay.js";
import { createWallClock } from "./wall-clock.js";

export type TraceFormatName = "plain" | "azure";

/** What is wrong with a field. The reader adds source and line. */
export class FieldError extends Error {}

/** The field of a column on the current line; undefined when the file has no such column or the field is empty. */
export type Field = (column: string) => string | undefined;

export interface TraceFormat {
  /** For messages. */
  readonly title: string;
  /** Exactly these columns, in any order and case. */
  readonly columns: readonly string[];
  readonly optionalColumns: readonly string[];
  /** A reader of rows for one file; it may keep what earlier rows told. Throws FieldError. */
  open(): (field: Field) => TraceRow;
}

export const traceFormats: Readonly<Record<TraceFormatName, TraceFormat>> = {
  plain: {
    title: "plain",
    columns: ["arrival_s", "input_tokens", "output_tokens"],
    optionalColumns: ["priority", "abort_s"],
    open: () => (field) => {
      const arrivalTime = secondsOf(field, "arrival_s");
      const abortTime = field("abort_s") === undefined ? undefined : secondsOf(field, "abort_s");
      if (abortTime !== undefined && abortTime < arrivalTime) {
        throw new FieldError(`abort_s is ${abortTime}, before the arrival at ${arrivalTime}`);
      }
      return {
        arrivalTime,
        numPromptTokens: tokensOf(field, "input_tokens", 1),
        numOutputTokens: tokensOf(field, "output_tokens", 1),
        priority: field("priority") === undefined ? undefined : numberOf(field, "priority"),
        abortTime,
      };
    },
  },

  /**
   * The Azure LLM inference traces (github.com/Azure/AzurePublicDataset, CC-BY-4.0), 2023 and 2024. Their times are wall-clock
   * times; the first request arrives at 0. A row without generated tokens (the files of 2023 have none) counts
   * as one token: its prompt was computed, and its end token sampled.
   */
  azure: {
    title: "Azure LLM inference trace",
    columns: ["TIMESTAMP", "ContextTokens", "GeneratedTokens"],
    optionalColumns: [],
    open: () => {
      const sinceFirst = createWallClock();
      return (field) => {
        const timestamp = required(field, "TIMESTAMP");
        const arrivalTime = sinceFirst(timestamp);
        if (arrivalTime === undefined) {
          throw new FieldError(
            `TIMESTAMP is "${timestamp}", not a time like 2023-11-16 18:15:46.6805900`,
          );
        }
        return {
          arrivalTime,
          numPromptTokens: tokensOf(field, "ContextTokens", 1),
          numOutputTokens: Math.max(tokensOf(field, "GeneratedTokens", 0), 1),
          priority: undefined,
          abortTime: undefined,
        };
      };
    },
  },
};

const MAX_TOKENS: Tokens = 2 ** 31 - 1;
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

function secondsOf(field: Field, column: string): Seconds {
  const value = numberOf(field, column);
  if (value < 0) throw new FieldError(`${column} is ${value}; times must not be negative`);
  return value;
}

function tokensOf(field: Field, column: string, least: number): Tokens {
  const value = numberOf(field, column);
  if (Number.isInteger(value) && value >= least && value <= MAX_TOKENS) return value;
  throw new FieldError(
    `${column} is ${value}; it must be an integer from ${least} to ${MAX_TOKENS}`,
  );
}
