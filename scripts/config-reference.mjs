/** The tables of docs/configuration.md, from the schema: one for each table of a config file, and for each kind of value that has keys. */
import { loadSource } from "./load-source.mjs";

/** All tables, as Markdown. */
export async function configReference() {
  const { annotatedJsonSchema } = await loadSource(["config/json-schema.ts"]);
  const { properties } = annotatedJsonSchema();
  const isTable = ([, schema]) => schema.properties !== undefined;
  const entries = Object.entries(properties);
  const alone = Object.fromEntries(entries.filter((entry) => !isTable(entry)));
  const tables = new Map();
  const nested = new Map();
  addSection(tables, "Before the first table", { properties: alone });
  for (const [name, schema] of entries.filter(isTable)) {
    addSection(tables, `[${name}]`, schema);
    for (const [key, leaf] of Object.entries(schema.properties)) addNested(nested, name, key, leaf);
  }
  const format = ([title, text]) => `### ${title}\n\n${text}`;
  const sections = [...tables].map(format);
  return `${sections.join("\n")}\n## Values with keys of their own\n\n${[...nested].map(format).join("\n")}`;
}

/** What stands in a table of its own because it has keys, and is not the same as one that is there. */
function addNested(sections, name, key, leaf) {
  const schema = leaf.type === "array" ? (leaf.items ?? {}) : leaf;
  const title = titleOf(`${name}.${key}`, leaf);
  if (sections.has(title)) return;
  if (schema.oneOf !== undefined) {
    const rows = schema.oneOf.flatMap((variant) => variantRows(variant, `${name}.${key}`));
    const head =
      "| type | key | value | unit | default | meaning |\n| --- | --- | --- | --- | --- | --- |";
    sections.set(title, `${head}\n${rows.join("\n")}\n`);
    for (const variant of schema.oneOf) {
      for (const [inner, innerLeaf] of Object.entries(variant.properties)) {
        addNested(sections, `${name}.${key}`, inner, innerLeaf);
      }
    }
  } else if (schema.properties !== undefined) {
    addSection(sections, title, { ...schema, description: leaf.description });
    for (const [inner, innerLeaf] of Object.entries(schema.properties)) {
      addNested(sections, `${name}.${key}`, inner, innerLeaf);
    }
  }
}

const isLength = ({ oneOf = [] }) =>
  oneOf.some(({ properties }) => properties.type?.const === "lognormal");
const isRouting = ({ oneOf = [] }) =>
  oneOf.some(({ properties }) => properties.type?.const === "zipf");

function titleOf(path, leaf) {
  if (isLength(leaf)) return "Lengths";
  if (isRouting(leaf)) return "Routing laws";
  return leaf.type === "array" ? `[[${path}]]` : `[${path}]`;
}

/** As the headings of Markdown are linked. */
const anchorOf = (title) =>
  title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, "")
    .replaceAll(" ", "-");

function addSection(sections, title, { description, properties, required, anyOf }) {
  // Where a preset may stand for the keys of a table, the last alternative says what there must be without one.
  const needed = required ?? anyOf?.at(-1).required ?? [];
  const path = title.replaceAll(/[[\]]/g, "");
  const rows = Object.entries(properties).map(([key, leaf]) =>
    rowOf(key, leaf, needed.includes(key), `${path}.${key}`),
  );
  const head = "| key | value | unit | default | meaning |\n| --- | --- | --- | --- | --- |";
  const intro = `${withoutDefault(description)}\n\n`;
  sections.set(title, `${intro}${head}\n${rows.join("\n")}\n`);
}

function variantRows({ properties, required }, path) {
  const { type, ...keys } = properties;
  const name = `\`${type.const}\``;
  const rows = Object.entries(keys).map(([key, leaf]) =>
    rowOf(key, leaf, required.includes(key), `${path}.${key}`),
  );
  if (rows.length === 0) return [`| ${name} | – | – | – | – | – |`];
  return rows.map((row, i) => `| ${i === 0 ? name : ""} ${row}`);
}

function rowOf(key, leaf, isRequired, path) {
  const { description = "" } = leaf;
  const cells = [
    `\`${key}\``,
    valueOf(leaf, path),
    unitOf(leaf) || "–",
    defaultOf(leaf, description, isRequired),
    withoutDefault(description) || "–",
  ];
  return `| ${cells.join(" | ")} |`;
}

function unitOf(leaf) {
  const inner = leaf.anyOf ?? leaf.prefixItems ?? [];
  return leaf.unit ?? inner.map(unitOf).find((unit) => unit !== undefined);
}

function valueOf(leaf, path) {
  const names = leaf.enum ?? leaf.anyOf?.find((alternative) => alternative.enum)?.enum;
  if (names !== undefined) return names.map((name) => `\`${name}\``).join(", ");
  if (isLength(leaf)) return "[length](#lengths)";
  if (isRouting(leaf)) return "[routing law](#routing-laws)";
  if (leaf.anyOf !== undefined) return leaf.anyOf.map((one) => valueOf(one, path)).join(" or ");
  if (leaf.prefixItems !== undefined) {
    return `[${leaf.prefixItems.map((one) => valueOf(one, path)).join(", ")}]`;
  }
  const title = titleOf(path, leaf);
  if (leaf.type === "array") return `list of [tables](#${anchorOf(title)})`;
  if (leaf.type === "object") return `[table](#${anchorOf(title)})`;
  return `${leaf.type}${rangeOf(leaf)}`;
}

/** Bounds that are only there because counts are kept in 32 bits, or are exact below 2^53, are not worth a word. */
function rangeOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }) {
  const number = (value) => value.toLocaleString("en");
  const bounds = [
    ...(minimum > Number.MIN_SAFE_INTEGER ? [`≥ ${number(minimum)}`] : []),
    ...(exclusiveMinimum === undefined ? [] : [`> ${number(exclusiveMinimum)}`]),
    ...(maximum < 2 ** 31 - 1 ? [`≤ ${number(maximum)}`] : []),
    ...(exclusiveMaximum === undefined ? [] : [`< ${number(exclusiveMaximum)}`]),
  ];
  return bounds.length === 0 ? "" : ` ${bounds.join(", ")}`;
}

/** Of defaults that depend on other keys, the description speaks. */
const DEFAULT_SENTENCE = /\s*Default: (.*?)\.(?=\s|$)/;

const withoutDefault = (description = "") => description.replace(DEFAULT_SENTENCE, "").trim();

function defaultOf(leaf, description, isRequired) {
  if (isRequired) return "required";
  if (leaf.default !== undefined) return `\`${toToml(leaf.default)}\``;
  return DEFAULT_SENTENCE.exec(description)?.[1] ?? "–";
}

function toToml(value) {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).map(([key, inner]) => `${key} = ${toToml(inner)}`);
  return `{ ${pairs.join(", ")} }`;
}
