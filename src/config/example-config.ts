/** A commented config to start from, written from the schema, so that it cannot fall behind it. */
import { configJsonSchema, type JsonSchema } from "./json-schema.js";

/** Optional keys that the example sets all the same. */
const CHOSEN = new Set([
  "hardware.name",
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
  const tables = Object.entries(propertiesOf(configJsonSchema()));
  const directive = schema === undefined ? "" : `#:schema ${schema}\n`;
  return [directive + HEADER, ...tables.map(([name, schema]) => formatTable(name, schema))].join(
    "\n",
  );
}

function formatTable(table: string, schema: JsonSchema): string {
  const keys = Object.entries(propertiesOf(schema)).map(([key, leaf]) => {
    const isSet =
      CHOSEN.has(`${table}.${key}`) || (schema.required as string[] | undefined)?.includes(key);
    const value = leaf.default ?? (leaf.examples as unknown[])[0];
    const isDefault = leaf.default !== undefined;
    const description = `${leaf.description as string}${isDefault ? ` Default: ${toToml(value)}.` : ""}`;
    return `${comment(description)}${isSet ? "" : "# "}${key} = ${toToml(value)}\n`;
  });
  return `${comment(schema.description as string)}[${table}]\n${keys.join("")}`;
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
