/** The command line as commander sees it: names, options and help. What the commands do is handed in. */
import { Command, InvalidArgumentError, Option } from "commander";
import { version } from "../../package.json";
import type { CalibrateOptions } from "./calibrate-command.js";
import { quantizations } from "../spec/precision.js";
import type { ModelOptions } from "./model-command.js";
import type { Terminal } from "./terminal.js";
import type { TraceConvertOptions, TraceStatsOptions } from "./trace-command.js";

export interface RunOptions {
  /** Path of the config file. */
  readonly config: string;
  readonly tokenizer?: string;
  /** As `loadConfig` takes it. */
  readonly chatTemplate?: string;
  /** False under `--no-cache`. */
  readonly cache: boolean;
  /** Path of the JSON result. */
  readonly output?: string;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly debug?: boolean;
  /** False under `--no-color`. */
  readonly color: boolean;
  /** In place of the config's seed. */
  readonly seed?: number;
  /** Path of a calibration profile. */
  readonly profile?: string;
  /** In place of the config's policy: a built-in one, a file, or a package. */
  readonly policy?: string;
  readonly policyOptions?: Readonly<Record<string, unknown>>;
}

export interface Commands {
  run(options: RunOptions): Promise<void>;
  schema(): Promise<void>;
  init(path: string): Promise<void>;
  initPolicy(path: string): Promise<void>;
  defaults(configPath: string, options: { readonly color: boolean }): Promise<void>;
  model(path: string, options: ModelOptions): Promise<void>;
  presets(options: { readonly json?: boolean }): Promise<void>;
  calibrate(files: readonly string[], options: CalibrateOptions): Promise<void>;
  traceStats(path: string, options: TraceStatsOptions): Promise<void>;
  traceConvert(from: string, to: string, options: TraceConvertOptions): Promise<void>;
}

export const DEFAULT_CONFIG = "config.toml";

const EXAMPLES = `
Examples:
  inference-lab init                        write a commented config.toml
  inference-lab                             simulate config.toml
  inference-lab -c my.toml -q -o out.json   only results, as text and as JSON
  inference-lab --policy ./aged.ts          under a policy of your own
  inference-lab init --policy my-policy     write such a policy, with a test
  inference-lab defaults my.toml            what vllm serve would choose
  inference-lab model config.json           size of a Hugging Face model
  inference-lab calibrate r1.json r2.json r3.json -o p.json
                                            a profile from vllm bench serve
  inference-lab -c dataset.toml --tokenizer tokenizer.json --chat-template None
                                            prompts of a dataset, tokenized

Results go to standard output, progress and errors to standard error. The exit
code is 0, 1 after an error, 130 after Ctrl-C, which reports what was simulated
until then.`;

/** Throws commander's CommanderError after it has written its message or the help. */
export function createProgram(commands: Commands, terminal: Terminal): Command {
  const program = new Command("inference-lab")
    .description(
      "Simulates LLM inference serving: vLLM's scheduler and KV cache under your traffic.",
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
    .showHelpAfterError("(inference-lab --help lists the commands and options)")
    .enablePositionalOptions() // so that a command refuses options that it would not heed
    .helpCommand(false)
    .helpOption("-h, --help", "show this help")
    .version(version, "--version", "show the version")
    .addHelpText("after", EXAMPLES)
    .option("-c, --config <path>", "config file, TOML or JSON", DEFAULT_CONFIG)
    .option("-t, --tokenizer <path>", "tokenizer.json, for the dataset of dataset_path")
    .option(
      "--chat-template <template>",
      "None, a Jinja2 template or a file with one, for the dataset",
    )
    .option("--no-cache", "do not keep a tokenized dataset in a file beside it")
    .option("-o, --output <path>", "write the result as JSON too")
    .addOption(new Option("-q, --quiet", "only the final results").conflicts(["verbose", "debug"]))
    .option("-v, --verbose", "also the config, and a progress line every log_interval steps")
    .option("--debug", "also a line for each step (includes --verbose)")
    .option("--no-color", "no colours (as does the variable NO_COLOR)")
    .option("--seed <n>", "seed, in place of the config's", parseSeed)
    .option("--profile <path>", "calibration profile, as calibrate writes it")
    .option("--policy <name|file>", "policy, in place of the config's: built-in, .ts, .js, package")
    .option("--policy-options <json>", "what the policy's function is called with", parseObject)
    .allowExcessArguments()
    .action(async (options: RunOptions) => {
      refuseUnknownCommand(program);
      await commands.run(options);
    });

  program
    .command("init")
    .description("write a commented config, or a policy to start from")
    .argument("[path]", "where to write the config", DEFAULT_CONFIG)
    .option("--policy <directory>", "write a policy of this name, with a test, instead")
    .addHelpText("after", "\nWhat exists already is left alone.")
    .action((path: string, { policy }: { readonly policy?: string }, command: Command) => {
      if (policy === undefined) return commands.init(path);
      if (command.args.length === 0) return commands.initPolicy(policy);
      return command.error(`error: a config or a policy, not both: leave out '${path}'`);
    });
  program
    .command("schema")
    .description("print the JSON Schema of a config file")
    .action(() => commands.schema());
  program
    .command("defaults")
    .description("show what vllm serve would choose, beside what a config says")
    .argument("[config]", "config file (default: that of -c)")
    .option("--no-color", "no colours")
    .action((path: string | undefined, { color }: { color: boolean }) => {
      const options = program.opts<RunOptions>();
      return commands.defaults(path ?? options.config, { color: color && options.color });
    });
  program
    .command("model")
    .description("show parameters, bytes and FLOPs of a model")
    .argument("<model>", "config.json of a Hugging Face repository, or a preset")
    .addOption(
      new Option("--quantization <name>", "how linear layers are stored").choices(
        Object.keys(quantizations),
      ),
    )
    .option("--json", "as JSON")
    .option("--no-color", "no colours")
    .action((path: string, options: ModelOptions) =>
      commands.model(path, {
        ...options,
        color: options.color && program.opts<RunOptions>().color,
      }),
    );
  program
    .command("presets")
    .description("list the devices and models of the catalog")
    .option("--json", "as JSON")
    .action((options: { json?: boolean }) => commands.presets(options));
  program
    .command("calibrate")
    .description("fit the cost model to your own measurements of a config")
    .argument("<files...>", "results of vllm bench serve (JSON), or steps (CSV)")
    .option("-c, --config <path>", "config that was measured (default: that of -c before it)")
    .option("-o, --output <path>", "where to write the profile (default: standard output)")
    .action((files: string[], own: Partial<CalibrateOptions>) => {
      const { config, output } = { ...program.opts<RunOptions>(), ...own };
      return commands.calibrate(files, { config, ...(output !== undefined && { output }) });
    });
  addTraceCommands(program, commands);
  return program;
}

function addTraceCommands(program: Command, commands: Commands): void {
  const withColor = <T extends { readonly color: boolean }>(options: T): T => ({
    ...options,
    color: options.color && program.opts<RunOptions>().color,
  });
  const trace = program
    .command("trace")
    .description("look at traces of requests, and convert them")
    .helpCommand(false);
  trace
    .command("stats")
    .description("print rate, burstiness, lengths and prefix reuse of a trace")
    .argument("<file>", "trace in any known format, gzipped or not")
    .option("--json", "as JSON")
    .option("-t, --tokenizer <path>", "tokenizer.json, for traces of texts")
    .option("--no-color", "no colours")
    .action((path: string, options: TraceStatsOptions) =>
      commands.traceStats(path, withColor(options)),
    );
  trace
    .command("convert")
    .description("write a trace as request lines (JSONL)")
    .argument("<in>", "trace in any known format, gzipped or not")
    .argument("<out>", "where to write it; gzipped if it ends with .gz")
    .option("--rate-scale <factor>", "arrivals so many times as fast", parsePositive)
    .option("--time-window <from,to>", "only arrivals in [from, to), seconds", parseWindow)
    .option("--max-requests <n>", "only the first n requests", parseCount)
    .option("--sample <share>", "only this share of the sessions, drawn", parseShare)
    .option("--trace-sessions", "link requests that continue an earlier prompt")
    .option("--trace-jitter <seconds>", "arrivals later by up to so much, drawn", parsePositive)
    .option("--seed <n>", "seed of what is drawn (default: 42)", parseSeed)
    .option("-t, --tokenizer <path>", "tokenizer.json, for traces of texts")
    .option("--no-color", "no colours")
    .action((from: string, to: string, options: TraceConvertOptions) =>
      commands.traceConvert(from, to, withColor(options)),
    );
}

/** A command has a default, so commander takes a misspelt command for an argument. */
function refuseUnknownCommand(program: Command): void {
  const [name] = program.args;
  if (name === undefined) return;
  const known = program.commands.map((command) => command.name()).join(", ");
  program.error(
    /[./\\]/.test(name)
      ? `error: unexpected argument '${name}'; a config file is given with -c ${name}`
      : `error: unknown command '${name}'; the commands are ${known}`,
  );
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed)) {
    throw new InvalidArgumentError("It must be an integer from 0 to 2^53 − 1.");
  }
  return seed;
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Readonly<Record<string, unknown>>;
    }
  } catch {
    // not even JSON
  }
  throw new InvalidArgumentError("It must be a JSON object, e.g. '{\"ageing\": 2}'.");
}

function parsePositive(text: string): number {
  return parseNumber(text, "a number above 0", (value) => value > 0);
}

function parseShare(text: string): number {
  return parseNumber(text, "a number above 0, at most 1", (value) => value > 0 && value <= 1);
}

function parseCount(text: string): number {
  return parseNumber(text, "an integer above 0", (value) => Number.isInteger(value) && value > 0);
}

function parseWindow(text: string): readonly [number, number] {
  const [from = NaN, to = NaN, ...others] = text.split(",").map(decimal);
  if (from >= 0 && to > from && others.length === 0) return [from, to];
  throw new InvalidArgumentError("It must be two times in seconds, e.g. 600,1200.");
}

function parseNumber(text: string, what: string, isValid: (value: number) => boolean): number {
  const value = decimal(text);
  if (isValid(value)) return value;
  throw new InvalidArgumentError(`It must be ${what}.`);
}

function decimal(text: string): number {
  const value = /^\d/.test(text) || text.startsWith(".") ? Number(text) : NaN;
  return Number.isFinite(value) ? value : NaN;
}
