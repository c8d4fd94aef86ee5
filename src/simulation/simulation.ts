/** One run: drive it to its end, step through it, or watch its events. */
import { InferenceLabError } from "../base/errors.js";
import type { Seconds } from "../base/units.js";
import type { Engine } from "../engine/engine.js";
import type { SimulationEvent } from "../engine/events.js";
import type { Collector } from "../metrics/collector.js";
import { assemble, type Assembly, seedOf } from "./assemble.js";
import { buildResult } from "./build-result.js";
import type { SimulationConfig } from "./config.js";
import type { Progress } from "./progress.js";
import { resolve, type Resolved } from "./resolve.js";
import type { SimulationResult } from "./result.js";

/** How to watch and stop a run. */
export interface RunOptions {
  /** Called from time to time; returning false stops the run with a partial result. */
  readonly onProgress?: (progress: Progress) => boolean | void;
  /** Steps between two calls of `onProgress`. Default 1000. */
  readonly progressInterval?: number;
}

/** How to watch and stop a run that leaves the host its turns. */
export interface RunAsyncOptions extends RunOptions {
  /** Aborting stops the run with a partial result. */
  readonly signal?: AbortSignal;
}

/** Tells the caller how far a run is. */
interface Reporter {
  /** The number of steps at which it is to be told. */
  readonly nextStep: number;
  /** Answers false to stop the run. */
  tell(): boolean;
}

/** The host gets its turn at least this often, in milliseconds. */
const TURN_MS = 4;
/** Steps and instants that an asynchronous run passes between two looks at the clock. */
const STEPS_PER_LOOK = 1000;
const INSTANTS_PER_LOOK = 8;

/**
 * A simulation of one deployment under one workload. Deterministic: the same config gives the same run.
 *
 * It can be driven in pieces: `step()` and both kinds of iteration give one event after the other and can be left and resumed;
 * `advance(until)` goes to an instant; `run()` goes to the end; `result()` describes what has happened so far.
 *
 * @example
 * ```ts
 * const simulation = new Simulation(config);
 * for (const event of simulation) {
 *   if (event.type === "preemption") console.log(event.time, event.request.index);
 * }
 * console.log(simulation.result().ttft.p99);
 * ```
 */
export class Simulation implements Iterable<SimulationEvent>, AsyncIterable<SimulationEvent> {
  readonly #resolved: Resolved;
  readonly #engine: Engine;
  readonly #collector: Collector;
  readonly #assembly: Assembly;
  /** Events that have happened and were not taken yet, from `#next` on. */
  readonly #events: SimulationEvent[] = [];
  #next = 0;
  #hasEnded = false;

  /** Throws {@link ConfigError} with every problem of the config. */
  constructor(config: SimulationConfig) {
    this.#resolved = resolve(config);
    this.#assembly = assemble(this.#resolved);
    this.#engine = this.#assembly.engine;
    this.#collector = this.#assembly.collector;
  }

  /** The config with every default filled in; frozen. */
  get config(): SimulationConfig {
    return this.#resolved.config;
  }

  /** Choices that were made for the caller, one line each. */
  get notes(): readonly string[] {
    return this.#resolved.notes;
  }

  get warnings(): readonly string[] {
    return this.#resolved.warnings;
  }

  /** The simulation's clock. */
  get now(): Seconds {
    return this.#engine.now;
  }

  /** Nothing is left to happen, and all events have been taken. */
  get hasEnded(): boolean {
    return this.#hasEnded && this.#next === this.#events.length;
  }

  /** Where the run stands. */
  progress(): Progress {
    const engine = this.#engine;
    const { workload } = this.#resolved.config;
    return {
      time: engine.now,
      numSteps: engine.numSteps,
      numArrived: engine.numArrived,
      numFinished: engine.numEnded,
      numRequests: this.#assembly.workload.numRequests,
      duration: "create" in workload ? undefined : workload.durationSecs,
      numRunning: engine.numRunning,
      numWaiting: engine.numWaiting,
      kvCacheUsage: engine.numUsedBlocks / (this.#resolved.deployment.kvCache.numBlocks - 1),
      lastStep: engine.lastStep(),
    };
  }

  /**
   * Runs to the end, or until `onProgress` returns false. Throws {@link StalledError} if requests are left that can never
   * proceed, {@link PolicyError} if a plug-in policy throws or answers nonsense.
   */
  run(options: RunOptions = {}): SimulationResult {
    this.#discardEvents();
    const report = this.#reporter(options);
    while (!this.#hasEnded && this.#go(Infinity, report));
    return this.result();
  }

  /** Like `run`, but leaves the host its turn every few milliseconds. */
  async runAsync(options: RunAsyncOptions = {}): Promise<SimulationResult> {
    const { signal } = options;
    if (signal?.aborted) return this.result();
    this.#discardEvents();
    const report = this.#reporter(options);
    const clock = hostClock();
    while (!this.#hasEnded && this.#go(STEPS_PER_LOOK, report)) {
      if (clock.isTurnOver()) await clock.yieldToHost();
      if (signal?.aborted) break;
    }
    return this.result();
  }

  /**
   * Goes on for at most so many steps and INSTANTS_PER_LOOK instants, or until it is time to report. Returns false when whoever
   * is told wants the run to stop.
   */
  #go(maxSteps: number, report: Reporter | undefined): boolean {
    const engine = this.#engine;
    const stepLimit = Math.min(engine.numSteps + maxSteps, report?.nextStep ?? Infinity);
    for (let i = 0; i < INSTANTS_PER_LOOK && engine.numSteps < stepLimit; i++) {
      if (engine.advance(Infinity, stepLimit - engine.numSteps)) continue;
      this.#hasEnded = true;
      break;
    }
    return report === undefined || engine.numSteps < report.nextStep || report.tell();
  }

  #reporter({ onProgress, progressInterval = 1000 }: RunOptions): Reporter | undefined {
    if (!Number.isInteger(progressInterval) || progressInterval < 1) {
      throw new InferenceLabError(
        `progressInterval is ${progressInterval}; it must be a number of steps of at least 1`,
      );
    }
    if (onProgress === undefined) return undefined;
    const reporter = {
      nextStep: this.#engine.numSteps + progressInterval,
      tell: () => {
        reporter.nextStep = this.#engine.numSteps + progressInterval;
        return onProgress(this.progress()) !== false;
      },
    };
    return reporter;
  }

  /**
   * The client of request `index` disconnects now: the request leaves with the status `Aborted`. Returns false if it is not in the
   * system: it has not arrived yet, or has ended.
   */
  abort(index: number): boolean {
    return this.#engine.abort(index);
  }

  /** Goes on until everything up to `until` has happened. Returns false once the run has ended. */
  advance(until: Seconds): boolean {
    if (Number.isNaN(until)) throw new InferenceLabError("advance(until): until is not a number");
    const engine = this.#engine;
    this.#discardEvents();
    while (!this.#hasEnded && (engine.nextTime <= until || engine.nextTime === Infinity)) {
      if (!engine.advance(until)) this.#hasEnded = true;
    }
    return !this.#hasEnded;
  }

  /** The next event, undefined at the end of the run. */
  step(): SimulationEvent | undefined {
    const events = this.#events;
    while (this.#next === events.length) {
      if (this.#hasEnded) return undefined;
      events.length = 0;
      this.#next = 0;
      this.#engine.observer ??= (event) => events.push(event);
      if (!this.#engine.advance()) this.#hasEnded = true;
    }
    return events[this.#next++];
  }

  /** The remaining events. Leaving the loop leaves the simulation where it is. */
  [Symbol.iterator](): Iterator<SimulationEvent> {
    return { next: () => toIteratorResult(this.step()) };
  }

  /** The remaining events, with a turn for the host every few milliseconds. */
  [Symbol.asyncIterator](): AsyncIterator<SimulationEvent> {
    const clock = hostClock();
    return {
      next: async () => {
        if (clock.isTurnOver()) await clock.yieldToHost();
        return toIteratorResult(this.step());
      },
    };
  }

  /** What has happened so far; partial until the run has ended. */
  result(): SimulationResult {
    const { config, deployment, notes, warnings } = this.#resolved;
    const { source, kvCache, provenance } = this.#assembly;
    const partial = !this.#hasEnded;
    return buildResult(this.#collector, {
      config,
      seed: seedOf(config),
      kvCache: deployment.kvCacheSize,
      notes,
      warnings,
      source,
      provenance,
      partial,
      numEvictions: kvCache.numEvictions,
      ...(partial && { state: this.#engine, unfinished: this.#engine.unfinishedRequests() }),
    });
  }

  /** From here on nobody watches. */
  #discardEvents(): void {
    this.#engine.observer = undefined;
    this.#events.length = 0;
    this.#next = 0;
  }
}

/** Runs a config to its end. Throws what {@link Simulation} throws. */
export function simulate(config: SimulationConfig): SimulationResult {
  return new Simulation(config).run();
}

function toIteratorResult(event: SimulationEvent | undefined): IteratorResult<SimulationEvent> {
  return event === undefined ? { done: true, value: undefined } : { done: false, value: event };
}

/** The only look at a real clock: how long the host has been waiting. Results do not depend on it. */
function hostClock() {
  let turnStart = performance.now();
  return {
    isTurnOver: () => performance.now() - turnStart > TURN_MS,
    async yieldToHost(): Promise<void> {
      await hostTurn();
      turnStart = performance.now();
    },
  };
}

/** After everything that waits for its turn. Not a timer: a page's would wait four milliseconds each time. */
function hostTurn(): Promise<void> {
  return new Promise((done) => {
    if (typeof setImmediate === "function") return void setImmediate(done);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(undefined);
  });
}
