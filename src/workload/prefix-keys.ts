/** What the rows of a trace say of their content, as the keys of KV blocks: equal keys where prefixes are equal. */
import { assert } from "../base/assert.js";
import { ConfigError } from "../base/errors.js";
import type { Tokens } from "../base/units.js";
import { IdSpace } from "./id-space.js";
import { FreshKeys, KeyRuns, MAX_KEY } from "./key-runs.js";
import type { PrefixIds, SharedPrefix, TraceRow } from "./trace-row.js";

/** What keys depend on. */
type Row = Pick<TraceRow, "numPromptTokens" | "prefix">;

/** The keys of a row, for as long as somebody has still to ask for them. */
interface Content {
  readonly runs: KeyRuns;
  /** The row itself, and the rows that begin like it. */
  numAsking: number;
}

/**
 * Keys are made when a request arrives. Blocks that no other row can have get none: of a row that brings ids those are the ones after
 * its last full block of prompt, of any other those that no later row shares.
 *
 * A row that is sent again is the same text again where it brings ids. Rows that refer to each other are a new conversation
 * each time: what they say is what they have in common, not what it is.
 */
export class PrefixKeys {
  readonly #rows: readonly Row[];
  readonly #blockSize: Tokens;
  /** Per block size of ids: the ids, and the key of the first one's first KV block. */
  readonly #spaces = new Map<Tokens, { readonly ids: IdSpace; readonly firstKey: number }>();
  readonly #fresh: FreshKeys;
  /** Per row: leading blocks that other rows share, and how many rows do. */
  readonly #numSharedBlocks: Int32Array;
  readonly #numSharers: Int32Array;
  readonly #contents = new Map<number, Content>();

  /**
   * @param blockSize that of the KV cache; it divides the block sizes of all ids
   * @throws ConfigError if there are more different blocks than there are keys
   */
  constructor(rows: readonly Row[], blockSize: Tokens) {
    this.#rows = rows;
    this.#blockSize = blockSize;
    this.#numSharedBlocks = new Int32Array(rows.length);
    this.#numSharers = new Int32Array(rows.length);
    const runsBySize = new Map<Tokens, Int32Array[]>();
    for (const { prefix } of rows) {
      if (prefix === undefined) continue;
      if (isIds(prefix)) {
        const runs = runsBySize.get(prefix.blockSize);
        if (runs === undefined) runsBySize.set(prefix.blockSize, [prefix.runs]);
        else runs.push(prefix.runs);
      } else {
        const numBlocks = Math.floor(prefix.numTokens / blockSize);
        this.#numSharers[prefix.row]!++;
        if (numBlocks > this.#numSharedBlocks[prefix.row]!) {
          this.#numSharedBlocks[prefix.row] = numBlocks;
        }
      }
    }
    let firstKey = 0;
    for (const [idBlockSize, allRuns] of runsBySize) {
      assert(idBlockSize % blockSize === 0, "the KV block size divides that of the ids");
      const ids = new IdSpace(allRuns);
      this.#spaces.set(idBlockSize, { ids, firstKey });
      firstKey += ids.numIds * (idBlockSize / blockSize);
    }
    if (firstKey > MAX_KEY) {
      const message = `has ${firstKey} different blocks of ${blockSize} tokens, more than ${MAX_KEY}`;
      throw new ConfigError([{ path: ["workload", "trace"], message }]);
    }
    this.#fresh = new FreshKeys(firstKey);
  }

  /**
   * The `blockKeys` of a row that is sent for the `pass`-th time (from 0); undefined if no other row can have its blocks. To be
   * asked once for each row and pass.
   */
  of(row: number, pass: number): Int32Array | undefined {
    const { prefix } = this.#rows[row]!;
    if (prefix === undefined && this.#numSharers[row] === 0) return undefined;
    const content = this.#content(row, pass);
    this.#release(row, pass, content);
    return content.runs.toKeys();
  }

  /** A row may be asked for before the one that it begins like, and a chain may be thousands of rows long. */
  #content(row: number, pass: number): Content {
    const missing: number[] = [];
    let content: Content | undefined;
    for (let at = row; ;) {
      content = this.#contents.get(this.#at(at, pass));
      if (content !== undefined) break;
      missing.push(at);
      const { prefix } = this.#rows[at]!;
      if (prefix === undefined || isIds(prefix)) break;
      at = prefix.row;
    }
    while (missing.length > 0) {
      const next = missing.pop()!;
      const { prefix } = this.#rows[next]!;
      const runs =
        prefix === undefined || isIds(prefix)
          ? this.#ownRuns(this.#rows[next]!)
          : this.#sharedRuns(prefix, pass, content!);
      const numToKey = this.#numSharedBlocks[next]! - runs.numBlocks;
      if (numToKey > 0) runs.add(this.#fresh.take(numToKey), numToKey);
      content = { runs, numAsking: 1 + this.#numSharers[next]! };
      this.#contents.set(this.#at(next, pass), content);
    }
    return content!;
  }

  #at(row: number, pass: number): number {
    return pass * this.#rows.length + row;
  }

  #sharedRuns(prefix: SharedPrefix, pass: number, first: Content): KeyRuns {
    this.#release(prefix.row, pass, first);
    return first.runs.head(Math.floor(prefix.numTokens / this.#blockSize));
  }

  #release(row: number, pass: number, content: Content): void {
    if (--content.numAsking === 0) this.#contents.delete(this.#at(row, pass));
  }

  /** Keys of the full blocks of prompt that ids cover. */
  #ownRuns({ prefix, numPromptTokens }: Row): KeyRuns {
    const keys = new KeyRuns();
    if (prefix === undefined || !isIds(prefix)) return keys;
    const { ids, firstKey } = this.#spaces.get(prefix.blockSize)!;
    const { runs } = prefix;
    const perId = prefix.blockSize / this.#blockSize;
    const numFull = Math.floor(numPromptTokens / this.#blockSize);
    for (let i = 0; i + 1 < runs.length && keys.numBlocks < numFull; i += 2) {
      const first = firstKey + ids.numberOf(runs[i]!) * perId;
      keys.add(first, Math.min(runs[i + 1]! * perId, numFull - keys.numBlocks));
    }
    return keys;
  }
}

/** Whether a prefix is told by ids, and not by reference. */
function isIds(prefix: PrefixIds | SharedPrefix): prefix is PrefixIds {
  return "runs" in prefix;
}
