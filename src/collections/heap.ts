/** A binary heap over a caller's total order: the least item is at the front. */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get length(): number {
    return this.#items.length;
  }

  front(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.#items.push(item);
    this.#rise(this.#items.length - 1, item);
  }

  popFront(): T | undefined {
    const items = this.#items;
    const front = items[0];
    const last = items.pop();
    if (items.length > 0) this.#sink(last!);
    return front;
  }

  /** Restores the order after items have changed. */
  sort(): void {
    this.#items.sort(this.#compare);
  }

  /** All items, least first. */
  toArray(): T[] {
    return this.#items.toSorted(this.#compare);
  }

  /**
   * Puts an item that was the last in place of the front. It belongs near the end again, so that the gap moves all the way down and the
   * item a little up: half the comparisons of asking on every level whether it fits there.
   */
  #sink(item: T): void {
    const items = this.#items;
    const half = items.length >> 1;
    let gap = 0;
    while (gap < half) {
      let child = 2 * gap + 1;
      if (child + 1 < items.length && this.#compare(items[child + 1]!, items[child]!) < 0) child++;
      items[gap] = items[child]!;
      gap = child;
    }
    this.#rise(gap, item);
  }

  /** Fills a gap with an item that may belong further up. */
  #rise(gap: number, item: T): void {
    const items = this.#items;
    while (gap > 0) {
      const parent = (gap - 1) >> 1;
      if (this.#compare(items[parent]!, item) <= 0) break;
      items[gap] = items[parent]!;
      gap = parent;
    }
    items[gap] = item;
  }
}
