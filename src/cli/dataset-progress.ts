/** How far the tokenizing of a dataset has come: one line, redrawn in place on a terminal and repeated now and then elsewhere. */
import type { LoadDatasetProgress } from "../node/index.js";
import { formatCount } from "./number-format.js";
import { sized } from "./progress.js";
import type { Output } from "./terminal.js";

/** Shows how far the reading of one dataset has come. */
export interface DatasetDisplay {
  update(progress: LoadDatasetProgress): void;
  /** Says where it ended, or removes what must not stay on the screen. */
  close(): void;
}

/** Fast enough to look alive, slow enough to cost nothing. */
const REDRAW_MS = 60;
/** Seldom enough for a log. */
const LINE_MS = 5000;

export const silentDataset: DatasetDisplay = { update: () => {}, close: () => {} };

/** A line every five seconds and one at the end; none where nothing was tokenized. */
export function datasetLines(output: Output, now: () => number = clock): DatasetDisplay {
  let shownAt = now();
  let last: LoadDatasetProgress | undefined;
  return {
    update(progress) {
      last = progress;
      if (now() - shownAt < LINE_MS) return;
      shownAt = now();
      output.write(`${formatDatasetLine(progress)}\n`);
    },
    close() {
      if (last !== undefined) output.write(`${formatDatasetLine(last)}\n`);
    },
  };
}

export async function liveDatasetLine(
  output: Output,
  now: () => number = clock,
): Promise<DatasetDisplay> {
  const { createLogUpdate } = await import("log-update");
  const draw = createLogUpdate(sized(output));
  let drawnAt = -Infinity;
  return {
    update(progress) {
      if (now() - drawnAt < REDRAW_MS) return;
      drawnAt = now();
      draw(formatDatasetLine(progress));
    },
    close() {
      draw.clear();
      draw.done(); // shows the cursor again
    },
  };
}

export function formatDatasetLine({
  numRequests,
  numTokens,
  fraction,
}: LoadDatasetProgress): string {
  const percent = `${Math.floor(100 * fraction)} %`.padStart(5);
  return `tokenizing ${percent}  ${formatCount(numRequests)} requests  ${formatCount(numTokens)} tokens`;
}

const clock = performance.now.bind(performance);
