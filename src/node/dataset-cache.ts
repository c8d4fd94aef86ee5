/**
 * Tokenized datasets in files beside them, named after a hash of all that they depend on: whatever changes, another
 * name is looked for. A cache that is not there or broken is a miss; one that cannot be written is left out.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, rename, unlink, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { version } from "../../package.json";
import type { DatasetRow } from "../workload/dataset.js";

export interface DatasetCache {
  /** The rows, at most `maxRequests`; undefined if they are not all there. */
  read(maxRequests: number | undefined): Promise<DatasetRow[] | undefined>;
  /** @param isPart whether there may be more rows than these */
  write(rows: readonly DatasetRow[], isPart: boolean): Promise<void>;
}

interface Content {
  /** In full, where the name has its beginning. */
  readonly key: string;
  readonly isPart: boolean;
  readonly blockSize: number;
  /** For each row: prompt tokens, max_tokens or 0, and the runs of its prefix ids. */
  readonly rows: readonly (readonly number[])[];
}

/** @param inputs what the tokens depend on besides the dataset; the version of this package, which pins its tokenizer library, is added */
export async function openCache(
  datasetPath: string,
  inputs: readonly string[],
  signal: AbortSignal | undefined,
): Promise<DatasetCache> {
  const key = hashOf([
    version,
    await hashOfFile(datasetPath, signal),
    ...inputs.map((input) => hashOf([input])),
  ]);
  const path = `${datasetPath}.${key.slice(0, 16)}.tokens.json.gz`;
  return {
    async read(maxRequests = Infinity) {
      const content = await readContent(path);
      if (content?.key !== key) return undefined;
      if (content.isPart && content.rows.length < maxRequests) return undefined;
      return content.rows.slice(0, maxRequests).map((row) => unpack(row, content.blockSize));
    },
    async write(rows, isPart) {
      const blockSize = rows.find(({ prefix }) => prefix !== undefined)?.prefix?.blockSize ?? 1;
      const content: Content = { key, isPart, blockSize, rows: rows.map(pack) };
      await writeContent(path, content);
    },
  };
}

function pack({ numPromptTokens, maxTokens = 0, prefix }: DatasetRow): number[] {
  return [numPromptTokens, maxTokens, ...(prefix?.runs ?? [])];
}

function unpack(
  [numPromptTokens, maxTokens, ...runs]: readonly number[],
  blockSize: number,
): DatasetRow {
  return {
    numPromptTokens: numPromptTokens!,
    maxTokens: maxTokens === 0 ? undefined : maxTokens,
    prefix: runs.length === 0 ? undefined : { blockSize, runs: Int32Array.from(runs) },
  };
}

async function readContent(path: string): Promise<Content | undefined> {
  try {
    const bytes = await promisify(gunzip)(await readFile(path));
    return JSON.parse(bytes.toString("utf8")) as Content;
  } catch {
    return undefined; // a miss, whatever the reason: the dataset is there
  }
}

/** Complete or absent, even if two runs write at once. */
async function writeContent(path: string, content: Content): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, await promisify(gzip)(JSON.stringify(content)));
    await rename(temporary, path);
  } catch {
    await unlink(temporary).catch(() => {});
  }
}

async function hashOfFile(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { signal }) as AsyncIterable<Uint8Array>) {
    hash.update(chunk);
  }
  return hash.digest("hex");
}

function hashOf(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}
