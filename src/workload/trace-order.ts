/** Selecting and ordering the rows of a trace, which refer to each other by position. */
import { counted, grouped } from "../base/counted.js";
import type { SharedPrefix, TraceRow } from "./trace-row.js";

/** The prefix of a row, if it is told by reference to another row. */
function sharedPrefix({ prefix }: TraceRow): SharedPrefix | undefined {
  return prefix !== undefined && "row" in prefix ? prefix : undefined;
}

/** How many rows arrive before one that stands above them. */
function numOutOfOrder(rows: readonly TraceRow[]): number {
  let count = 0;
  let latest = -Infinity;
  for (const { arrivalTime } of rows) {
    if (arrivalTime < latest) count++;
    else latest = arrivalTime;
  }
  return count;
}

/** What to say of rows that are not in order of arrival; undefined where they are. */
export function orderWarning(rows: readonly TraceRow[]): string | undefined {
  const count = numOutOfOrder(rows);
  if (count === 0) return undefined;
  return `sorted by arrival: ${grouped(count)} of ${counted(rows.length, "request")} stood below one that arrives later`;
}

/** The rows in order of arrival, with what they say of each other; rows of one instant stay in the order given. */
export function sortByArrival(rows: readonly TraceRow[]): readonly TraceRow[] {
  if (numOutOfOrder(rows) === 0) return rows;
  const order = Array.from(rows, (_, i) => i);
  order.sort((a, b) => rows[a]!.arrivalTime - rows[b]!.arrivalTime || a - b);
  const position = new Int32Array(rows.length);
  order.forEach((row, i) => (position[row] = i));
  return order.map((i) => {
    const row = rows[i]!;
    const shared = sharedPrefix(row);
    return relinked(row, shared && { ...shared, row: position[shared.row]! }, (of) => position[of]);
  });
}

/**
 * The rows for which `isKept` holds, with what they say of each other. A row that followed one that is left out comes at its own
 * time. Rows that began like one that is left out still have in common what they had in common.
 */
export function selectRows(
  rows: readonly TraceRow[],
  isKept: (row: number) => boolean,
): readonly TraceRow[] {
  /** Of the rows that are kept: where they will be. */
  const position = new Map<number, number>();
  for (let i = 0; i < rows.length; i++) if (isKept(i)) position.set(i, position.size);
  if (position.size === rows.length) return rows;
  const beginnings = new Beginnings(rows, position);
  return Array.from(position, ([i, newPosition]) => {
    const row = rows[i]!;
    const shared = sharedPrefix(row);
    const found = shared && beginnings.find(shared);
    if (shared !== undefined) beginnings.offer(shared, newPosition);
    return relinked(row, found, (of) => position.get(of));
  });
}

/** Where the beginnings of rows that are left out can be found: in those kept rows that have most of them. */
class Beginnings {
  readonly #rows: readonly TraceRow[];
  readonly #position: ReadonlyMap<number, number>;
  readonly #best = new Map<number, SharedPrefix>();

  constructor(rows: readonly TraceRow[], position: ReadonlyMap<number, number>) {
    this.#rows = rows;
    this.#position = position;
  }

  /** The kept row, by its new position, that has most of a prefix. */
  find({ row, numTokens }: SharedPrefix): SharedPrefix | undefined {
    let best: SharedPrefix | undefined;
    for (let next: SharedPrefix | undefined = { row, numTokens }; next !== undefined;) {
      const position = this.#position.get(next.row);
      const here: SharedPrefix | undefined =
        position === undefined
          ? this.#best.get(next.row)
          : { row: position, numTokens: next.numTokens };
      const length = Math.min(here?.numTokens ?? 0, next.numTokens);
      if (here !== undefined && length > (best?.numTokens ?? 0)) {
        best = { row: here.row, numTokens: length };
      }
      next = position === undefined ? this.#origin(next) : undefined;
      if (best !== undefined && next !== undefined && best.numTokens >= next.numTokens) break;
    }
    return best;
  }

  /** The kept row at `position` has this prefix, so it can be found there. */
  offer(prefix: SharedPrefix, position: number): void {
    for (
      let next: SharedPrefix | undefined = prefix;
      next !== undefined;
      next = this.#origin(next)
    ) {
      if (this.#position.has(next.row)) return;
      if ((this.#best.get(next.row)?.numTokens ?? 0) >= next.numTokens) return;
      this.#best.set(next.row, { row: position, numTokens: next.numTokens });
    }
  }

  /** The same prefix, as far as the row that has it took it from yet another. */
  #origin({ row, numTokens }: SharedPrefix): SharedPrefix | undefined {
    const shared = sharedPrefix(this.#rows[row]!);
    return shared && { row: shared.row, numTokens: Math.min(shared.numTokens, numTokens) };
  }
}

/** A row with other references; `positionOf` is undefined for rows that are gone. */
function relinked(
  row: TraceRow,
  shared: SharedPrefix | undefined,
  positionOf: (row: number) => number | undefined,
): TraceRow {
  const { prefix, after, ...rest } = row;
  const isReference = sharedPrefix(row) !== undefined;
  if (!isReference && after === undefined) return row;
  const parent = after && positionOf(after.row);
  return {
    ...rest,
    ...(isReference ? shared && { prefix: shared } : prefix && { prefix }),
    ...(after !== undefined && parent !== undefined && { after: { ...after, row: parent } }),
  };
}
