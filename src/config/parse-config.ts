/**
 * Config files: text in snake_case to the typed config in camelCase, and its problems back to keys and lines of the
 * text. What is right and wrong is decided in `simulation`.
 */
import { ConfigError, type ConfigProblem } from "../base/errors.js";
import { lazy } from "../base/lazy.js";
import { hardwarePreset, modelPreset } from "../catalog/presets.js";
import { expandPreset } from "../catalog/with-presets.js";
import { keyToSnake, toCamelCase } from "../simulation/case.js";
import type { CheckOptions } from "../simulation/checks.js";
import type { SimulationConfig, WorkloadConfig } from "../simulation/config.js";
import { resolve } from "../simulation/resolve.js";
import { lengthKeys } from "../simulation/schema-lengths.js";
import { tableShapes } from "../simulation/schema.js";
import { parseJson, scanJson } from "./json.js";
import type { LineIndex, Path } from "./line-index.js";
import { parseToml, tomlLines } from "./toml.js";

/** How to read a config text. */
export interface ParseConfigOptions {
  /** Default: JSON if the text begins with a brace, else TOML. */
  readonly format?: "toml" | "json";
  /** What errors call the config, e.g. a file name. */
  readonly source?: string;
}

/**
 * The config in a documented text (TOML or JSON), or in an object of the same form. Checked in full, so that what it
 * returns can be simulated; only the files that `trace_path` and `dataset_path` name are left to `loadConfig` of
 * `inference-lab/node`. A `$schema` at its top is for editors, and passed over.
 *
 * @example
 * ```ts
 * const config = parseConfig(tomlText);
 * simulate({ ...config, workload: { ...config.workload, seed: 7 } });
 * ```
 *
 * @throws ConfigError listing every problem with its path, its line (if there is a text) and, where possible, its fix
 */
export function parseConfig(input: string | object, options: ParseConfigOptions = {}): FileConfig {
  return openConfig(input, options).config;
}

/** A config as a file can say it: its workload is data, not a plug-in. */
export interface FileConfig extends SimulationConfig {
  readonly workload: WorkloadConfig;
}

/** A config, and a check of what becomes of it. */
export interface OpenedConfig {
  readonly config: FileConfig;
  /**
   * Checks the config again, with the files that it names.
   * @throws ConfigError in the words of the text, as `parseConfig` does
   */
  check(complete: SimulationConfig): void;
}

/** As `parseConfig`. */
export function openConfig(input: string | object, options: ParseConfigOptions = {}): OpenedConfig {
  const { value, findLines, problems } = read(input, options);
  const fail = (found: readonly ConfigProblem[]) => {
    if (found.length === 0) return;
    const lines = findLines();
    const located = found.map((problem) => ({
      ...problem,
      line: problem.line ?? lines?.find(problem.path),
    }));
    throw new ConfigError(
      located.toSorted((a, b) => (a.line ?? Infinity) - (b.line ?? Infinity) || 0),
      options.source,
    );
  };
  const { config, unknown } = expandPresets(toCamelCase(withoutSchema(value)));
  const isOfUnknown = ({ path }: ConfigProblem) => unknown.some((one) => one.path[0] === path[0]);
  const others = problemsOf(config, { filesLater: true }).filter((one) => !isOfUnknown(one));
  const found = [...problems, ...unknown, ...others];
  if (typeof input === "string") found.push(...wrongSpellings(value, found));
  fail(found);
  return { config, check: (complete) => fail(problemsOf(complete, {})) };
}

/** The config with its presets written out, and those that are not in the catalog; what an unknown one would bring is not missed. */
function expandPresets(value: unknown): {
  config: FileConfig;
  unknown: readonly ConfigProblem[];
} {
  const tables = { ...(value as Readonly<Record<string, unknown>> | null) };
  const unknown: ConfigProblem[] = [];
  for (const [name, presetOf] of [
    ["hardware", hardwarePreset],
    ["model", modelPreset],
  ] as const) {
    try {
      tables[name] = expandPreset(tables[name], presetOf);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      unknown.push(...error.problems);
    }
  }
  return { config: tables as unknown as FileConfig, unknown };
}

interface Source {
  readonly value: unknown;
  readonly problems: readonly ConfigProblem[];
  readonly findLines: () => LineIndex | undefined;
}

function read(input: string | object, { format, source }: ParseConfigOptions): Source {
  if (typeof input !== "string") return { value: input, problems: [], findLines: () => undefined };
  const text = input.replace(/^\uFEFF/, "");
  if ((format ?? (/^\s*\{/.test(text) ? "json" : "toml")) === "json") {
    const value = parseJson(text, source);
    const { lines, repeated } = scanJson(text);
    return { value, problems: repeated, findLines: () => lines };
  }
  return { value: parseToml(text, source), problems: [], findLines: () => tomlLines(text) };
}

/** Without the key by which editors find the schema of a JSON file. */
function withoutSchema(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("$schema" in value)) return value;
  const { $schema: _, ...config } = value;
  return config;
}

/** What the simulation says of it, in the words of the file. */
function problemsOf(config: SimulationConfig, options: CheckOptions): readonly ConfigProblem[] {
  try {
    resolve(config, options);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ path, message, fix }) => ({
      path: path.map((key) => (typeof key === "string" ? keyToSnake(key) : key)),
      message: inSnakeCase(message),
      fix: fix && inSnakeCase(fix),
    }));
  }
}

const camelKeys = lazy(
  () =>
    new Set(
      [
        ...Object.values(tableShapes()).flatMap(Object.keys),
        ...Object.values(lengthKeys).flat(),
      ].filter((key) => keyToSnake(key) !== key),
    ),
);

/** A message with the keys that it names as the file has them. */
function inSnakeCase(message: string): string {
  return message.replace(/\w+/g, (word) => (camelKeys().has(word) ? keyToSnake(word) : word));
}

/** Keys in camelCase, which the mapping would let pass. */
function wrongSpellings(
  value: unknown,
  found: readonly ConfigProblem[],
  path: Path = [],
): ConfigProblem[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const index = Array.isArray(value) ? Number(key) : keyToSnake(key);
    const here = [...path, index];
    const problems = wrongSpellings(inner, found, here);
    const isKnown = found.some((problem) => problem.path.join() === here.join());
    if (Array.isArray(value) || key === index || isKnown) return problems;
    return [{ path: here, message: `is written ${key}`, fix: `write ${index}` }, ...problems];
  });
}
