/** Groups of layers: a block table each, one pool, and what a window no longer reads. */
import { describe, expect, test } from "vitest";
import { aScheduler, chunkedLocal, full, type Setup, swa } from "../support/scheduler.js";

test("one block table per group, one shared pool", () => {
  const s = aScheduler({ blocks: 10, groups: [full(), swa(9)] });
  s.add(8, 9);
  s.step();
  expect(s.blocks("a")).toBe("1 2 | 3 4");
  expect(s.numFree).toBe(6);
});

describe("tokens that attention no longer reads at t processed tokens", () => {
  /** The table when t tokens have been processed and the next one is scheduled. */
  const tableAt = (t: number, setup: Setup) => {
    const s = aScheduler({ blocks: 5, ...setup });
    s.add(t, 9);
    s.steps(2);
    return s.blocks("a");
  };

  test("full: none", () => {
    expect(tableAt(8, { groups: [full()] })).toBe("1 2 3");
  });

  test("sliding window: max(0, t − window + 1), in whole blocks", () => {
    expect(tableAt(3, { groups: [swa(5)] })).toBe("1");
    expect(tableAt(7, { groups: [swa(5)] })).toBe("1 2");
    expect(tableAt(8, { groups: [swa(5)] })).toBe("- 2 1");
    expect(tableAt(8, { groups: [swa(6)] })).toBe("1 2 3");
    expect(tableAt(9, { groups: [swa(6)] })).toBe("- 2 3");
  });

  test("chunked local: floor(t / chunk) × chunk", () => {
    expect(tableAt(7, { groups: [chunkedLocal(8)] })).toBe("1 2");
    expect(tableAt(8, { groups: [chunkedLocal(8)] })).toBe("- - 2");
    expect(tableAt(15, { groups: [chunkedLocal(8)] })).toBe("- - 3 4");
  });

  test("are freed before the allocation, which can use their blocks", () => {
    expect(tableAt(8, { groups: [swa(5)], blocks: 2 })).toBe("- 2 1");
  });

  test("are freed by an allocation that then fails, too", () => {
    // a frees block 1, which is not enough for two more; then b gives way, and its block 3 is freed on top.
    const s = aScheduler({ blocks: 3, groups: [swa(5)], threshold: 8, reserve: false });
    s.add(24, 9);
    s.add(3, 9);
    expect(s.steps(2)).toEqual(["a8 b3", "a8 | preempted b3"]);
    expect(s.blocks("a")).toBe("- 2 3 1");
  });

  test("t counts processed tokens, not those in flight", () => {
    const s = aScheduler({ groups: [swa(5)], async: true });
    s.add(9, 9);
    s.steps(2);
    expect(s.blocks("a")).toBe("1 2 3");
    s.step();
    expect(s.blocks("a")).toBe("- 2 3");
  });
});

describe("the order in which blocks of several groups are freed", () => {
  test("a free for each group, in group order: heads before, tails behind those of the group before", () => {
    const s = aScheduler({ blocks: 8, groups: [full(), full()], caching: true });
    s.add(9, 1);
    s.step();
    // Tables 1 2 3 and 4 5 6, of which 3 and 6 are not full.
    expect(s.freeList()).toBe("6 3 7 8 2 1 5 4");
  });

  test("blocks below a window likewise: group by group, last first", () => {
    const groups = [swa(5), swa(5)];
    const s = aScheduler({ blocks: 8, groups, caching: true, retention: null });
    s.add(12, 9);
    s.steps(2);
    // Tables 1 2 3 and 4 5 6; 7 and 8 hold the next token.
    expect(s.freeList()).toBe("2 1 5 4");
  });
});

test("at admission the hit blocks of all groups leave the free list before new ones are taken", () => {
  const s = aScheduler({ blocks: 6, groups: [full(), full()], caching: true });
  s.add("AAAA B", 1);
  s.step();
  s.add(8, 1);
  s.step();
  // The free list is 1 3 2 4 6 5; of these 1 and 3 are hit, and the first new block must not be 3.
  s.add("AAAA BBBB C", 9);
  expect(s.step()).toBe("c5 | hit c4");
  expect(s.blocks("c")).toBe("1 2 4 | 3 6 5");
});

test("null blocks of a hit count as held", () => {
  const s = aScheduler({ blocks: 4, groups: [swa(5)], caching: true });
  s.add("AAAA BBBB CCCC D", 1);
  s.step();
  s.add(7, 9);
  s.step();
  // Two blocks are free: the hit's, and one for the last token.
  s.add("AAAA BBBB CCCC D", 9);
  expect(s.step()).toBe("b1 c1 | hit c12");
  expect(s.blocks("c")).toBe("- - 3 1");
});
