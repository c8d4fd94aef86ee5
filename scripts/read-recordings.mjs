/** Reads recordings: JSON and JSON lines, gzipped or not. What cannot be read is a problem with its file and line. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";

/** One JSON value. Throws an error that says in one line what is wrong where. */
export function readJson(file) {
  return parse(readText(file), basename(file));
}

/**
 * One scenario per line that is not blank; a line that is none has a problem instead. Throws where the file as a whole
 * cannot be read.
 *
 * @returns {{ place: string, entry?: object, problem?: string }[]} `place` is file:line
 */
export function readScenarios(file) {
  const name = basename(file);
  const lines = readText(file).split("\n");
  const recordings = lines.flatMap((line, i) =>
    line.trim() === "" ? [] : [readScenario(line, `${name}:${i + 1}`)],
  );
  if (recordings.length === 0) throw new Error(`${name}: holds no scenario`);
  return recordings;
}

function readScenario(line, place) {
  try {
    const entry = parse(line, place);
    const missing = missingParts(entry);
    return missing.length === 0
      ? { place, entry }
      : { place, problem: `${place}: not a scenario: without ${missing.join(", ")}` };
  } catch (error) {
    return { place, problem: error.message };
  }
}

function missingParts(entry) {
  const parts = {
    "scenario.scheduler": entry?.scenario?.scheduler,
    "scenario.kv.groups": entry?.scenario?.kv?.groups,
    "scenario.model": entry?.scenario?.model,
    "scenario.requests": entry?.scenario?.requests,
    trace: entry?.trace,
  };
  return Object.keys(parts).filter((name) => typeof parts[name] !== "object");
}

function readText(file) {
  try {
    const bytes = readFileSync(file);
    return (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  } catch (error) {
    throw new Error(`${basename(file)}: cannot be read: ${error.message}`);
  }
}

function parse(text, place) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${place}: not JSON: ${error.message}`);
  }
}
