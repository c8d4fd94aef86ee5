/** A commented config to start from, written from the schema, so that it cannot fall behind it. */
import { configJsonSchema, type JsonSchema } from "./json-schema.js";

/** Optional keys that the example sets all the same. */
const CHOSEN = new Set([
  "hardware.name",
  "hardware.bytes_per_param",
  "model.name",
  "model.num_kv_heads",
  "workload.arrival_pattern",
  "workload.arrival_rate",
  "workload.num_requests",
  "workload.input_len_dist",
  "workload.output_len_dist",
]);

const HEADER = `\
# A config for inference-lab with every key there is.
# Keys behind a comment sign are optional. They show their default; without one, an example.
`;

/** How to write {@link exampleConfig}. */
export interface ExampleConfigOptions {
  /** Path or URL of the JSON Schema, for the line by which editors find it. Default: no such line. */
  readonly schema?: string;
}

/** The text of a TOML file that can be simulated as it is. */
export function exampleConfig({ schema }: ExampleConfigOptions = {}): string {
  const entries = Object.entries(propertiesOf(configJsonSchema()));
  const isTable = ([, schema]: (typeof entries)[number]) => schema.properties !== undefined;
  const keys = entries
    .filter((entry) => !isTable(entry))
    .map(([key, leaf]) => formatKey(key, leaf));
  const tables = entries.filter(isTable).map(([name, table]) => formatTable(name, table));
  const directive = schema === undefined ? "" : `#:schema ${schema}\n`;
  return [directive + HEADER, ...keys, ...tables].join("\n");
}

/** Keys with neither a default nor an example are not for writing by hand: presets bring them. */
function formatTable(table: string, schema: JsonSchema): string {
  const keys = Object.entries(propertiesOf(schema))
    .filter(([, leaf]) => leaf.default !== undefined || leaf.examples !== undefined)
    .map(([key, leaf]) => {
      const isRequired = requiredOf(schema).includes(key);
      return formatKey(key, leaf, isRequired || CHOSEN.has(`${table}.${key}`));
    });
  return `${comment(schema.description as string)}[${table}]\n${keys.join("")}`;
}

/** What a table must have, and where it may have a preset instead, what it must have without one. */
function requiredOf({ required, anyOf }: JsonSchema): readonly string[] {
  const without = (anyOf as JsonSchema[] | undefined)?.at(-1);
  return (required ?? without?.required ?? []) as string[];
}

function formatKey(key: string, leaf: JsonSchema, isSet = false): string {
  const value = leaf.default ?? (leaf.examples as unknown[])[0];
  const isDefault = leaf.default !== undefined;
  const description = `${leaf.description as string}${isDefault ? ` Default: ${toToml(value)}.` : ""}`;
  return `${comment(description)}${isSet ? "" : "# "}${key} = ${toToml(value)}\n`;
}

/** Broken into lines of at most 100 characters. */
function comment(text: string): string {
  return text.replace(/(.{1,98})(?: |$)/g, "# $1\n");
}

const propertiesOf = (schema: JsonSchema) =>
  schema.properties as Readonly<Record<string, JsonSchema>>;

function toToml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toToml).join(", ")}]`;
  if (typeof value === "number") return formatNumber(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).map(([key, inner]) => `${key} = ${toToml(inner)}`);
  return `{ ${pairs.join(", ")} }`;
}

/** 1.513e15, not 1513000000000000. */
function formatNumber(value: number): string {
  return value >= 1e12 ? value.toExponential().replace("+", "") : String(value);
}
