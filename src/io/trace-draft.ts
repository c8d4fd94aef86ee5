/** Collects the requests of a trace in the order of its file, and puts them in order of arrival. */
import { counted, grouped } from "../base/counted.js";
import { countedFrom } from "../workload/scale-trace.js";
import { orderWarning, sortByArrival } from "../workload/trace-order.js";
import type { TraceRow } from "../workload/trace-row.js";
import { FieldError } from "./fields.js";

/** What a reader hands to its caller besides the format. */
export interface CollectedRows {
  readonly rows: readonly TraceRow[];
  readonly numRead: number;
  readonly numSkipped: number;
  readonly warnings: readonly string[];
  readonly isTimed: boolean;
}

export class TraceDraft {
  #rows: TraceRow[] = [];
  /** Reasons and how often each came. */
  readonly #skipped = new Map<string, number>();

  /**
   * Adds a request; links to other rows are numbers that earlier calls returned.
   * @returns its number
   * @throws FieldError for a link to a row that has not come yet, or that arrives later
   */
  add(row: TraceRow): number {
    if (row.after !== undefined) this.#checkLink(row, row.after.row, "after");
    if (row.prefix !== undefined && "row" in row.prefix) {
      const { row: parent, numTokens } = row.prefix;
      const { numPromptTokens, numOutputTokens } = this.#checkLink(row, parent, "prefix");
      if (numTokens > numPromptTokens + numOutputTokens || numTokens > row.numPromptTokens) {
        throw new FieldError(
          `the prefix of ${numTokens} tokens is longer than the prompt, or than row ${parent}'s prompt and output`,
        );
      }
    }
    return this.#rows.push(row) - 1;
  }

  /** Counts requests that are left out. */
  skip(reason: string, count = 1): void {
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + count);
  }

  get numRead(): number {
    return this.#rows.length + this.#numSkipped;
  }

  /** A row that was added. */
  row(index: number): TraceRow {
    return this.#rows[index]!;
  }

  /**
   * The rows in order of arrival, those of one instant in the order of the file.
   * @param chronological whether the file was meant to be in that order, so that it is worth a warning when it is not
   * @param fromZero whether the times count from a calendar's date, so that the first request is moved to 0
   * @param isTimed whether the file says when requests arrive
   */
  finish({ chronological = true, fromZero = false, isTimed = true }): CollectedRows {
    const warnings: string[] = [];
    const disorder = chronological ? orderWarning(this.#rows) : undefined;
    if (disorder !== undefined) warnings.push(disorder);
    for (const [reason, count] of this.#skipped) {
      warnings.push(`skipped ${grouped(count)} of ${counted(this.numRead, "request")}: ${reason}`);
    }
    const rows = sortByArrival(this.#rows);
    return {
      rows: fromZero ? countedFrom(rows[0]?.arrivalTime ?? 0, rows) : rows,
      numRead: this.numRead,
      numSkipped: this.#numSkipped,
      warnings,
      isTimed,
    };
  }

  get #numSkipped(): number {
    return [...this.#skipped.values()].reduce((sum, count) => sum + count, 0);
  }

  #checkLink(row: TraceRow, parentIndex: number, name: string): TraceRow {
    const parent = this.#rows[parentIndex];
    if (parent === undefined) {
      throw new FieldError(
        `${name} names row ${parentIndex}, but only ${this.#rows.length} rows stand before`,
      );
    }
    if (parent.arrivalTime > row.arrivalTime) {
      throw new FieldError(`${name} names row ${parentIndex}, which arrives later`);
    }
    return parent;
  }
}
