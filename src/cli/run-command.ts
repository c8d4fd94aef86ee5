/** The main command: a config in, progress on stderr, the report on stdout, the result in a file. */
import { existsSync } from "node:fs";
import { InferenceLabError, Simulation, type SimulationConfig } from "../index.js";
import { loadConfig } from "../node/load-config.js";
import {
  datasetLines,
  liveDatasetLine,
  silentDataset,
  type DatasetDisplay,
} from "./dataset-progress.js";
import { choosePolicy } from "./choose-policy.js";
import { describeConfig } from "./describe-config.js";
import { openOutput } from "./output-file.js";
import { DEFAULT_CONFIG, type RunOptions } from "./program.js";
import { liveBar, type ProgressDisplay, progressLines, silent, stepLines } from "./progress.js";
import { formatRemarks, formatReport } from "./report.js";
import { colorsFor, isLive, type Terminal } from "./terminal.js";

/** Resolves to whether the run reached its end. */
export async function runCommand(options: RunOptions, terminal: Terminal): Promise<boolean> {
  const loaded = await loadInputs(options, terminal);
  if (loaded === undefined) return false;
  const { profile } = options;
  const priced = profile === undefined ? loaded : await withProfileOf(loaded, profile);
  const config = await choosePolicy(priced, options);
  const simulation = new Simulation(withSeed(config, options.seed));
  const output = options.output === undefined ? undefined : await openOutput(options.output);
  try {
    if (options.verbose || options.debug) announce(simulation, options, terminal);
    const display = await chooseDisplay(options, simulation.config, terminal);
    const result = await run(simulation, display, terminal);
    terminal.stdout.write(
      formatReport(result, colorsFor(terminal.stdout, terminal, options.color)),
    );
    // After the report, which a full disk must not take away.
    await output?.commit(`${JSON.stringify(result, null, 2)}\n`);
    return !result.partial;
  } finally {
    await output?.discard();
  }
}

function announce(simulation: Simulation, options: RunOptions, terminal: Terminal): void {
  const colors = colorsFor(terminal.stderr, terminal, options.color);
  const paragraphs = [
    ...describeConfig(simulation.config, colors),
    ...formatRemarks(simulation, colors),
  ];
  terminal.stderr.write(`${paragraphs.join("\n")}\n\n`);
}

async function run(simulation: Simulation, display: ProgressDisplay, terminal: Terminal) {
  try {
    return await simulation.runAsync({
      signal: terminal.interrupt,
      onProgress: (progress) => display.update(progress),
      progressInterval: display.interval,
    });
  } finally {
    display.close();
  }
}

async function chooseDisplay(
  options: RunOptions,
  config: SimulationConfig,
  terminal: Terminal,
): Promise<ProgressDisplay> {
  const { stderr } = terminal;
  const interval = config.simulation?.logInterval ?? 100;
  if (options.quiet) return silent;
  if (options.debug) return stepLines(stderr, interval);
  if (options.verbose || !isLive(stderr, terminal)) return progressLines(stderr, interval);
  return liveBar(stderr, colorsFor(stderr, terminal, options.color));
}

async function withProfileOf(config: SimulationConfig, path: string): Promise<SimulationConfig> {
  const { readProfile, withProfile } = await import("./commands.js");
  return withProfile(config, await readProfile(path));
}

/** The config with the files that it names; undefined if the user has interrupted the reading. */
async function loadInputs(
  options: RunOptions,
  terminal: Terminal,
): Promise<SimulationConfig | undefined> {
  const { tokenizer, chatTemplate, cache } = options;
  const { interrupt } = terminal;
  requireFile(options.config);
  const display = await chooseDatasetDisplay(options, terminal);
  try {
    return await loadConfig(options.config, {
      tokenizer,
      chatTemplate,
      ...(!cache && { cache }),
      signal: interrupt,
      onProgress: (progress) => display.update(progress),
    });
  } catch (error) {
    if (interrupt.aborted && !(error instanceof InferenceLabError)) return undefined;
    throw error;
  } finally {
    display.close();
  }
}

async function chooseDatasetDisplay(
  { quiet }: RunOptions,
  terminal: Terminal,
): Promise<DatasetDisplay> {
  const { stderr } = terminal;
  if (quiet) return silentDataset;
  return isLive(stderr, terminal) ? liveDatasetLine(stderr) : datasetLines(stderr);
}

/** @throws InferenceLabError where no config was named and none is there */
export function requireFile(path: string): void {
  if (path !== DEFAULT_CONFIG || existsSync(path)) return;
  throw new InferenceLabError(
    `no ${DEFAULT_CONFIG} in this directory; name a config with -c PATH, or write one with: inference-lab init`,
  );
}

function withSeed(config: SimulationConfig, seed: number | undefined): SimulationConfig {
  return seed === undefined ? config : { ...config, workload: { ...config.workload, seed } };
}
