/**
 * The command line, from arguments to an exit code. Every error ends here, as one readable message. Commands besides the run
 * are loaded when one is called.
 */
import { CommanderError } from "commander";
import { checkHost } from "../base/host.js";
import { InferenceLabError, InvariantError } from "../index.js";
import { createProgram, type RunOptions } from "./program.js";
import { runCommand } from "./run-command.js";
import { colorsFor, type Terminal } from "./terminal.js";

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
        const { configJsonSchema } = await import("./commands.js");
        stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
      },
      async init(path) {
        const { initCommand } = await import("./commands.js");
        return initCommand(path, terminal);
      },
      async initPolicy(directory) {
        const { initPolicyCommand } = await import("./commands.js");
        return initPolicyCommand(directory, terminal);
      },
      async defaults(path, options) {
        const { defaultsCommand } = await import("./commands.js");
        return defaultsCommand(path, options, terminal);
      },
      async model(path, options) {
        const { modelCommand } = await import("./commands.js");
        return modelCommand(path, options, terminal);
      },
      async presets(options) {
        const { presetsCommand } = await import("./commands.js");
        return presetsCommand(options, terminal);
      },
      async calibrate(files, options) {
        const { calibrateCommand } = await import("./commands.js");
        return calibrateCommand(files, options, terminal);
      },
      async traceStats(path, options) {
        const { traceStatsCommand } = await import("./commands.js");
        return traceStatsCommand(path, options, terminal);
      },
      async traceConvert(from, to, options) {
        const { traceConvertCommand } = await import("./commands.js");
        return traceConvertCommand(from, to, options, terminal);
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
