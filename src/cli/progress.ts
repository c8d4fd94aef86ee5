/** Where a run stands, while it runs: a live bar on a terminal, plain lines elsewhere, a line per step for debugging. */
import type { Progress } from "../index.js";
import { formatCount, formatDuration, formatNumber, formatPercent } from "./number-format.js";
import type { Colors, Output } from "./terminal.js";
import { WIDTH } from "./text.js";

/** Shows the progress of one run. */
export interface ProgressDisplay {
  /** Steps between two updates. */
  readonly interval: number;
  update(progress: Progress): void;
  /** Removes what must not stay on the screen. */
  close(): void;
}

export const silent: ProgressDisplay = { interval: 1000, update: () => {}, close: () => {} };

/** Fast enough to look alive, slow enough to cost nothing. */
const REDRAW_MS = 60;

const clock = performance.now.bind(performance);

/** A line every `interval` steps. */
export function progressLines(output: Output, interval: number, now = clock): ProgressDisplay {
  const lines = new Lines(output, now);
  return {
    interval,
    update: (progress) => lines.add(formatProgressLine(progress)),
    close: () => lines.flush(),
  };
}

/** A line for each step, and the line of {@link progressLines} every `interval` steps. */
export function stepLines(output: Output, interval: number, now = clock): ProgressDisplay {
  const lines = new Lines(output, now);
  let next = interval;
  return {
    interval: 1,
    update(progress) {
      lines.add(formatStepLine(progress));
      if (progress.numSteps < next) return;
      next += interval;
      lines.add(formatProgressLine(progress));
    },
    close: () => lines.flush(),
  };
}

/** Lines that are written together where they come fast: a write of its own for each takes longer than the run. */
class Lines {
  readonly #output: Output;
  readonly #now: () => number;
  #text = "";
  #writtenAt = -Infinity;

  constructor(output: Output, now: () => number) {
    this.#output = output;
    this.#now = now;
  }

  add(line: string): void {
    this.#text += `${line}\n`;
    if (this.#now() - this.#writtenAt >= REDRAW_MS) this.flush();
  }

  flush(): void {
    if (this.#text !== "") this.#output.write(this.#text);
    this.#text = "";
    this.#writtenAt = this.#now();
  }
}

/** A bar that is drawn again in place, and is gone when the run ends. */
export async function liveBar(
  output: Output,
  colors: Colors,
  now = clock,
): Promise<ProgressDisplay> {
  const { createLogUpdate } = await import("log-update");
  const draw = createLogUpdate(sized(output));
  let drawnAt = -Infinity;
  return {
    interval: 64,
    update(progress) {
      const time = now();
      if (time - drawnAt < REDRAW_MS) return;
      drawnAt = time;
      draw(formatBar(progress, colors, output.columns || WIDTH));
    },
    close() {
      draw.clear();
      draw.done(); // shows the cursor again
    },
  };
}

/** A terminal that does not tell its size has none as far as log-update knows, and would stay empty. */
export function sized(output: Output): NodeJS.WritableStream {
  return {
    write: (text: string) => output.write(text),
    get columns() {
      return output.columns || WIDTH;
    },
    get rows() {
      return output.rows || 24;
    },
  } as unknown as NodeJS.WritableStream;
}

export function formatBar(
  progress: Progress,
  { cyan, dim, bold }: Colors,
  columns = WIDTH,
): string {
  const status = [
    requests(progress).trimStart(),
    formatTime(progress),
    `${formatCount(progress.numRunning)} running`,
    `${formatCount(progress.numWaiting)} waiting`,
    `KV cache ${formatPercent(progress.kvCacheUsage)}`,
  ].join(dim(" · "));
  const done = fractionDone(progress);
  if (done === undefined) return status;
  const width = Math.max(10, Math.min(columns, WIDTH) - 6);
  const filled = Math.floor(done * width);
  const bar = cyan("█".repeat(filled)) + dim("░".repeat(width - filled));
  return `${bar} ${bold(percentDone(done))}\n${status}`;
}

/** At most 80 columns for runs of up to a million requests; columns line up from line to line. */
export function formatProgressLine(progress: Progress): string {
  const { numSteps, numRunning, numWaiting, kvCacheUsage } = progress;
  const done = fractionDone(progress);
  return [
    `step ${formatCount(numSteps).padStart(7)}`,
    formatTime(progress).padStart(9),
    ...(done === undefined ? [] : [percentDone(done)]),
    requests(progress),
    `running ${formatCount(numRunning).padStart(3)}`,
    `waiting ${formatCount(numWaiting).padStart(3)}`,
    `KV ${formatPercent(kvCacheUsage).padStart(6)}`,
  ].join("  ");
}

/** The batch of the step that has just ended, and what changed with it. */
export function formatStepLine(progress: Progress): string {
  const { lastStep } = progress;
  if (lastStep === undefined) return formatProgressLine(progress);
  const changes = [
    [lastStep.numAdmissions, "admitted"],
    [lastStep.numPreemptions, "preempted"],
    [lastStep.numCompletions, "completed"],
  ] as const;
  return [
    `step ${formatCount(progress.numSteps).padStart(7)}`,
    formatTime(progress).padStart(9),
    `+${formatDuration(lastStep.seconds)}`.padStart(8),
    `prefill ${formatCount(lastStep.numPrefills)} (${formatCount(lastStep.numPrefillTokens)} tokens)`,
    `decode ${formatCount(lastStep.numDecodes)}`,
    ...changes
      .filter(([count]) => count > 0)
      .map(([count, what]) => `${what} ${formatCount(count)}`),
  ].join("  ");
}

/** In seconds throughout, since the unit of a clock should not change while it runs. */
function formatTime({ time }: Progress): string {
  return `${time < 1000 ? time.toFixed(2) : formatNumber(time)} s`;
}

function requests({ numFinished, numRequests }: Progress): string {
  if (numRequests === undefined) return `${formatCount(numFinished)} done`;
  const total = formatCount(numRequests);
  return `${formatCount(numFinished).padStart(total.length)}/${total} done`;
}

/** By requests or by time, whichever will end the arrivals first. */
function fractionDone({ time, numFinished, numRequests, duration }: Progress): number | undefined {
  const byRequests = numRequests === undefined ? 0 : numFinished / numRequests;
  const byTime = duration === undefined ? 0 : time / duration;
  if (numRequests === undefined && duration === undefined) return undefined;
  return Math.min(1, Math.max(byRequests, byTime));
}

/** 100 % is said only when nothing is left, and that is when the report is shown. */
function percentDone(fraction: number): string {
  const percent = Math.floor(100 * fraction + 1e-9); // 100 × 0.29 is a little less than 29
  return `${Math.min(99, percent)} %`.padStart(4);
}
