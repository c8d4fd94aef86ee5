/** Policies from files and packages: TypeScript where the runtime reads it, else through jiti. */
import { execFile } from "node:child_process";
import { access, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { InferenceLabError } from "../base/errors.js";
import { isPolicyPlugin, shapeProblem } from "../scheduler/policies/shape.js";
import type { AnyPolicy } from "../scheduler/policy.js";
import { reasonOf } from "./read-error.js";

const EXTENSIONS = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"];

/** What a file may export by default besides a policy: a function that makes one. */
export type PolicyFactory = (options: Readonly<Record<string, unknown>>) => AnyPolicy;

/**
 * Loads a policy: the default export of a file (a path with one of the extensions of JavaScript and TypeScript) or of a package that
 * is installed where the process runs. It is a policy, or a function that makes one from options; what such a function makes is
 * made anew for each run.
 *
 * @param options handed to that function, `{}` by default; an error where there is none
 * @throws InferenceLabError naming the file and the reason: it cannot be read or run, or exports no policy
 */
export async function loadPolicy(
  source: string,
  options?: Readonly<Record<string, unknown>>,
): Promise<AnyPolicy> {
  const fail = (reason: string, cause?: unknown): never => {
    throw new InferenceLabError(`policy ${source}: ${reason}`, { cause });
  };
  const file = looksLikeFile(source) ? await existing(source, fail) : packageFile(source, fail);
  const exported = defaultOf(await importModule(file, fail), fail);
  if (typeof exported !== "function") {
    const policy = policyOf(exported, "its default export", fail);
    if (options === undefined) return policy;
    return fail("takes no options: its default export is a policy, not a function that makes one");
  }
  const make = (): AnyPolicy => {
    let made: unknown;
    try {
      made = (exported as PolicyFactory)(options ?? {});
    } catch (error) {
      return fail(`its function threw: ${messageOf(error)}`, error);
    }
    return policyOf(made, "what its function returns", fail);
  };
  const { name, apiVersion, needsOutputLength } = make();
  const create = (seed: number) => {
    const policy = make();
    return isPolicyPlugin(policy) ? policy.create(seed) : policy;
  };
  return { name, apiVersion, needsOutputLength, create };
}

type Fail = (reason: string, cause?: unknown) => never;

function looksLikeFile(source: string): boolean {
  return /^[./\\]|^[A-Za-z]:[\\/]/.test(source) || EXTENSIONS.includes(extname(source));
}

async function existing(path: string, fail: Fail): Promise<string> {
  const file = resolve(path);
  try {
    await access(file);
  } catch (error) {
    return fail(reasonOf(error), error);
  }
  if ((await stat(file)).isDirectory()) return fail("is a directory; name the file in it");
  if (EXTENSIONS.includes(extname(file))) return file;
  return fail(`must be TypeScript or JavaScript, with one of ${EXTENSIONS.join(", ")}`);
}

function packageFile(name: string, fail: Fail): string {
  try {
    return createRequire(resolve("package.json")).resolve(name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "MODULE_NOT_FOUND") {
      return fail(
        `no built-in policy and no package that is installed in ${process.cwd()}; a file is named by its path, such as ./${name}.js`,
        error,
      );
    }
    return fail(`${messageOf(error)}; name its file by its path`, error);
  }
}

/** What says that the runtime does not read this TypeScript by itself. */
const NOT_BY_ITSELF = [
  "ERR_UNKNOWN_FILE_EXTENSION",
  "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX",
  "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING",
];

async function importModule(file: string, fail: Fail): Promise<unknown> {
  let remedy = "use Node 22.18 or later";
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    const isTypeScript = extname(file).endsWith("ts");
    if (!isTypeScript || !NOT_BY_ITSELF.includes(code)) return cannotRun(file, error, fail);
    if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") {
      remedy = "do without enums, namespaces and parameter properties";
    }
  }
  const jiti = findJiti(file);
  if (jiti === undefined) {
    return fail(
      `Node ${process.versions.node} does not read this TypeScript by itself: install jiti (npm install --save-dev jiti), ${remedy}, or write it in JavaScript`,
    );
  }
  try {
    const { createJiti } = (await import(pathToFileURL(jiti).href)) as Jiti;
    return await createJiti(file, { fsCache: false, moduleCache: false }).import(file);
  } catch (error) {
    return cannotRun(file, error, fail);
  }
}

/** What is used of https://github.com/unjs/jiti. */
interface Jiti {
  createJiti(
    parent: string,
    options: { readonly fsCache: boolean; readonly moduleCache: boolean },
  ): { import(file: string): Promise<unknown> };
}

/** jiti beside the file, or where the process runs. */
function findJiti(file: string): string | undefined {
  for (const from of [file, resolve("package.json")]) {
    try {
      return createRequire(from).resolve("jiti");
    } catch {
      continue;
    }
  }
  return undefined;
}

async function cannotRun(file: string, error: unknown, fail: Fail): Promise<never> {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const line =
    lineIn(stack, file) ?? (error instanceof SyntaxError && (await lineOfSyntaxError(file)));
  const kind = error instanceof Error && error.name !== "Error" ? `${error.name}: ` : "";
  const where = line ? ` (line ${line})` : "";
  return fail(`cannot be run: ${kind}${messageOf(error)}${where}`, error);
}

function lineIn(text: string, file: string): string | undefined {
  const places = [pathToFileURL(file).href, file].map((place) => text.split(`${place}:`)[1]);
  return places.map((rest) => /^\d+/.exec(rest ?? "")?.[0]).find((line) => line !== undefined);
}

/** Of syntax errors, Node tells the place only on its standard error. */
async function lineOfSyntaxError(file: string): Promise<string | undefined> {
  return new Promise((done) => {
    execFile(process.execPath, ["--check", file], (_, __, stderr) => done(lineIn(stderr, file)));
  });
}

/** The default export, also of a CommonJS module that was made from an ES module. */
function defaultOf(module: unknown, fail: Fail): unknown {
  const exports = module as Readonly<Record<string, unknown>>;
  const exported = exports["default"];
  if (exported === undefined) {
    const names = Object.keys(exports);
    const others = names.length === 0 ? "nothing" : names.join(", ");
    return fail(`has no default export (it exports ${others}): write export default …`);
  }
  const { default: inner, __esModule: isInterop } = Object(exported) as Record<string, unknown>;
  return isInterop === true && inner !== undefined ? inner : exported;
}

function policyOf(value: unknown, what: string, fail: Fail): AnyPolicy {
  if (value instanceof Promise) {
    return fail(`${what} is a promise; wait for what it needs at the top of the file`);
  }
  const problem = shapeProblem(value);
  if (problem === undefined) return value as AnyPolicy;
  return fail(`${what} must be ${problem.must}, found ${problem.found}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.split("\n")[0]!.trim() : String(error);
}
