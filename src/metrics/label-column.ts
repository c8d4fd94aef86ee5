/** A column of labels: few different texts, one per row, so each row holds only the number of its text. */
import { grown, toArray } from "../collections/column.js";

/** The label of row i is `names[codes[i]]`; `names[0]` is empty: rows without a label. */
export interface LabelColumn {
  readonly names: readonly string[];
  readonly codes: Int32Array;
}

/** The column while it is written. Without a single label it takes no memory. */
export class LabelTable {
  #codes = new Int32Array(0);
  readonly #names = [""];
  readonly #codeOf = new Map<string, number>();
  /** The label written last and its code: in a workload of one tenant nothing is looked up. */
  #lastLabel = "";
  #lastCode = 0;

  /** @param capacity rows to make room for, more than `row` */
  set(row: number, label: string, capacity: number): void {
    if (label === "") return; // that is what zeros say
    if (row >= this.#codes.length) this.#codes = grown(this.#codes, capacity);
    if (label !== this.#lastLabel) {
      this.#lastLabel = label;
      this.#lastCode = this.#encode(label);
    }
    this.#codes[row] = this.#lastCode;
  }

  /** The first `length` rows; undefined where none has a label. */
  toColumn(length: number, share: boolean): LabelColumn | undefined {
    if (this.#names.length === 1) return undefined;
    const all = this.#codes.length < length ? grown(this.#codes, length) : this.#codes;
    return { names: [...this.#names], codes: toArray(all, length, share) };
  }

  #encode(label: string): number {
    const known = this.#codeOf.get(label);
    if (known !== undefined) return known;
    const code = this.#names.push(label) - 1;
    this.#codeOf.set(label, code);
    return code;
  }
}
