/** TOML text to plain values, and lines to what is wrong in it. */
import { parse, TomlError } from "smol-toml";
import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import { ConfigError } from "../base/errors.js";
import { LineIndex, type Path } from "./line-index.js";

/** @throws ConfigError with line and code frame, where the text is no TOML */
export function parseToml(text: string, source?: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split("\n")[0]!.replace("Invalid TOML document: ", "");
    const message = `not valid TOML: ${reason}\n\n${error.codeblock.trimEnd()}`;
    throw new ConfigError([{ path: [], message, line: error.line }], source);
  }
}

/**
 * Parses the text once more, with positions. Much slower than `parseToml`, so for texts with a problem only. Without lines if
 * the second parser is stricter than the first, as with the 30th of February.
 */
export function tomlLines(text: string): LineIndex {
  const lines = new LineIndex();
  const visitTable = (path: Path, body: readonly (AST.TOMLKeyValue | AST.TOMLTable)[]) => {
    for (const node of body) {
      const isTable = node.type === "TOMLTable";
      const inner = isTable ? node.resolvedKey : [...path, ...node.key.keys.map(nameOf)];
      for (let length = 1; length <= inner.length; length++) {
        lines.add(inner.slice(0, length), node.loc.start.line);
      }
      if (isTable) visitTable(inner, node.body);
      else visitValue(inner, node.value);
    }
  };
  const visitValue = (path: Path, value: AST.TOMLContentNode) => {
    if (value.type === "TOMLInlineTable") visitTable(path, value.body);
    if (value.type !== "TOMLArray") return;
    value.elements.forEach((element, i) => {
      lines.add([...path, i], element.loc.start.line);
      visitValue([...path, i], element);
    });
  };
  try {
    visitTable([], parseTOML(text, { tomlVersion: "1.1" }).body[0].body);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
  }
  return lines;
}

const nameOf = (key: AST.TOMLBare | AST.TOMLQuoted) =>
  key.type === "TOMLBare" ? key.name : key.value;
