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
    const items = this.#items;
    let i = items.length;
    items.push(item);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (this.#compare(items[parent]!, item) <= 0) break;
      items[i] = items[parent]!;
      i = parent;
    }
    items[i] = item;
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

  #sink(item: T): void {
    const items = this.#items;
    const half = items.length >> 1;
    let i = 0;
    while (i < half) {
      let child = 2 * i + 1;
      if (child + 1 < items.length && this.#compare(items[child + 1]!, items[child]!) < 0) child++;
      if (this.#compare(item, items[child]!) <= 0) break;
      items[i] = items[child]!;
      i = child;
    }
    items[i] = item;
  }
}
