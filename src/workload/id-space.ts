/** Numbers the block ids of a trace, which may be any integers, densely, and keeps consecutive ids consecutive. */

/** The ids of one block size. */
export class IdSpace {
  /** Maximal intervals of ids that occur: their first ids, ascending, and the number that each first id gets. */
  readonly #firsts: Float64Array;
  readonly #numbers: Float64Array;
  /** How many different ids there are. */
  readonly numIds: number;

  /** @param allRuns per row pairs (first id, count) of consecutive ids */
  constructor(allRuns: readonly Int32Array[]) {
    let numRuns = 0;
    for (const runs of allRuns) numRuns += runs.length >> 1;
    const starts = new Float64Array(numRuns);
    const ends = new Float64Array(numRuns);
    let n = 0;
    for (const runs of allRuns) {
      for (let i = 0; i + 1 < runs.length; i += 2) {
        starts[n] = runs[i]!;
        ends[n++] = runs[i]! + runs[i + 1]!;
      }
    }
    // The union of intervals from sorted starts and sorted ends alone: one ends where as many have ended as have begun.
    starts.sort();
    ends.sort();
    const firsts: number[] = [];
    const numbers: number[] = [];
    let numIds = 0;
    for (let i = 0; i < numRuns; i++) {
      if (i === 0 || starts[i]! > ends[i - 1]!) {
        firsts.push(starts[i]!);
        numbers.push(numIds);
      }
      if (i === numRuns - 1 || starts[i + 1]! > ends[i]!) {
        numIds = numbers.at(-1)! + ends[i]! - firsts.at(-1)!;
      }
    }
    this.#firsts = Float64Array.from(firsts);
    this.#numbers = Float64Array.from(numbers);
    this.numIds = numIds;
  }

  /** The number of an id that occurs; those after it in its run follow. */
  numberOf(id: number): number {
    const firsts = this.#firsts;
    let low = 0;
    let high = firsts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (firsts[middle]! <= id) low = middle;
      else high = middle - 1;
    }
    return this.#numbers[low]! + id - firsts[low]!;
  }
}
