/** The outside world as the commands see it, so that tests can stand in for it. */
import pc from "picocolors";

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export interface Terminal {
  /** Results. */
  readonly stdout: Output;
  /** Progress and errors, so that a redirected stdout holds results only. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the user wants the run to stop. */
  readonly interrupt: AbortSignal;
}

export type Colors = ReturnType<typeof pc.createColors>;

/**
 * Colours on a terminal that has them, unless `--no-color` or NO_COLOR asks for none; FORCE_COLOR brings them into pipes.
 * picocolors' own choice looks at stdout only, and colours pipes wherever CI is set.
 */
export function colorsFor(output: Output, terminal: Terminal, wanted: boolean): Colors {
  const { NO_COLOR, FORCE_COLOR } = terminal.env;
  const capable = FORCE_COLOR ? FORCE_COLOR !== "0" : isLive(output, terminal);
  return pc.createColors(wanted && !NO_COLOR && capable);
}

/** Whether lines of this output can be drawn again in place. */
export function isLive(output: Output, terminal: Terminal): boolean {
  return output.isTTY === true && terminal.env.TERM !== "dumb";
}

/** Puts a line on standard error, quiet or not. */
export function warn(
  warning: string,
  { color }: { readonly color: boolean },
  terminal: Terminal,
): void {
  const { yellow } = colorsFor(terminal.stderr, terminal, color);
  terminal.stderr.write(`${yellow("warning:")} ${warning}\n`);
}
