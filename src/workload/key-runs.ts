/** Block keys as runs of consecutive integers: a prompt of 100,000 tokens is a few runs, not 6,250 numbers. */

/** Keys are kept in 32-bit columns. */
export const MAX_KEY = 2 ** 31 - 1;

/** The keys of a row of blocks, from the first block on. */
export class KeyRuns {
  readonly #firsts: number[] = [];
  readonly #lengths: number[] = [];
  #numBlocks = 0;

  get numBlocks(): number {
    return this.#numBlocks;
  }

  /** Appends `length` blocks with the keys `first`, `first` + 1, … */
  add(first: number, length: number): this {
    if (length <= 0) return this;
    this.#numBlocks += length;
    const last = this.#firsts.length - 1;
    if (last >= 0 && this.#firsts[last]! + this.#lengths[last]! === first) {
      this.#lengths[last]! += length;
    } else {
      this.#firsts.push(first);
      this.#lengths.push(length);
    }
    return this;
  }

  /** The keys of the first `numBlocks` blocks, or of all if there are fewer. */
  head(numBlocks: number): KeyRuns {
    const head = new KeyRuns();
    for (let run = 0; run < this.#firsts.length && head.numBlocks < numBlocks; run++) {
      head.add(this.#firsts[run]!, Math.min(this.#lengths[run]!, numBlocks - head.numBlocks));
    }
    return head;
  }

  /** One key per block; undefined where there is no block. */
  toKeys(): Int32Array | undefined {
    if (this.#numBlocks === 0) return undefined;
    const keys = new Int32Array(this.#numBlocks);
    let block = 0;
    for (let run = 0; run < this.#firsts.length; run++) {
      const first = this.#firsts[run]!;
      const length = this.#lengths[run]!;
      for (let i = 0; i < length; i++) keys[block++] = first + i;
    }
    return keys;
  }
}

/** Hands out keys that nobody had before, the least first. */
export class FreshKeys {
  readonly #least: number;
  #next: number;

  /** @param least keys below it belong to others */
  constructor(least: number) {
    this.#least = least;
    this.#next = least;
  }

  /** The first of `count` consecutive keys. */
  take(count: number): number {
    // After two thousand million keys the first ones have long been evicted.
    if (this.#next + count > MAX_KEY) this.#next = this.#least;
    const first = this.#next;
    this.#next += count;
    return first;
  }
}
