/** JSON text to plain values, and lines to what is wrong in it. */
import { ConfigError, type ConfigProblem } from "../base/errors.js";
import { LineIndex, type Path } from "./line-index.js";

/** @throws ConfigError where the text is no JSON, with the line if the engine tells the position */
export function parseJson(text: string, source?: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = (error as SyntaxError).message;
    const position = /at position (\d+)/.exec(reason)?.[1];
    const line = position === undefined ? undefined : lineAt(text, Number(position));
    const message = `not valid JSON: ${reason.replace(/ in JSON at position.*|, [^,]* is not valid JSON$/s, "")}`;
    throw new ConfigError([{ path: [], message, line }], source);
  }
}

export interface JsonKeys {
  readonly lines: LineIndex;
  /** Keys that one object has twice, of which `JSON.parse` silently keeps the last. */
  readonly repeated: readonly ConfigProblem[];
}

/** The keys of a valid JSON text. */
export function scanJson(text: string): JsonKeys {
  const lines = new LineIndex();
  const repeated: ConfigProblem[] = [];
  /** From the root to the current place: a key in an object, an index in an array. */
  const path: (string | number)[] = [];
  let line = 1;
  let expectsKey = false;

  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],\n]/g)) {
    const inArray = typeof path.at(-1) === "number";
    if (token === "\n") line++;
    else if (token === "{") {
      path.push("");
      expectsKey = true;
    } else if (token === "[") {
      path.push(0);
      lines.add(path, line);
    } else if (token === "}" || token === "]") {
      path.pop();
      expectsKey = false;
    } else if (token === ",") {
      expectsKey = !inArray;
      if (inArray) {
        path.push((path.pop() as number) + 1);
        lines.add(path, line);
      }
    } else if (expectsKey) {
      path.splice(-1, 1, JSON.parse(token) as string);
      if (lines.has(path)) repeated.push(repetition(path, line));
      lines.add(path, line);
      expectsKey = false;
    }
  }
  return { lines, repeated };
}

function repetition(path: Path, line: number): ConfigProblem {
  return { path: [...path], message: "is given twice", fix: "remove one", line };
}

function lineAt(text: string, position: number): number {
  return text.slice(0, position).split("\n").length;
}
