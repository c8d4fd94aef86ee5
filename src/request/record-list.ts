/**
 * A list that is emptied and filled again and again, step after step. Its records stay and are written anew, so that neither filling
 * nor emptying it allocates, and emptying it is one store however long it was.
 */
export class RecordList<T> {
  readonly #records: T[] = [];
  readonly #create: () => T;
  #length = 0;

  constructor(create: () => T) {
    this.#create = create;
  }

  get length(): number {
    return this.#length;
  }

  /** The record at `index`, which is below `length`. */
  at(index: number): T {
    return this.#records[index]!;
  }

  /** One more record, to be written by the caller: it holds what was there before the list was emptied. */
  add(): T {
    const records = this.#records;
    if (this.#length === records.length) records.push(this.#create());
    return records[this.#length++]!;
  }

  /** Takes a record out; those behind it move up. */
  remove(index: number): void {
    const records = this.#records;
    const removed = records[index]!;
    this.#length--;
    for (let i = index; i < this.#length; i++) records[i] = records[i + 1]!;
    records[this.#length] = removed;
  }

  /** Empties the list; its records stay to be written anew. */
  clear(): void {
    this.#length = 0;
  }

  /** The records, in an array of their own. They are written anew when the list is filled again. */
  toArray(): T[] {
    return this.#records.slice(0, this.#length);
  }
}
