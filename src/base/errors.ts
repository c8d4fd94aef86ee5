/** Every error that the library throws on purpose. All extend {@link InferenceLabError}. */

/** The common parent: `error instanceof InferenceLabError` means "the message is for the user". */
export class InferenceLabError extends Error {
  override name = "InferenceLabError";
}

/** One thing that is wrong with a config. */
export interface ConfigProblem {
  /** Where, as keys from the root, e.g. `["workload", "arrivalRate"]`; in snake_case for a config that came from a file. */
  readonly path: readonly (string | number)[];
  /** What is wrong: what was found and what is allowed. */
  readonly message: string;
  /** What to do about it, where that can be said. */
  readonly fix?: string;
  /** Line in the source text, from 1, where the text is known. */
  readonly line?: number;
}

/** A config that cannot be simulated. Lists all problems at once. */
export class ConfigError extends InferenceLabError {
  override name = "ConfigError";
  readonly problems: readonly ConfigProblem[];
  /** The file the config came from, where it came from one. */
  readonly source: string | undefined;

  constructor(problems: readonly ConfigProblem[], source?: string) {
    super(formatProblems(problems, source));
    this.problems = problems;
    this.source = source;
  }
}

function formatProblems(problems: readonly ConfigProblem[], source: string | undefined): string {
  const lines = problems.map(({ path, message, fix, line }) => {
    const at = line === undefined ? [] : [path.length === 0 ? `line ${line}` : `(line ${line})`];
    const where = [...(path.length === 0 ? [] : [formatPath(path)]), ...at].join(" ");
    return `  ${where}${where === "" ? "" : ": "}${message}${fix === undefined ? "" : `; ${fix}`}`;
  });
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return `${count} in ${source ?? "the config"}:\n${lines.join("\n")}`;
}

/** `["workload", "priorities", 0, "weight"]` → `workload.priorities[0].weight`. */
function formatPath(path: ConfigProblem["path"]): string {
  return path
    .map((key, i) => (typeof key === "number" ? `[${key}]` : i > 0 ? `.${key}` : key))
    .join("");
}

/** A trace or dataset that cannot be read. Names its source and line. */
export class TraceError extends InferenceLabError {
  override name = "TraceError";
  readonly source: string;
  /** Line in the source, from 1; undefined when the problem is the file as a whole. */
  readonly line: number | undefined;

  constructor(message: string, source: string, line?: number) {
    super(`${source}${line === undefined ? "" : `, line ${line}`}: ${message}`);
    this.source = source;
    this.line = line;
  }
}

/** A run that can make no further progress, with what holds it up. */
export class StalledError extends InferenceLabError {
  override name = "StalledError";
}

/** A plug-in policy that threw or answered nonsense. Names the policy and the method. */
export class PolicyError extends InferenceLabError {
  override name = "PolicyError";
  readonly policy: string;

  constructor(policy: string, message: string, cause?: unknown) {
    super(`policy "${policy}": ${message}`, { cause });
    this.policy = policy;
  }
}

/** A broken invariant of ours: a bug in the simulator, never in its input. */
export class InvariantError extends InferenceLabError {
  override name = "InvariantError";
}
