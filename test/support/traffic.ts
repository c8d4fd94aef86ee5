/** Rows of made-up traces, and what their prompts are, token by token. */
import fc from "fast-check";
import type { TraceRow } from "../../src/workload/trace-row.js";

const int = (min: number, max: number) => fc.integer({ min, max });

/** Plans of rows, which `toRows` makes references of: fractions become earlier rows. */
interface Plan {
  readonly kind: "own" | "ids" | "shared";
  readonly parent: number;
  readonly share: number;
  readonly prompt: number;
  readonly output: number;
  readonly idBlockSize: number;
  readonly path: readonly number[];
}

/** Traces of up to 20 rows with all kinds of prefixes; ids are of blocks of 8 or 24 tokens, so KV blocks are of 1, 2, 4 or 8. */
export const arbPrefixedRows: fc.Arbitrary<readonly TraceRow[]> = fc
  .array(
    fc.record<Plan>({
      kind: fc.constantFrom<Plan["kind"][]>("own", "ids", "shared", "shared"),
      parent: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      prompt: int(1, 60),
      output: int(1, 20),
      idBlockSize: fc.constantFrom(8, 24),
      path: fc.array(int(0, 1), { maxLength: 8 }),
    }),
    { minLength: 1, maxLength: 20 },
  )
  .map(toRows);

/** Traces that are told by references alone. */
export const arbSharedRows = arbPrefixedRows.map((rows) =>
  rows.map(({ prefix, ...row }) =>
    prefix !== undefined && "row" in prefix ? { ...row, prefix } : row,
  ),
);

function toRows(plans: readonly Plan[]): TraceRow[] {
  const rows: TraceRow[] = [];
  plans.forEach(({ kind, parent, share, prompt, output, idBlockSize, path }, i) => {
    const row = { arrivalTime: i, numPromptTokens: prompt, numOutputTokens: output };
    const source = Math.floor(parent * i);
    if (kind === "shared" && i > 0) {
      const { numPromptTokens, numOutputTokens } = rows[source]!;
      const most = Math.min(prompt, numPromptTokens + numOutputTokens);
      const numTokens = Math.max(1, Math.round(share * most));
      rows.push({ ...row, prefix: { row: source, numTokens } });
    } else if (kind === "ids") {
      const numIds = Math.min(path.length, Math.ceil(prompt / idBlockSize));
      const ids = path.slice(0, numIds).map((_, at) => idOf(path.slice(0, at + 1)));
      const runs = Int32Array.from(ids.flatMap((id) => [id, 1]));
      rows.push({ ...row, prefix: { blockSize: idBlockSize, runs } });
    } else {
      rows.push(row);
    }
  });
  return rows;
}

/** One id for each path from the root of a binary tree, some of them large. */
function idOf(path: readonly number[]): number {
  const id = path.reduce((number, branch) => 2 * number + branch, 1);
  return id % 3 === 0 ? 2 ** 31 - 1000 + id : id;
}

/** Prompt and output of each row as texts, equal where tokens are the same. */
export function tokensOf(rows: readonly TraceRow[]): string[][] {
  const all: string[][] = [];
  rows.forEach(({ prefix, numPromptTokens, numOutputTokens }, i) => {
    const tokens: string[] = [];
    if (prefix !== undefined && "row" in prefix) {
      tokens.push(...all[prefix.row]!.slice(0, prefix.numTokens));
    } else if (prefix !== undefined) {
      const ids = Array.from(prefix.runs).filter((_, at) => at % 2 === 0);
      const numCovered = Math.min(ids.length * prefix.blockSize, numPromptTokens);
      for (let at = 0; at < numCovered; at++) {
        tokens.push(`${prefix.blockSize}/${ids[Math.floor(at / prefix.blockSize)]}/${at}`);
      }
    }
    while (tokens.length < numPromptTokens + numOutputTokens) {
      tokens.push(`row ${i} at ${tokens.length}`);
    }
    all.push(tokens);
  });
  return all;
}

/** Tokens that two texts begin with alike. */
export function numCommon(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && a[length] === b[length] && length < b.length) length++;
  return length;
}
