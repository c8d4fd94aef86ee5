/** From the schema's issues to problems in plain words: what was found, what is allowed, what to do. */
import type * as z from "zod/mini";
import type { ConfigProblem } from "../base/errors.js";
import { nearest } from "../base/suggest.js";
import { compositionKeys } from "./schema-composition.js";
import { lengthKeys } from "./schema-lengths.js";
import { sessions } from "./schema-sessions.js";
import { tableShapes } from "./schema.js";

type Path = readonly (string | number)[];
type Issue = z.core.$ZodIssue;

export interface KeyProblems {
  /** One for each place that is wrong. */
  readonly problems: readonly ConfigProblem[];
  /** Paths of the keys that misspelt ones stand for, joined by commas. */
  readonly meant: ReadonlySet<string>;
}

export function problemsOf(issues: readonly Issue[], config: unknown): KeyProblems {
  const unknown: ConfigProblem[] = [];
  const wrong: ConfigProblem[] = [];
  const meant = new Set<string>();
  for (const issue of issues.flatMap((issue) => flatten(issue, config))) {
    const path = issue.path as Path;
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) {
        if (key === "preset" && path.length === 1) {
          unknown.push({ path: [...path, key], ...PRESET });
          for (const known of knownKeys(path, config)) meant.add([...path, known].join());
          continue;
        }
        const { fix, sibling } = suggestKey(path, key, config);
        unknown.push({ path: [...path, key], message: "unknown key", fix });
        if (sibling !== undefined) meant.add([...path, sibling].join());
      }
    } else {
      wrong.push({ path, ...describe(issue, valueAt(config, path)) });
    }
  }
  // A misspelt key is one problem, not two.
  const real = wrong.filter(
    ({ path }) => !meant.has(path.join()) || valueAt(config, path) !== undefined,
  );
  return { problems: withoutRepeats([...unknown, ...real]), meant };
}

/** Files may name presets, since their reader has the catalog; the simulation has not. */
const PRESET = {
  message: "is a name, and the simulation has no catalog",
  fix: "spread the constant of inference-lab/catalog, as in { ...h100Sxm }, or call its withPresets(config)",
};

/** The issues of the alternative that was meant: plug-ins, which come last, are told by their functions. */
function flatten(issue: Issue, config: unknown): Issue[] {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [issue];
  const alternative = isPlugin(valueAt(config, issue.path as Path)) ? -1 : 0;
  return issue.errors
    .at(alternative)!
    .map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
    .flatMap((inner) => flatten(inner, config));
}

/** Whether an object has the function that makes it a workload or a length distribution. */
export function isPlugin(value: unknown): boolean {
  return ["create", "sample", "stepCost"].some(
    (key) => typeof valueAt(value, [key]) === "function",
  );
}

function describe(issue: Issue, found: unknown): Pick<ConfigProblem, "message" | "fix"> {
  if (found === undefined) return { message: `is missing: must be ${issue.message}` };
  const names = namesAllowed(issue);
  const told = issue.code === "custom" ? (issue.params?.found as string | undefined) : undefined;
  const message = `must be ${issue.message}, found ${told ?? show(found)}`;
  if (typeof found !== "string") return { message };
  if (names === undefined) {
    const quoted = issue.code === "invalid_type" && looksUnquoted(found);
    return quoted ? { message, fix: "remove the quotes" } : { message };
  }
  const name = nearest(found, names);
  return name === undefined ? { message } : { message, fix: `did you mean "${name}"?` };
}

/** The names that a text may be, where there is a list of them. */
function namesAllowed(issue: Issue): readonly string[] | undefined {
  if (issue.code === "invalid_value") return issue.values.map(String);
  if (issue.code === "invalid_union") return Object.keys(lengthKeys);
  if (issue.code === "custom") return issue.params?.values as readonly string[] | undefined;
  return undefined;
}

// ---- unknown keys

/** What to say of an unknown key, and the key beside it that was meant, if it was one. */
function suggestKey(path: Path, key: string, config: unknown): { fix: string; sibling?: string } {
  const known = knownKeys(path, config);
  const home = tablesWith(key).filter((table) => table !== path[0]);
  if (home.length > 0) return { fix: `did you mean ${home[0]}.${key}?` };

  const sibling = nearest(key, known);
  if (sibling !== undefined) return { fix: `did you mean ${sibling}?`, sibling };
  for (const [table, shape] of Object.entries(tableShapes())) {
    const elsewhere = nearest(key, Object.keys(shape));
    if (elsewhere !== undefined) return { fix: `did you mean ${table}.${elsewhere}?` };
  }
  return { fix: `known keys are ${known.join(", ")}` };
}

/** The tables that have a key of this name. */
function tablesWith(key: string): string[] {
  return Object.entries(tableShapes()).flatMap(([table, shape]) =>
    Object.hasOwn(shape, key) ? [table] : [],
  );
}

function knownKeys(path: Path, config: unknown): readonly string[] {
  const [table, key] = path;
  if (table === undefined) return Object.keys(tableShapes());
  const holder = path.findLast((step) => typeof step === "string" && step in compositionKeys());
  if (holder !== undefined && path.length > 1) return compositionKeys()[holder]!;
  if (key === "priorities") return ["value", "weight"];
  if (key === "tenants" || key === "classes") return ["name", "weight"];
  if (key === "sessions" && path.length === 2) return Object.keys(sessions());
  if (key !== undefined) {
    const type = valueAt(config, [...path, "type"]);
    return typeof type === "string" && Object.hasOwn(lengthKeys, type)
      ? lengthKeys[type]!
      : ["type"];
  }
  return Object.keys(tableShapes()[table as keyof ReturnType<typeof tableShapes>]);
}

// ---- values

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      isObject(inner) ? (inner as Readonly<Record<string, unknown>>)[key] : undefined,
    value,
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function show(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  }
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (value instanceof Date) return "a date";
  if (isObject(value)) return "a table";
  return typeof value === "function" ? "a function" : String(value);
}

function looksUnquoted(text: string): boolean {
  return (
    text === "true" || text === "false" || (text.trim() !== "" && Number.isFinite(Number(text)))
  );
}

function withoutRepeats(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ path }) => !seen.has(path.join()) && seen.add(path.join()));
}
