/** On which line of a config file each key stands. Keys are found in either spelling, snake_case or camelCase. */
import { keyToSnake } from "../simulation/case.js";

export type Path = readonly (string | number)[];

/** Where a key stands more than once, the first line counts. */
export class LineIndex {
  readonly #lines = new Map<string, number>();

  add(path: Path, line: number): void {
    const key = idOf(path);
    if (!this.#lines.has(key)) this.#lines.set(key, line);
  }

  has(path: Path): boolean {
    return this.#lines.has(idOf(path));
  }

  /** The line of a key; of the table around it, if the key is missing. */
  find(path: Path): number | undefined {
    for (let length = path.length; length > 0; length--) {
      const line = this.#lines.get(idOf(path.slice(0, length)));
      if (line !== undefined) return line;
    }
    return undefined;
  }
}

function idOf(path: Path): string {
  return path.map((key) => (typeof key === "string" ? keyToSnake(key) : key)).join("\n");
}
