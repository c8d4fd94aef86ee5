/** On which lines the keys of a valid TOML text stand. */
import { parse } from "smol-toml";
import { LineIndex, type Path } from "./line-index.js";

/** The keys, tables and elements of a text that `parse` of smol-toml has accepted; of any other it finds some. */
export function tomlLines(text: string): LineIndex {
  const lines = new LineIndex();
  const scanner = new Scanner(text);
  const numTables = new Map<string, number>();
  let table: Path = [];

  /** The path of a table: names, and after those of arrays of tables the position of the last one. */
  const pathOf = (names: readonly string[], isArray: boolean): Path =>
    names.reduce<Path>((outer, name, i) => {
      const path = [...outer, name];
      const id = JSON.stringify(path);
      if (isArray && i === names.length - 1) numTables.set(id, (numTables.get(id) ?? 0) + 1);
      const count = numTables.get(id);
      return count === undefined ? path : [...path, count - 1];
    }, []);

  const add = (path: Path, line: number) => {
    for (let length = 1; length <= path.length; length++) lines.add(path.slice(0, length), line);
  };

  const visitPair = (outer: Path): boolean => {
    const { line } = scanner;
    const names = scanner.names();
    if (names.length === 0) return false;
    scanner.take(SPACE);
    scanner.take(/=/y);
    scanner.take(SPACE);
    const path = [...outer, ...names];
    add(path, line);
    return visitValue(path);
  };

  const visitValue = (path: Path): boolean => {
    if (scanner.take(/\{/y)) return visitMany(/\}/y, () => visitPair(path));
    if (!scanner.take(/\[/y)) return scanner.take(SCALAR) !== undefined;
    return visitMany(/\]/y, (index) => {
      lines.add([...path, index], scanner.line);
      return visitValue([...path, index]);
    });
  };

  const visitMany = (end: RegExp, visitOne: (index: number) => boolean): boolean => {
    for (let index = 0; ; index++) {
      scanner.take(SPACE);
      if (scanner.take(end)) return true;
      if (!visitOne(index)) return false;
      scanner.take(SPACE);
      scanner.take(/,/y);
    }
  };

  for (;;) {
    scanner.take(SPACE);
    const { line } = scanner;
    const opening = scanner.take(/\[\[?/y);
    if (opening === undefined) {
      if (!visitPair(table)) return lines;
      continue;
    }
    scanner.take(SPACE);
    table = pathOf(scanner.names(), opening === "[[");
    scanner.take(/[ \t]*\]\]?/y);
    add(table, line);
  }
}

const SPACE = /(?:\s|#[^\n]*)+/y;
const NAME = /[\w-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y;
const SCALAR =
  /"""(?:[^\\]|\\[^])*?"""(?:"{0,2})|'''[^]*?'''(?:'{0,2})|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^,\]}#\n]+/y;

class Scanner {
  /** Of what comes next, from 1. */
  line = 1;
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** What comes next, if it is that, and goes on behind it. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const token = pattern.exec(this.#text)?.[0];
    if (token === undefined) return undefined;
    this.#position += token.length;
    this.line += token.split("\n").length - 1;
    return token;
  }

  /** A key, dotted or not; empty if there is none. */
  names(): string[] {
    const names: string[] = [];
    do {
      const name = this.take(NAME);
      if (name === undefined) break;
      names.push(/^["']/.test(name) ? (parse(`name = ${name}`) as { name: string }).name : name);
    } while (this.take(/[ \t]*\.[ \t]*/y));
    return names;
  }
}
