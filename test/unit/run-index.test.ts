/** The index of runs answers like a list of holders for every single key. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { RunIndex } from "../../src/kv-cache/run-index.js";
import { BlockRun } from "../../src/request/block-runs.js";

/** Of keys below 30, scattered over pages. */
const spread = (key: number) => key + 500;

interface Change {
  readonly kind: "new" | "grow" | "shrink" | "split";
  readonly run: number;
  readonly firstKey: number;
  readonly numKeys: number;
}

const upTo = (max: number, min = 1) => fc.integer({ min, max });

const arbChange: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom<Change["kind"][]>("new", "grow", "shrink", "split"),
  run: upTo(20, 0),
  firstKey: upTo(12, 0).map(spread),
  numKeys: upTo(12),
});

const aRun = (firstKey: number, numBlocks: number) => new BlockRun(true, firstKey, numBlocks, 0);

/** For each key its runs, the one registered first in front. */
class Holders {
  readonly #byKey = new Map<number, BlockRun[]>();

  of(key: number): BlockRun[] {
    if (!this.#byKey.has(key)) this.#byKey.set(key, []);
    return this.#byKey.get(key)!;
  }
}

test("of all runs with a key the one registered first is found, through growth, eviction and splits", () => {
  fc.assert(
    fc.property(fc.array(arbChange, { maxLength: 40 }), (changes) => {
      const index = new RunIndex();
      const holders = new Holders();
      const runs: BlockRun[] = [];
      for (const { kind, run: at, firstKey, numKeys } of changes) {
        const run = runs[at % runs.length];
        if (kind === "new" || run === undefined) {
          const added = aRun(firstKey, numKeys);
          runs.push(added);
          index.add(added, firstKey, firstKey + numKeys);
          for (let i = 0; i < numKeys; i++) holders.of(firstKey + i).push(added);
        } else if (kind === "grow") {
          const end = run.firstKey + run.numBlocks;
          run.numBlocks += numKeys;
          index.add(run, end, end + numKeys);
          for (let i = 0; i < numKeys; i++) holders.of(end + i).push(run);
        } else if (kind === "shrink") {
          const num = Math.min(numKeys, run.numBlocks);
          const end = run.firstKey + run.numBlocks;
          index.remove(run, end - num, end);
          run.numBlocks -= num;
          for (let key = end - num; key < end; key++) {
            const all = holders.of(key);
            all.splice(all.indexOf(run), 1);
          }
          if (run.numBlocks === 0) runs.splice(runs.indexOf(run), 1);
        } else if (numKeys < run.numBlocks) {
          const head = aRun(run.firstKey, numKeys);
          index.replace(run, run.firstKey, run.firstKey + numKeys, head);
          for (let i = 0; i < numKeys; i++) {
            const all = holders.of(run.firstKey + i);
            all[all.indexOf(run)] = head;
          }
          run.firstKey += numKeys;
          run.numBlocks -= numKeys;
          runs.push(head);
        }
        for (let key = 490; key < 600; key++) {
          if (index.get(key) !== holders.of(key)[0]) expect.fail(`key ${key} after ${kind}`);
        }
      }
    }),
    { numRuns: 1000 },
  );
});
