/** A validator for the part of JSON Schema that our schemas use. */
import type { JsonSchema } from "../../src/config/index.js";

const KNOWN = new Set(
  (
    "$schema title description default examples type const enum pattern anyOf oneOf " +
    "minimum maximum exclusiveMinimum exclusiveMaximum properties required additionalProperties patternProperties items minItems minLength prefixItems maxItems"
  ).split(" "),
);

const NUMBERS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  minimum: (value, bound) => value >= bound,
  maximum: (value, bound) => value <= bound,
  exclusiveMinimum: (value, bound) => value > bound,
  exclusiveMaximum: (value, bound) => value < bound,
};

/** Paths of the values that do not match; throws at a keyword that it does not know. */
export function mismatches(schema: JsonSchema, value: unknown, path = "$"): string[] {
  const unknown = Object.keys(schema).filter((keyword) => !KNOWN.has(keyword));
  if (unknown.length > 0) throw new Error(`unknown keywords at ${path}: ${unknown.join(", ")}`);

  const matching = (alternatives: unknown) =>
    (alternatives as JsonSchema[]).filter((one) => mismatches(one, value, path).length === 0)
      .length;
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
  const patterns = (schema.patternProperties ?? {}) as Readonly<Record<string, JsonSchema>>;
  const isWrong =
    (schema.type !== undefined && !hasType(value, schema.type)) ||
    ("const" in schema && value !== schema.const) ||
    (schema.enum !== undefined && !(schema.enum as unknown[]).includes(value)) ||
    (typeof value === "string" && !new RegExp((schema.pattern as string) ?? "").test(value)) ||
    (typeof value === "string" && value.length < Number(schema.minLength ?? 0)) ||
    (schema.anyOf !== undefined && matching(schema.anyOf) === 0) ||
    (schema.oneOf !== undefined && matching(schema.oneOf) !== 1) ||
    (Array.isArray(value) && value.length < Number(schema.minItems ?? 0)) ||
    (Array.isArray(value) && value.length > Number(schema.maxItems ?? Infinity)) ||
    Object.entries(NUMBERS).some(
      ([keyword, holds]) =>
        keyword in schema && typeof value === "number" && !holds(value, schema[keyword] as number),
    );
  const inner = isObject
    ? Object.entries(value).flatMap(([key, item]) => {
        const pattern = Object.keys(patterns).find((source) => new RegExp(source).test(key));
        const schemaOfKey =
          properties[key] ?? (pattern === undefined ? undefined : patterns[pattern]);
        if (schemaOfKey !== undefined) return mismatches(schemaOfKey, item, `${path}.${key}`);
        return schema.additionalProperties === false ? [`${path}.${key}`] : [];
      })
    : [];
  const missing = isObject
    ? ((schema.required ?? []) as string[])
        .filter((key) => !(key in value))
        .map((key) => `${path}.${key}`)
    : [];
  const inOrder = (schema.prefixItems ?? []) as JsonSchema[];
  const items = (Array.isArray(value) ? value : []).flatMap((item, i) => {
    const itemSchema = inOrder[i] ?? schema.items ?? {};
    if (itemSchema === false) return [`${path}[${i}]`];
    return mismatches(itemSchema as JsonSchema, item, `${path}[${i}]`);
  });
  return [...(isWrong ? [path] : []), ...inner, ...missing, ...items];
}

function hasType(value: unknown, type: unknown): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "object")
    return typeof value === "object" && value !== null && !Array.isArray(value);
  if (type === "null") return value === null;
  return typeof value === type || (type === "array" && Array.isArray(value));
}
