/** TOML text to plain values. */
import { parse, TomlError } from "smol-toml";
import { ConfigError } from "../base/errors.js";

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
