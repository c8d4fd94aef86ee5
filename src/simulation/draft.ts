/** A config on its way in: what is right of it, and what is wrong with the rest. */
import type { ConfigProblem } from "../base/errors.js";
import type { WorkloadConfig } from "./config.js";
import { isPlugin, problemsOf, valueAt } from "./problems.js";
import { configSchema, tableShapes, type ParsedConfig } from "./schema.js";

export interface Draft {
  /** The config with its constant defaults, if every key is right by itself. */
  readonly config: ParsedConfig | undefined;
  readonly problems: readonly ConfigProblem[];
  /** The keys that are right, with their constant defaults. `workload` is undefined where it is no table. */
  readonly tables: {
    readonly hardware: Partial<ParsedConfig["hardware"]>;
    readonly model: Partial<ParsedConfig["model"]>;
    readonly scheduler: Partial<ParsedConfig["scheduler"]>;
    readonly workload: WorkloadConfig | undefined;
  };
  /** Whether there is such a key, right, wrong or misspelt. */
  readonly isGiven: (table: string, key: string) => boolean;
}

/** Checks each key of a config by itself. */
export function draftConfig(config: unknown): Draft {
  const parsed = configSchema().safeParse(config);
  const { problems, meant } = problemsOf(parsed.success ? [] : parsed.error.issues, config);
  return {
    config: parsed.data,
    problems,
    tables: parsed.success ? tablesOf(parsed.data) : rightTables(config),
    isGiven: (table, key) =>
      valueAt(config, [table, key]) !== undefined || meant.has(`${table},${key}`),
  };
}

function tablesOf({ hardware, model, scheduler, workload }: ParsedConfig): Draft["tables"] {
  return { hardware, model, scheduler, workload: "create" in workload ? undefined : workload };
}

function rightTables(config: unknown): Draft["tables"] {
  return {
    hardware: rightKeys("hardware", config),
    model: rightKeys("model", config),
    scheduler: rightKeys("scheduler", config),
    workload: isTable(valueAt(config, ["workload"])) ? rightKeys("workload", config) : undefined,
  };
}

function isTable(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isPlugin(value);
}

/** Key by key, so that one that is wrong does not hide what another contradicts. */
function rightKeys(
  table: keyof ReturnType<typeof tableShapes>,
  config: unknown,
): Readonly<Record<string, unknown>> {
  const right: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(tableShapes()[table])) {
    const { data } = schema.safeParse(valueAt(config, [table, key]));
    if (data !== undefined) right[key] = data;
  }
  return right;
}
