/** How generated files lead editors to the schema. */
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { schemaFor } from "../../src/cli/init-command.js";
import { configJsonSchema, exampleConfig, parseConfig } from "../../src/config/index.js";
import { toSnakeCase } from "../../src/simulation/case.js";
import { mismatches } from "../support/json-schema.js";

const installed = resolve("/home/me/project/node_modules/inference-lab/dist/config.schema.json");

test("a file of the project in which the package is installed has a relative path", () => {
  const path = "node_modules/inference-lab/dist/config.schema.json";
  expect(schemaFor("/home/me/project/config.toml", installed)).toBe(`./${path}`);
  expect(schemaFor("/home/me/project/a/b/config.toml", installed)).toBe(`../../${path}`);
});

test("a file elsewhere has the place of the package on this machine", () => {
  const url = "file:///home/me/project/node_modules/inference-lab/dist/config.schema.json";
  expect(schemaFor("/home/me/config.toml", installed)).toBe(url);
  expect(schemaFor("/home/me/project-2/config.toml", installed)).toBe(url);
  const clone = resolve("/home/me/clone/dist/config.schema.json");
  expect(schemaFor("/home/me/clone/config.toml", clone)).toBe(`file://${clone}`);
});

test("the line comes first, and the file stays a config", () => {
  const text = exampleConfig({ schema: "./schema.json" });
  expect(text.split("\n")[0]).toBe("#:schema ./schema.json");
  expect(parseConfig(text)).toEqual(parseConfig(exampleConfig()));
});

test("a JSON config may name its schema, and nothing else unknown", () => {
  const config = parseConfig(exampleConfig());
  const file = (key: string) => ({ [key]: "./schema.json", ...(toSnakeCase(config) as object) });
  expect(parseConfig(JSON.stringify(file("$schema")))).toEqual(config);
  expect(mismatches(configJsonSchema(), file("$schema"))).toEqual([]);
  expect(() => parseConfig(JSON.stringify(file("$schemas")))).toThrow("unknown key");
  expect(mismatches(configJsonSchema(), file("$schemas"))).not.toEqual([]);
});
