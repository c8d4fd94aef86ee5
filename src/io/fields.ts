/** What the fields of traces must hold, in one wording for all formats. */
import type { Seconds, Tokens } from "../base/units.js";

/** What is wrong with a field. The reader adds source and line. */
export class FieldError extends Error {}

/** A line of JSON. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Lengths and ids fit a column of 32-bit integers. */
export const MAX_INT32 = 2 ** 31 - 1;

/** @throws FieldError unless it is an integer from `least` that fits 32 bits */
export function checkTokens(value: unknown, name: string, least = 1): Tokens {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= MAX_INT32) {
    return value as number;
  }
  throw new FieldError(
    `${name} is ${shown(value)}; it must be an integer from ${least} to ${MAX_INT32}`,
  );
}

/**
 * The length of an output. Where a trace says that none came, it counts as one token: the prompt was computed, and the end token
 * sampled.
 */
export function checkOutput(value: unknown, name: string): Tokens {
  return Math.max(checkTokens(value, name, 0), 1);
}

/** @throws FieldError unless it is a finite number of at least 0 */
export function checkSeconds(value: unknown, name: string): Seconds {
  const seconds = checkNumber(value, name);
  if (seconds < 0) throw new FieldError(`${name} is ${seconds}; times must not be negative`);
  return seconds;
}

/** @throws FieldError unless it is a finite number */
export function checkNumber(value: unknown, name: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new FieldError(`${name} is ${shown(value)}, not a finite number`);
}

/** @throws FieldError unless it is a list */
export function checkList(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new FieldError(`${name} is ${shown(value)}, not a list`);
}

/** @throws FieldError unless it is a JSON object */
export function checkRecord(value: unknown, name: string): JsonRecord {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as JsonRecord;
  }
  throw new FieldError(`${name} is ${shown(value)}, not an object`);
}

/** @throws FieldError unless it is text */
export function checkText(value: unknown, name: string): string {
  if (typeof value === "string") return value;
  throw new FieldError(`${name} is ${shown(value)}, not text`);
}

/** A value as messages show it. */
export function shown(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "number") return String(value); // JSON has no NaN
  return abbreviated(JSON.stringify(value));
}

export function abbreviated(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
