/** A queue as its readers see it. */
export interface ReadonlyDeque<T> {
  readonly length: number;
  /** The first item. */
  front(): T | undefined;
  /** The item that has `index` before it. */
  at(index: number): T | undefined;
}

/** A double-ended queue in a ring of a power of two: O(1) at both ends. */
export class Deque<T> implements ReadonlyDeque<T> {
  #ring: (T | undefined)[] = new Array<T | undefined>(16);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  front(): T | undefined {
    return this.#ring[this.#head];
  }

  at(index: number): T | undefined {
    return index >= 0 && index < this.#length
      ? this.#ring[(this.#head + index) & (this.#ring.length - 1)]
      : undefined;
  }

  push(item: T): void {
    if (this.#length === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#length++) & (this.#ring.length - 1)] = item;
  }

  pushFront(item: T): void {
    if (this.#length === this.#ring.length) this.#grow();
    this.#head = (this.#head - 1) & (this.#ring.length - 1);
    this.#ring[this.#head] = item;
    this.#length++;
  }

  popFront(): T | undefined {
    const item = this.#ring[this.#head];
    if (this.#length === 0) return undefined;
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#length--;
    return item;
  }

  toArray(): T[] {
    return Array.from(
      { length: this.#length },
      (_, i) => this.#ring[(this.#head + i) & (this.#ring.length - 1)]!,
    );
  }

  #grow(): void {
    const items: (T | undefined)[] = this.toArray();
    this.#head = 0;
    items.length *= 2;
    this.#ring = items;
  }
}
