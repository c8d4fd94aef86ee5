/** The JSON Schema of a config file, for editors and other validators. */
import * as z from "zod/mini";
import { keyToSnake, toSnakeCase } from "../simulation/case.js";
import { documentation } from "../simulation/schema-leaves.js";
import { configSchema } from "../simulation/schema.js";

/** A JSON Schema, or a part of one. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** The schema of a config file: its keys in snake_case, without what only code can say. Draft 2020-12. */
export function configJsonSchema(): JsonSchema {
  return toJsonSchema(({ jsonSchema }) => delete jsonSchema.unit);
}

/** The same with the `unit` of each number, which is no keyword of JSON Schema. */
export function annotatedJsonSchema(): JsonSchema {
  return toJsonSchema(() => undefined);
}

function toJsonSchema(
  override: (node: { readonly jsonSchema: Record<string, unknown> }) => void,
): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(configSchema(), {
    io: "input",
    unrepresentable: "any",
    metadata: documentation,
    override,
  });
  return {
    $schema,
    title: "Inference Lab config",
    description: "A simulation of LLM inference serving: hardware, model, scheduler and workload.",
    ...withPresetKeys(fileForm(schema) as JsonSchema),
    patternProperties: { "^\\$schema$": { type: "string" } }, // by which editors find this schema from a JSON file
  };
}

/** A preset stands for the keys that its table must have otherwise. */
function withPresetKeys(schema: JsonSchema): JsonSchema {
  const tables = { ...(schema.properties as Record<string, JsonSchema>) };
  for (const [name, example, what] of PRESETS) {
    const { properties, required, ...table } = tables[name]!;
    const preset = {
      type: "string",
      description: `${what} of the catalog, with all its numbers; keys beside it go before them.`,
      examples: [example],
    };
    tables[name] = {
      ...table,
      properties: { preset, ...(properties as JsonSchema) },
      anyOf: [{ required: ["preset"] }, { required }],
    };
  }
  return { ...schema, properties: tables };
}

const PRESETS = [
  ["hardware", "h100-sxm", "A device"],
  ["model", "llama-3.1-70b", "A model"],
] as const;

function fileForm(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(fileForm);
  if (typeof node !== "object" || node === null) return node;
  const { readOnly: _, properties, required, anyOf, ...rest } = node as JsonSchema;
  const entries = Object.entries(rest).map(([keyword, value]) => {
    const isData = ["default", "examples", "enum", "const"].includes(keyword);
    return [keyword, isData ? toSnakeCase(value) : fileForm(value)];
  });
  return {
    ...alternatives(anyOf),
    ...Object.fromEntries(entries),
    ...(properties !== undefined && { properties: keysInFiles(properties as JsonSchema) }),
    ...(required !== undefined && { required: (required as string[]).map(keyToSnake) }),
  };
}

function keysInFiles(properties: JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, schema]) =>
      isPlugin(schema) ? [] : [[keyToSnake(key), fileForm(schema)]],
    ),
  );
}

/** Without the plug-in among them; alone, the other stands for itself. */
function alternatives(anyOf: unknown): JsonSchema {
  if (anyOf === undefined) return {};
  const schemas = (anyOf as unknown[]).filter((schema) => !isPlugin(schema)).map(fileForm);
  return schemas.length === 1 ? (schemas[0] as JsonSchema) : { anyOf: schemas };
}

const isPlugin = (schema: unknown) => (schema as JsonSchema).plugin === true;
