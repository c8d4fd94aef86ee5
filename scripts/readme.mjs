/**
 * Brings README.md up to date with the built package: the tables of config keys, the help of the command line, and what the
 * TypeScript blocks print, each of them followed by a block of text; and the guides in docs/ that are run as a whole.
 *
 *   npm run readme
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { configJsonSchema } from "inference-lab/config";
import { format } from "prettier";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);

/** The text with all that follows from the package made anew. */
export async function renderReadme(text) {
  const help = await run(process.execPath, [join(root, "dist/bin.js"), "--help"]);
  const withHelp = replacePart(text, "command line", fence("text", help.stdout));
  const withTables = replacePart(withHelp, "config tables", configTables());
  return format(await withOutputs(withTables), {
    parser: "markdown",
    printWidth: 100,
    proseWrap: "always",
  });
}

/** The fenced blocks of a Markdown text, in order. */
export function codeBlocks(text) {
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, code]) => ({
    language,
    code,
  }));
}

/**
 * A guide with what its commands print made anew. Its blocks are a project of a user, one after the other: a block that begins with a
 * comment that is a file name is that file, a block of sh is run, and a block of text that follows one is its output.
 *
 * @throws what a command fails with
 */
export async function renderGuide(text) {
  const project = await userProject();
  const parts = text.split(/(^```\w+\n.*?^```$)/ms);
  let output = "";
  try {
    for (const [i, part] of parts.entries()) {
      const [block] = codeBlocks(part);
      if (block === undefined) continue;
      const [, file] = /^(?:\/\/|#) ([\w.-]+\.\w+)\n/.exec(block.code) ?? [];
      if (block.language === "text") parts[i] = fence("text", output).trimEnd();
      else if (block.language === "sh") output = await outputOfCommands(block.code, project);
      else if (file !== undefined) await writeFile(join(project, file), block.code);
    }
  } finally {
    await rm(project, { recursive: true });
  }
  return format(parts.join(""), { parser: "markdown", printWidth: 100, proseWrap: "preserve" });
}

/** Without those that install packages, which a project of a user has already. */
async function outputOfCommands(code, project) {
  const script = code.replace(/^npm install.*$/gm, "");
  const path = `${join(project, "node_modules/.bin")}:${process.env.PATH}`;
  const { stdout } = await run("sh", ["-ec", script], {
    cwd: project,
    env: { ...process.env, PATH: path },
  });
  return stdout;
}

/** A directory in which the package is installed, as in a project of a user. The caller removes it. */
export async function userProject() {
  const directory = await mkdtemp(join(tmpdir(), "inference-lab-readme-"));
  const modules = join(directory, "node_modules");
  await mkdir(join(modules, ".bin"), { recursive: true });
  await symlink(root, join(modules, "inference-lab"), "dir");
  await symlink(join(root, "node_modules/jiti"), join(modules, "jiti"), "dir");
  await symlink("../my-policy", join(modules, "my-policy"), "dir"); // that of docs/policies.md
  const command = `#!/bin/sh\nexec "${process.execPath}" "${join(root, "dist/bin.js")}" "$@"\n`;
  await writeFile(join(modules, ".bin/inference-lab"), command, { mode: 0o755 });
  await writeFile(join(directory, "package.json"), '{ "type": "module" }\n');
  return directory;
}

function replacePart(text, name, content) {
  const part = new RegExp(`(?<=<!-- ${name} -->\n).*?(?=<!-- end -->)`, "s");
  if (!part.test(text)) throw new Error(`README.md has no part <!-- ${name} --> … <!-- end -->`);
  return text.replace(part, () => `\n${content}\n`);
}

async function withOutputs(text) {
  const parts = text.split(/(^```ts\n.*?^```\n\n```text\n.*?^```$)/ms);
  const project = await userProject();
  try {
    for (const [i, part] of parts.entries()) {
      const [program, output] = codeBlocks(part);
      if (output?.language !== "text" || program.language !== "ts") continue;
      parts[i] =
        `${fence("ts", program.code)}\n${fence("text", await outputOf(program.code, project))}`.trimEnd();
    }
  } finally {
    await rm(project, { recursive: true });
  }
  return parts.join("");
}

/** What a program prints that is run at the root of the repository. */
async function outputOf(code, project) {
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  const file = join(project, "program.js");
  await writeFile(file, ts.transpileModule(code, { compilerOptions: options }).outputText);
  return (await run(process.execPath, [file], { cwd: root })).stdout;
}

function fence(language, code) {
  return `\`\`\`${language}\n${code.trimEnd()}\n\`\`\`\n`;
}

/** One table for each table of a config file. */
function configTables() {
  const entries = Object.entries(configJsonSchema().properties);
  const isTable = ([, schema]) => schema.properties !== undefined;
  const alone = entries.filter((entry) => !isTable(entry));
  const tables = entries.filter(isTable).map(([name, schema]) => {
    return `\`[${name}]\` ${schema.description}\n\n${tableOf(keysOf(schema))}`;
  });
  const outside = tableOf(alone.map(([key, leaf]) => [key, leaf, false]));
  return [...tables, `Before the first table\n\n${outside}`].join("\n");
}

function tableOf(keys) {
  const rows = keys.map(
    ([key, { description = "", ...leaf }, isRequired]) =>
      `| \`${key}\` | ${typeOf(leaf)} | ${defaultOf(leaf, description, isRequired)} | ${meaningOf(description)} |`,
  );
  return `| key | type | default | meaning |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
}

/** The keys of a table, those of tables in it too. */
function keysOf({ properties, required, anyOf }, prefix = "") {
  // Where a preset may stand for the keys of a table, the last alternative says what there must be without one.
  const needed = required ?? anyOf?.at(-1).required ?? [];
  return Object.entries(properties).flatMap(([key, leaf]) => {
    if (BROUGHT.has(key)) return [];
    return [
      [prefix + key, leaf, needed.includes(key)],
      ...(leaf.properties === undefined ? [] : keysOf(leaf, `${prefix}${key}.`)),
    ];
  });
}

/** Not for writing by hand: presets bring them. */
const BROUGHT = new Set(["device", "weights", "layers", "kv_precision", "source", "verified"]);

function typeOf(leaf) {
  const names = leaf.enum ?? leaf.anyOf?.find((alternative) => alternative.enum)?.enum;
  if (names !== undefined) return names.map((name) => `\`${name}\``).join(", ");
  if (leaf.anyOf !== undefined) return leaf.anyOf.map(typeOf).join(" or ");
  if (leaf.oneOf !== undefined) {
    const isRouting = leaf.oneOf.some(({ properties }) => properties?.type?.const === "zipf");
    return isRouting ? "routing law" : "length";
  }
  if (leaf.prefixItems !== undefined) return `[${leaf.prefixItems.map(typeOf).join(", ")}]`;
  if (leaf.type === "array") {
    const keys = Object.keys(leaf.items?.properties ?? {});
    return keys.length === 0 ? "list" : `list of { ${keys.join(", ")} }`;
  }
  return leaf.type === "object" ? "table" : leaf.type;
}

/** Of defaults that depend on other keys, the description speaks. */
const DEFAULT_SENTENCE = /\s*Default: (.*?)\.(?=\s|$)/;

function defaultOf(leaf, description, isRequired) {
  if (isRequired) return "required";
  if (leaf.default !== undefined) return `\`${toToml(leaf.default)}\``;
  return DEFAULT_SENTENCE.exec(description)?.[1] ?? "–";
}

function meaningOf(description) {
  return description.replace(DEFAULT_SENTENCE, "").trim();
}

function toToml(value) {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).map(([key, inner]) => `${key} = ${toToml(inner)}`);
  return `{ ${pairs.join(", ")} }`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, render] of [
    ["README.md", renderReadme],
    ["docs/policies.md", renderGuide],
  ]) {
    const path = join(root, name);
    await writeFile(path, await render(await readFile(path, "utf8")));
  }
}
