/**
 * What the schema is made of. A leaf's `error` says what is allowed, as the end of a sentence that begins with "must
 * be"; problems.ts makes the sentence.
 */
import * as z from "zod/mini";
import { lazy } from "../base/lazy.js";

/** Results keep lengths and counts in 32-bit columns. */
export const MAX_COUNT = 2 ** 31 - 1;
/** More of these than any model has, and few enough to loop over. */
export const MAX_LAYERS = 10_000;

/** What the JSON Schema says of a key; `examples` are what a commented config file shows. */
export const documentation = z.registry<{
  description?: string;
  examples?: readonly unknown[];
  /** An object with behaviour, which a file cannot hold: no part of the JSON Schema. */
  plugin?: true;
  [keyword: string]: unknown;
}>();

/** A key that must be there. */
export function required<S extends z.ZodMiniType>(
  schema: S,
  description: string,
  ...examples: readonly unknown[]
): S {
  return documented(schema.clone(), description, examples);
}

/** A key that may be left out. */
export function optional<S extends z.ZodMiniType>(
  schema: S,
  description: string,
  ...examples: readonly unknown[]
): z.ZodMiniOptional<S> {
  return documented(z.optional(schema), description, examples);
}

/** A key that stands for `value` where it is left out. */
export function withDefault<S extends z.ZodMiniType>(
  schema: S,
  value: z.output<S> & z.core.util.NoUndefined<z.output<S>>,
  description: string,
): z.ZodMiniDefault<S> {
  return documented(z._default(schema, value), description, []);
}

function documented<S extends z.ZodMiniType>(
  schema: S,
  description: string,
  examples: readonly unknown[],
): S {
  documentation.add(schema, examples.length === 0 ? { description } : { description, examples });
  return schema;
}

/** Every number says its unit, "" if it has none: the reference of keys shows it; it is no part of the JSON Schema. */
export function measured<S extends z.ZodMiniType>(schema: S, unit: string): S {
  documentation.add(schema, { unit });
  return schema;
}

export const positive = perUnit(() => z.number({ error: "a number above 0" }).check(z.gt(0)));
export const notNegative = perUnit(() =>
  z.number({ error: "a number of at least 0" }).check(z.gte(0)),
);
export const text = lazy(() => z.string({ error: "a text" }));
export const flag = lazy(() => z.boolean({ error: "true or false" }));
export const count = perUnit((max = MAX_COUNT) => integer(1, max, "a whole number above 0"));
export const countOrZero = perUnit((max = MAX_COUNT) =>
  integer(0, max, "a whole number of at least 0"),
);

/** Keys of one unit share a schema: making schemas takes long. */
export function perUnit<S extends z.ZodMiniType>(make: (max?: number) => S) {
  const made = new Map<string, S>();
  return (unit: string, max?: number): S => {
    const key = `${unit} ${max}`;
    const schema = made.get(key) ?? measured(make(max), unit);
    made.set(key, schema);
    return schema;
  };
}

export function integer(min: number, max: number, allowed: string): z.ZodMiniNumberFormat {
  const error = ({ code }: { code?: string }) => (code === "too_big" ? `at most ${max}` : allowed);
  return z.int({ error }).check(z.gte(min), z.lte(max));
}

/** Unknown keys are errors; the parsed table is frozen. */
export function table<Shape extends z.core.$ZodShape>(
  shape: Shape,
  allowed = "a table of settings",
) {
  return z.readonly(z.strictObject(shape, { error: allowed }));
}

/**
 * An object with behaviour, told by a method that it has, and taken as it is. What else it must have is checked in a second
 * step, so that a union takes it for a plug-in that is wrong. No part of the JSON Schema.
 */
export function plugin<T extends object>(
  method: keyof T & string,
  members: Readonly<Record<string, string>>,
  allowed: string,
): z.ZodMiniCustom<T, T> {
  const isMeant = (value: unknown) =>
    typeof value === "object" && value !== null && hasMembers(value, { [method]: "function" });
  return z
    .custom<T>(isMeant, { error: allowed })
    .check(z.refine((value) => hasMembers(value, members), { error: allowed }))
    .register(documentation, { plugin: true });
}

function hasMembers(value: object, members: Readonly<Record<string, string>>): boolean {
  return Object.entries(members).every(([key, type]) => {
    return typeof (value as Readonly<Record<string, unknown>>)[key] === type;
  });
}
