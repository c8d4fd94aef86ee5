/** Small tables of numbers and names: CSV without quotes inside fields, gzipped or not. */
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the public data lies. */
export const dataRoot =
  process.env.INFERENCE_LAB_DATA ??
  join(fileURLToPath(new URL("../../..", import.meta.url)), "shared", "data");

/** Undefined if the file is not there. */
export function readData(path) {
  const file = join(dataRoot, path);
  return existsSync(file) ? readCsv(file) : undefined;
}

/** Rows as objects of strings. */
export function readCsv(file) {
  const bytes = readFileSync(file);
  const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  const [head, ...lines] = text.split(/\r?\n/).filter((line) => line !== "");
  if (head === undefined) return [];
  const names = splitLine(head);
  return lines.map((line) => {
    const fields = splitLine(line);
    return Object.fromEntries(names.map((name, i) => [name, fields[i] ?? ""]));
  });
}

function splitLine(line) {
  if (!line.includes('"')) return line.split(",");
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
    .slice(0, -1)
    .map(([, field]) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field));
}
