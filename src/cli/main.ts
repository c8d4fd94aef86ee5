/** The command line, from arguments to an exit code. Every error ends here, as one readable message. */
import { CommanderError } from "commander";
import { checkHost } from "../base/host.js";
import { configJsonSchema } from "../config/index.js";
import { InferenceLabError, InvariantError } from "../index.js";
import { readConfig } from "../node/load-config.js";
import { resolve } from "../simulation/resolve.js";
import { calibrateCommand } from "./calibrate-command.js";
import { formatDefaults } from "./format-defaults.js";
import { initCommand } from "./init-command.js";
import { modelCommand, presetsCommand } from "./model-command.js";
import { initPolicyCommand } from "./init-policy-command.js";
import { createProgram, type RunOptions } from "./program.js";
import { requireFile, runCommand } from "./run-command.js";
import { colorsFor, type Terminal } from "./terminal.js";
import { traceConvertCommand, traceStatsCommand } from "./trace-command.js";

const EXIT_OK = 0;
export const EXIT_ERROR = 1;
/** 128 + SIGINT, as shells have it. */
export const EXIT_INTERRUPTED = 130;

/** `args` are those after the program's name. Resolves to the exit code. */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const { stdout } = terminal;
  let exitCode = EXIT_OK;
  const program = createProgram(
    {
      async run(options) {
        if (!(await runCommand(options, terminal))) exitCode = EXIT_INTERRUPTED;
      },
      async schema() {
        stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
      },
      init: (path) => initCommand(path, terminal),
      model: (path, options) => modelCommand(path, options, terminal),
      presets: async (options) => presetsCommand(options, terminal),
      calibrate: (files, options) => calibrateCommand(files, options, terminal),
      initPolicy: (directory) => initPolicyCommand(directory, terminal),
      traceStats: (path, options) => traceStatsCommand(path, options, terminal),
      traceConvert: (from, to, options) => traceConvertCommand(from, to, options, terminal),
      async defaults(path, { color }) {
        requireFile(path);
        // The files that a config names change nothing of this, and may need more options.
        const { config } = resolve(await readConfig(path), { filesLater: true });
        stdout.write(formatDefaults(config, colorsFor(stdout, terminal, color)));
      },
    },
    terminal,
  );
  try {
    checkHost();
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    // commander has written its message, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode;
    const { color, debug = false } = program.opts<RunOptions>();
    const { red } = colorsFor(terminal.stderr, terminal, color);
    terminal.stderr.write(`${red("error:")} ${explain(error, debug)}\n`);
    return EXIT_ERROR;
  }
}

/** What the user needs to read: a stack only where the fault is ours, and only for debugging. */
function explain(error: unknown, debug: boolean): string {
  if (!(error instanceof Error)) return `unexpected: ${String(error)}`;
  if (error instanceof InferenceLabError && !(error instanceof InvariantError))
    return error.message;
  if (debug) return error.stack ?? error.message;
  return `${error.message}\nThis is a fault of inference-lab, not of its input; --debug shows where it happened.`;
}
