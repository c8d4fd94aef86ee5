/**
 * From a config as written to a config that can run: every problem at once, every default filled in, and the sizes that
 * follow. Builds nothing; `simulation` does.
 */
import { ConfigError, type ConfigProblem } from "../base/errors.js";
import { checkHost } from "../base/host.js";
import { planMemory, type MemoryFit, type MemoryProblem } from "../cost/memory-budget.js";
import type { KvCacheSettings } from "../kv-cache/kv-cache-config.js";
import type { AnyPolicy } from "../scheduler/policy.js";
import type { SchedulerSettings } from "../scheduler/scheduler-config.js";
import type { DeploymentDescription } from "../spec/deployment-description.js";
import type { HardwareSpec } from "../spec/hardware-spec.js";
import type { ModelSpec } from "../spec/model-spec.js";
import { keyToCamel } from "./case.js";
import { checkTables, type CheckOptions } from "./checks.js";
import type { PolicyName, SimulationConfig } from "./config.js";
import { completeModel, completeScheduler, completeWorkload } from "./defaults.js";
import { describeDeployment, memoryInput } from "./deployment.js";
import { draftConfig, type Draft } from "./draft.js";
import { notesOn, warningsOn } from "./notes.js";
import { type KvCacheCapacity, kvCacheCapacityOf } from "./kv-cache-capacity.js";
import { notesOnDeployment, warningsOnDeployment } from "./notes-deployment.js";
import { tableShapes, type ParsedConfig } from "./schema.js";

/** What a config comes to. */
export interface Resolved {
  /**
   * The config with every default filled in; resolving it again changes nothing. Deep-frozen, except for plug-ins and
   * the rows of a trace, which are the caller's own.
   */
  readonly config: SimulationConfig;
  readonly deployment: Deployment;
  /** What was decided for the user, a line each. */
  readonly notes: readonly string[];
  /** What runs, but could not run in reality, or not as meant; a line each. */
  readonly warnings: readonly string[];
}

/** What a replica is built from. */
export interface Deployment {
  readonly hardware: HardwareSpec;
  readonly model: ModelSpec;
  /** What a cost model prices. */
  readonly description: DeploymentDescription;
  readonly scheduler: SchedulerSettings;
  readonly kvCache: KvCacheSettings;
  readonly kvCacheSize: KvCacheCapacity;
  readonly policy: PolicyName | AnyPolicy;
}

/**
 * Checks a config and fills in what it leaves out. Takes anything, also what no type checker has seen.
 *
 * @throws ConfigError listing every problem
 */
export function resolve(config: SimulationConfig, options: CheckOptions = {}): Resolved {
  checkHost();
  const draft = draftConfig(config);
  const problems = [...draft.problems, ...checkTables(draft, options)];
  const plan = problems.some(concernsMemory) ? undefined : planDraft(draft);
  if (plan?.ok === false) problems.push(memoryProblem(plan));
  if (draft.config === undefined || !plan?.ok || problems.length > 0) {
    throw new ConfigError(problems);
  }
  return assemble(draft.config, plan);
}

function assemble(config: ParsedConfig, plan: MemoryFit): Resolved {
  const hardware = compact({ ...config.hardware, tensorParallel: plan.tensorParallel });
  const model = compact(completeModel(config.model));
  const scheduler = compact(completeScheduler(config.scheduler, model));
  const { workload } = config;
  const { dataParallel } = config.hardware;
  const description = describeDeployment({ hardware, model, scheduler });
  const resolved: SimulationConfig = compact({
    ...config,
    hardware,
    model,
    scheduler,
    workload: "create" in workload ? workload : compact(completeWorkload(workload)),
    slo: config.slo && compact(config.slo),
  });
  return {
    config: resolved,
    deployment: {
      hardware: description.hardware,
      model,
      description,
      scheduler: {
        // Replicas of the attention are simulated as one scheduler with the limits of all, that deals its requests out evenly.
        maxNumBatchedTokens: scheduler.maxNumBatchedTokens * dataParallel,
        maxNumSeqs: scheduler.maxNumSeqs * dataParallel,
        maxModelLen: model.maxSeqLen,
        enableChunkedPrefill: scheduler.enableChunkedPrefill,
        longPrefillTokenThreshold: prefillThreshold(scheduler, dataParallel),
        asyncScheduling: scheduler.asyncScheduling,
        schedulerReserveFullIsl: scheduler.schedulerReserveFullIsl,
        watermark: scheduler.watermark,
        maxNumPartialPrefills: scheduler.maxNumPartialPrefills,
        enablePreemptionFree: scheduler.enablePreemptionFree,
      },
      kvCache: {
        numBlocks: plan.numBlocks * dataParallel,
        groups: plan.groups,
        enablePrefixCaching: scheduler.enablePrefixCaching,
        retentionInterval: scheduler.prefixCacheRetentionInterval,
        maxModelLen: model.maxSeqLen,
        maxNumBatchedTokens: scheduler.maxNumBatchedTokens * dataParallel,
        asyncScheduling: scheduler.asyncScheduling,
      },
      kvCacheSize: kvCacheCapacityOf(plan, model.maxSeqLen, dataParallel),
      policy: scheduler.policy,
    },
    notes: [...plan.notes, ...notesOnDeployment(resolved, description), ...notesOn(resolved)],
    warnings: [
      ...plan.warnings,
      ...warningsOnDeployment(resolved, description),
      ...warningsOn(resolved),
    ],
  };
}

/** A prompt is computed by one replica, within its own budget. */
function prefillThreshold(
  { longPrefillTokenThreshold, maxNumBatchedTokens }: ReturnType<typeof completeScheduler>,
  dataParallel: number,
): number {
  if (dataParallel === 1) return longPrefillTokenThreshold;
  return longPrefillTokenThreshold === 0
    ? maxNumBatchedTokens
    : Math.min(longPrefillTokenThreshold, maxNumBatchedTokens);
}

/** A frozen copy without the keys that are there but undefined. */
function compact<T extends object>(table: T): Readonly<T> {
  const given = Object.entries(table).filter(([, value]) => value !== undefined);
  return Object.freeze(Object.fromEntries(given) as T);
}

// ---- memory

/** Whether a problem may leave the memory plan without something that it needs: all but those of other tables. */
function concernsMemory({ path }: ConfigProblem): boolean {
  return !["workload", "simulation", "slo", "costModel"].includes(String(path[0]));
}

/** Block ids are 32-bit integers. */
const MAX_BLOCKS = 2 ** 31 - 1;

function planDraft({ tables }: Draft): MemoryFit | MemoryProblem {
  const model = completeModel(tables.model as ParsedConfig["model"]);
  const hardware = tables.hardware as ParsedConfig["hardware"];
  const scheduler = tables.scheduler as ParsedConfig["scheduler"];
  const plan = planMemory(memoryInput({ hardware, model, scheduler }));
  if (!plan.ok || plan.numBlocks <= MAX_BLOCKS) return plan;
  return {
    ok: false,
    key: "blockSize",
    problem: `blocks of ${scheduler.blockSize} tokens give ${plan.numBlocks} of them, more than the ${MAX_BLOCKS} that can be simulated`,
    fix: "use larger blocks, or set num_gpu_blocks",
  };
}

function memoryProblem({ key, problem, fix }: MemoryProblem): ConfigProblem {
  const table = key in tableShapes().hardware ? "hardware" : "scheduler";
  return { path: [table, key], message: inCamelCase(problem), fix: fix && inCamelCase(fix) };
}

/** The memory plan speaks the file format. */
function inCamelCase(text: string): string {
  return text.replace(/[a-z]+(?:_[a-z]+)+/g, keyToCamel);
}
