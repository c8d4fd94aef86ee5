/**
 * What the schema is made of. A leaf's `error` says what is allowed, as the end of a sentence that begins with "must
 * be"; problems.ts makes the sentence.
 */
import * as z from "zod";

/** Results keep lengths and counts in 32-bit columns. */
export const MAX_COUNT = 2 ** 31 - 1;
/** More of these than any model has, and few enough to loop over. */
export const MAX_LAYERS = 10_000;

/** Every number says its unit, "" if it has none: `unit` is shown by the reference of keys, and is no part of the JSON Schema. */
export const positive = (unit: string) =>
  z.number({ error: "a number above 0" }).gt(0).meta({ unit });
export const notNegative = (unit: string) =>
  z.number({ error: "a number of at least 0" }).gte(0).meta({ unit });
export const text = () => z.string({ error: "a text" });
export const flag = () => z.boolean({ error: "true or false" });
export const count = (unit: string, max = MAX_COUNT) =>
  integer(1, max, "a whole number above 0").meta({ unit });
export const countOrZero = (unit: string, max = MAX_COUNT) =>
  integer(0, max, "a whole number of at least 0").meta({ unit });

export function integer(min: number, max: number, allowed: string): z.ZodInt {
  const error = ({ code }: { code?: string }) => (code === "too_big" ? `at most ${max}` : allowed);
  return z.int({ error }).min(min).max(max);
}

/** Unknown keys are errors; the parsed table is frozen. */
export function table<Shape extends z.ZodRawShape>(shape: Shape, allowed = "a table of settings") {
  return z.strictObject(shape, { error: allowed }).readonly();
}

/**
 * An object with behaviour, told by a method that it has, and taken as it is. What else it must have is checked in a second
 * step, so that a union takes it for a plug-in that is wrong. No part of the JSON Schema.
 */
export function plugin<T extends object>(
  method: keyof T & string,
  members: Readonly<Record<string, string>>,
  allowed: string,
): z.ZodCustom<T, T> {
  const isMeant = (value: unknown) =>
    typeof value === "object" && value !== null && hasMembers(value, { [method]: "function" });
  return z
    .custom<T>(isMeant, { error: allowed })
    .refine((value) => hasMembers(value, members), { error: allowed })
    .meta({ plugin: true });
}

function hasMembers(value: object, members: Readonly<Record<string, string>>): boolean {
  return Object.entries(members).every(([key, type]) => {
    return typeof (value as Readonly<Record<string, unknown>>)[key] === type;
  });
}
