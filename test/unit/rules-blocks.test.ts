/** Blocks and the free list: which physical block a request gets, and what stays findable. */
import { describe, expect, test } from "vitest";
import { replayScenario } from "../../scripts/replay-scenario.mjs";
import * as lab from "../../src/scheduler/index.js";
import { aScenario } from "../support/recorded-scenario.js";
import { aScheduler } from "../support/scheduler.js";

test("block 0 is the null block, which is never handed out", () => {
  const s = aScheduler({ blocks: 3 });
  expect(s.kvCache.numUsableBlocks).toBe(3);
  expect(s.freeList()).toBe("1 2 3");
});

test("a request needs ceil(tokens / block size) blocks less those it holds", () => {
  const s = aScheduler({ blocks: 5 });
  s.add(7, 9);
  const free = Array.from({ length: 4 }, () => s.step() && s.numFree);
  expect(free).toEqual([3, 3, 2, 2]);
});

describe("the hash of a block", () => {
  test("covers the whole prefix: equal blocks after different ones are different", () => {
    const s = aScheduler({ caching: true });
    s.add("AAAA BBBB C", 1);
    s.step();
    expect(s.cached("XXXX BBBB C")).toBe(0);
    expect(s.cached("AAAA BBBB D")).toBe(8);
  });

  test("covers the whole prefix in recorded scenarios too", () => {
    const requests = [1, 2, 1].map((first) => ({ prompt: [[first, 0, 4], [9, 0, 5]] as const })); // prettier-ignore
    const scenario = aScenario({ kv: { enable_prefix_caching: true }, requests });
    expect(replayScenario(scenario, lab)[0]!.new).toEqual([[0, 0], [1, 0], [2, 8]]); // prettier-ignore
  });

  test("content that nobody else has hits nothing", () => {
    const s = aScheduler({ caching: true });
    s.add(9, 1);
    s.add(9, 1);
    expect(s.step()).toBe("a9 b9 | finished a b");
  });
});

describe("registration", () => {
  test("a block is registered when its last token is scheduled: the same step can hit it", () => {
    const s = aScheduler({ caching: true });
    s.add("AAAA BBBB C", 9);
    s.add("AAAA BBBB D", 9);
    expect(s.step()).toBe("a9 b1 | hit b8");
  });

  test("a block that is not full is not registered", () => {
    const s = aScheduler({ caching: true, budget: 7 });
    s.add("AAAA BBBB", 9);
    s.step();
    expect(s.cached("AAAA BBBB C")).toBe(4);
  });

  test("generated tokens are cached too, when the last of a block is computed", () => {
    const s = aScheduler({ caching: true });
    s.add("AAAA B", "CCC DDDD");
    s.steps(3);
    expect(s.cached("AAAA BCCC D")).toBe(4);
    s.step();
    expect(s.cached("AAAA BCCC D")).toBe(8);
  });
});

describe("duplicates", () => {
  // Neither can hit the other's only block, since a full hit recomputes the last one.
  const twice = () => {
    const s = aScheduler({ caching: true, blocks: 4 });
    s.add("AAAA", 1);
    s.add("AAAA", 1);
    expect(s.step()).toBe("a4 b4 | finished a b");
    return s;
  };

  test("the oldest registered one is returned", () => {
    const s = twice();
    s.add("AAAA B", 9);
    expect(s.step()).toBe("c1 | hit c4");
    expect(s.blocks("c")).toBe("1 3");
  });

  test("duplicates are kept: when the oldest is evicted the next one is found", () => {
    const s = twice();
    s.add(12, 9);
    s.step();
    expect(s.blocks("c")).toBe("3 4 1");
    expect(s.cached("AAAA B")).toBe(4);
  });

  test("when a younger one is evicted the oldest is still found", () => {
    const s = aScheduler({ caching: true, blocks: 5 });
    s.add("AAAA", 9);
    s.add("AAAA", 1);
    s.step();
    s.add(12, 9);
    s.step();
    expect(s.blocks("c")).toBe("4 5 2");
    expect(s.cached("AAAA B")).toBe(4);
  });
});

describe("the free list", () => {
  test("is in the order of block numbers at first", () => {
    const s = aScheduler({ blocks: 4 });
    s.add(9, 9);
    s.step();
    expect(s.blocks("a")).toBe("1 2 3");
    expect(s.freeList()).toBe("4");
  });

  test("unhashed blocks go to the head, the first freed in front", () => {
    const s = aScheduler({ blocks: 5, caching: true });
    s.add(3, 9);
    s.add(3, 9);
    s.step();
    for (const name of ["a", "b"]) s.abort(name);
    expect(s.freeList()).toBe("2 1 3 4 5");
  });

  test("without caching every freed block goes to the head", () => {
    const s = aScheduler({ blocks: 5 });
    s.add(12, 1);
    s.step();
    expect(s.freeList()).toBe("3 2 1 4 5");
  });

  test("hashed blocks go to the tail, the deepest of a request first", () => {
    const s = aScheduler({ blocks: 5, caching: true });
    s.add("AAAA BBBB C", 1);
    s.step();
    expect(s.freeList()).toBe("3 4 5 2 1");
  });

  test("a block that is handed out loses its hash", () => {
    const s = aScheduler({ blocks: 3, caching: true });
    s.add("AAAA BBBB", 1);
    s.step();
    expect(s.cached("AAAA BBBB C")).toBe(8);
    s.add(5, 9);
    s.step();
    expect(s.blocks("b")).toBe("3 2");
    expect(s.cached("AAAA BBBB C")).toBe(4);
  });

  test("a hit takes the block out of the free list, and it comes back as the latest", () => {
    const s = aScheduler({ blocks: 4, caching: true });
    for (const prompt of ["AAAA", "BBBB"]) s.add(prompt, 1);
    s.step();
    s.add("AAAA C", 1);
    expect(s.step()).toBe("c1 | hit c4 | finished c");
    expect(s.freeList()).toBe("3 4 2 1");
  });

  test("a block with two holders is free when both have let go", () => {
    const s = aScheduler({ blocks: 4, caching: true });
    s.add("AAAA B", 2);
    s.add("AAAA C", 1);
    const free = [s.step(), s.numFree, s.step(), s.numFree];
    expect(free).toEqual(["a5 b1 | hit b4 | finished b", 2, "a1 | finished a", 4]);
  });

  test("those who finish in one step are freed in batch order", () => {
    const s = aScheduler({ blocks: 4 });
    s.add(4, 1);
    s.add(4, 1);
    s.step();
    expect(s.freeList()).toBe("2 1 3 4");
  });
});
