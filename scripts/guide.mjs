/**
 * Guides run as their readers follow them. The fenced blocks of a Markdown file are a project of a user, one after the other, in one
 * directory in which the package is installed:
 *
 * - a block that begins with a comment that is a file name (`// my.ts`, `# config.toml`) is written to that file;
 * - `ts` and `js` are run, unless a command of the guide names their file; without a file name they are run at once;
 * - `sh` is run, without lines that set up the project and its packages;
 * - `text` directly after one of these is what it prints;
 * - `toml` is a config: all of one if it names its file, else a part, which goes over the example config;
 * - `json` is valid JSON, or one JSON text a line.
 *
 * Comments of HTML directly before a block say the rest: `<!-- file: trace.csv -->` names the file of a block that cannot carry a comment,
 * `<!-- given: tokenizer.json = test/fixtures/… -->` puts a file of this repository beside the others, and
 * `<!-- not run: reason -->` leaves the block alone.
 */
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { exampleConfig, parseConfig } from "inference-lab/config";
import { parse } from "smol-toml";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);

/** The fenced blocks of a Markdown text, in order. Lines count from 1. */
export function codeBlocks(text) {
  const lines = text.split("\n");
  const blocks = [];
  for (let i = 0; i < lines.length; i++) {
    const [, indent, language] = /^( *)```(\w*)/.exec(lines[i]) ?? [];
    if (language === undefined) continue;
    if (language === "" || indent !== "") {
      throw new Error(`line ${i + 1}: a block begins at the margin and has a language`);
    }
    const end = lines.indexOf("```", i + 1);
    if (end < 0) throw new Error(`line ${i + 1}: the block has no end`);
    const code = lines
      .slice(i + 1, end)
      .map((line) => `${line}\n`)
      .join("");
    const before = lines.slice(blocks.at(-1)?.end ?? 0, i);
    const marks = marksBefore(before);
    const isNext = blocks.length > 0 && before.every((line) => line === "");
    blocks.push({
      language,
      code,
      line: i + 1,
      end: end + 1,
      isNext,
      file: fileOf(code),
      ...marks,
    });
    i = end;
  }
  return blocks;
}

/** What the comments say that stand directly before a block. */
function marksBefore(lines) {
  const given = {};
  const marks = { given };
  for (const line of lines.reverse()) {
    const [, kind, text] = /^<!-- (not run|file|given): (.*) -->$/.exec(line) ?? [];
    if (kind === undefined && line !== "") break;
    if (kind === "not run") marks.reason = text;
    if (kind === "file") marks.file = text;
    if (kind === "given") {
      const [name, source] = text.split(" = ");
      given[name] = source;
    }
  }
  return marks;
}

const fileOf = (code) => /^(?:\/\/|#) ([\w./-]+\.\w+)\n/.exec(code)?.[1];

/**
 * Runs a guide.
 *
 * @returns its text with all outputs made anew, the places where that changes it, the number of blocks that were run, and the others
 * with their reasons
 * @throws an error that names file and line of a block that fails
 */
export async function runGuide(name, text) {
  const blocks = codeBlocks(text);
  const commands = blocks
    .filter(({ language, reason }) => language === "sh" && reason === undefined)
    .map(({ code }) => code);
  const differences = [];
  const notRun = [];
  /** What stands below a block, and what is to stand there. */
  const outputs = [];
  let numRun = 0;
  const project = await userProject();
  try {
    for (const [i, block] of blocks.entries()) {
      const place = `${name}:${block.line}`;
      if (block.language === "text") continue;
      if (block.reason !== undefined) {
        notRun.push(`${place}: ${block.reason}`);
        continue;
      }
      let output;
      try {
        output = await runBlock(block, project, commands);
      } catch (error) {
        throw new Error(`${place}: ${error.stderr || error.message}`, { cause: error });
      }
      numRun++;
      const below = blocks[i + 1];
      if (output === undefined || below?.language !== "text" || !below.isNext) continue;
      outputs.push([below, output]);
      if (below.code === output) continue;
      const says = `it says\n${below.code}but what is printed is\n${output}`;
      differences.push(`${name}:${below.line}: ${says}`);
    }
  } finally {
    await rm(project, { recursive: true });
  }
  return { text: withOutputs(text, outputs), differences, numRun, notRun };
}

function withOutputs(text, outputs) {
  const lines = text.split("\n");
  for (const [{ line, end }, output] of outputs.toReversed()) {
    lines.splice(line, end - 1 - line, output.trimEnd());
  }
  return lines.join("\n");
}

async function runBlock({ language, code, line, file, given }, project, commands) {
  for (const [name, source] of Object.entries(given)) {
    await copyFile(join(root, source), join(project, name));
  }
  if (file !== undefined) await write(project, file, code);
  if (language === "sh") return outputOf("sh", ["-ec", withoutInstalls(code)], project);
  if (language === "toml") checkConfig(code, file !== undefined);
  else if (language === "json") checkJson(code);
  else if (language === "ts" || language === "js") {
    const isNamed = file !== undefined && commands.some((text) => text.includes(file));
    return runProgram(code, file ?? `block-${line}.${language}`, project, isNamed);
  } else if (file === undefined) {
    throw new Error(`nothing is known of a block of ${language} without a file`);
  }
  return undefined;
}

/** TypeScript becomes JavaScript beside it, which programs that import it find. */
async function runProgram(code, file, project, isOnlyWritten) {
  const script = file.replace(/\.ts$/, ".js");
  const options = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2023,
    rewriteRelativeImportExtensions: true,
    verbatimModuleSyntax: true,
  };
  const isTypeScript = script !== file;
  const text = isTypeScript
    ? ts.transpileModule(code, { compilerOptions: options }).outputText
    : code;
  await write(project, script, text);
  return isOnlyWritten ? undefined : outputOf(process.execPath, [script], project);
}

async function outputOf(command, args, project) {
  const path = `${join(project, "node_modules/.bin")}:${dirname(process.execPath)}:${process.env.PATH}`;
  const env = { ...process.env, PATH: path, NO_COLOR: "1" };
  const { stdout } = await run(command, args, { cwd: project, env });
  const text = stdout.replace(/[ \t]+$/gm, "").trimEnd();
  return text === "" ? "" : `${text}\n`;
}

/** A project of a user is set up already, with its packages, whose commands npx would find. */
const withoutInstalls = (code) =>
  code.replace(/^npm (install|ci|init|pkg)\b.*$/gm, "").replace(/\bnpx (?=inference-lab\b)/g, "");

function checkConfig(text, isWhole) {
  if (isWhole) return parseConfig(text);
  const config = parse(exampleConfig());
  for (const [name, value] of Object.entries(parse(text))) {
    // A preset or a trace stands in place of what the example says.
    const isAddition =
      typeof value === "object" && !("preset" in value) && !("trace_path" in value);
    config[name] = isAddition ? Object.assign({}, config[name], value) : value;
  }
  return parseConfig(config);
}

function checkJson(text) {
  try {
    JSON.parse(text);
  } catch {
    for (const line of text.trimEnd().split("\n")) JSON.parse(line);
  }
}

async function write(project, file, code) {
  const path = join(project, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, code);
}

/** A directory in which the package is installed, as in a project of a user. The caller removes it. */
export async function userProject() {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "inference-lab-guide-")));
  const modules = join(directory, "node_modules");
  await mkdir(join(modules, ".bin"), { recursive: true });
  await symlink(root, join(modules, "inference-lab"), "dir");
  await symlink(join(root, "node_modules/jiti"), join(modules, "jiti"), "dir");
  await symlink("../my-policy", join(modules, "my-policy"), "dir"); // that of docs/policies.md
  // Links are kept, so that the command takes itself to be where npm would have put it.
  const node = `"${process.execPath}" --preserve-symlinks --preserve-symlinks-main`;
  const command = `#!/bin/sh\nexec ${node} "${join(modules, "inference-lab/dist/bin.js")}" "$@"\n`;
  await writeFile(join(modules, ".bin/inference-lab"), command, { mode: 0o755 });
  await writeFile(join(directory, "package.json"), '{ "type": "module" }\n');
  return directory;
}
