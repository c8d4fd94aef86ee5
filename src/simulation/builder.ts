/** A config put together piece by piece; what is missing is known to the compiler. */
import type {
  HardwareConfig,
  ModelConfig,
  SchedulerConfig,
  SimulationConfig,
  SimulationSettings,
  SloConfig,
  WorkloadConfig,
  WorkloadPlugin,
} from "./config.js";
import { simulate } from "./simulation.js";
import type { SimulationResult } from "./result.js";

type Part = "hardware" | "model" | "scheduler" | "workload";

/** What `simulate()` and `config()` answer to while parts are missing: a type that names them and cannot be called. */
export interface Incomplete<Missing extends string> {
  readonly missing: Missing;
}

/**
 * An immutable builder: every method returns a new scenario, so that a base can be shared.
 *
 * @example
 * ```ts
 * const base = scenario().hardware(h100).model(llama).scheduler(settings);
 * const calm = base.workload({ ...chat, arrivalRate: 1 }).simulate();
 * const busy = base.workload({ ...chat, arrivalRate: 5 }).policy("sif").simulate();
 * ```
 */
export interface Scenario<Missing extends Part = never> {
  /** One device, and how many. */
  hardware(hardware: HardwareConfig): Scenario<Exclude<Missing, "hardware">>;
  /** The model that is served. */
  model(model: ModelConfig): Scenario<Exclude<Missing, "model">>;
  /** The settings of vLLM's scheduler and KV cache. */
  scheduler(scheduler: SchedulerConfig): Scenario<Exclude<Missing, "scheduler">>;
  /** Which requests arrive, and when. */
  workload(workload: WorkloadConfig | WorkloadPlugin): Scenario<Exclude<Missing, "workload">>;
  /** Replaces the scheduler's policy; may come before or after `scheduler()`. */
  policy(policy: SchedulerConfig["policy"]): Scenario<Missing>;
  /** Replaces the workload's seed; may come before or after `workload()`. A workload plug-in is not affected. */
  seed(seed: number): Scenario<Missing>;
  /** Latency targets, for goodput and attainment. */
  slo(slo: SloConfig): Scenario<Missing>;
  /** What a forward pass costs, in place of the default. */
  costModel(costModel: NonNullable<SimulationConfig["costModel"]>): Scenario<Missing>;
  /** Settings of the run. */
  settings(settings: SimulationSettings): Scenario<Missing>;
  /** The assembled config. Does not compile while a part is missing. */
  readonly config: [Missing] extends [never] ? () => SimulationConfig : Incomplete<Missing>;
  /** Runs to the end. Does not compile while a part is missing. Throws what `simulate` throws. */
  readonly simulate: [Missing] extends [never] ? () => SimulationResult : Incomplete<Missing>;
}

/** An empty scenario. */
export function scenario(): Scenario<Part> {
  return build({}) as Scenario<Part>;
}

interface Pieces extends Partial<SimulationConfig> {
  readonly policy?: SchedulerConfig["policy"];
  readonly seed?: number;
}

function build(pieces: Pieces): Scenario {
  const set = (more: Pieces) => build({ ...pieces, ...more });
  return {
    hardware: (hardware) => set({ hardware }),
    model: (model) => set({ model }),
    scheduler: (scheduler) => set({ scheduler }),
    workload: (workload) => set({ workload }),
    policy: (policy) => set({ policy }),
    seed: (seed) => set({ seed }),
    slo: (slo) => set({ slo }),
    costModel: (costModel) => set({ costModel }),
    settings: (simulation) => set({ simulation }),
    config: () => toConfig(pieces),
    simulate: () => simulate(toConfig(pieces)),
  };
}

/** Parts that a caller left out in spite of the types are for the validation to name. */
function toConfig({ policy, seed, ...parts }: Pieces): SimulationConfig {
  const { scheduler, workload } = parts;
  return {
    ...parts,
    ...(policy !== undefined && scheduler !== undefined && { scheduler: { ...scheduler, policy } }),
    ...(seed !== undefined &&
      workload !== undefined &&
      !("create" in workload) && { workload: { ...workload, seed } }),
  } as SimulationConfig;
}
