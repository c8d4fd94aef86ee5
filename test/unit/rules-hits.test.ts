/** Prefix hits: what each kind of layers counts as one, and how kinds agree. */
import { describe, expect, test } from "vitest";
import { layerKind } from "../../src/kv-cache/layer-kind.js";
import { aScheduler, chunkedLocal, full, swa } from "../support/scheduler.js";

/** Blocks of a hit, "x" cached and "-" null, when the cache holds the blocks marked "x". */
function hit(group: ReturnType<typeof full>, cache: string, maxLength: number, alignment = 4) {
  const kind = layerKind(group, 1000, 100);
  const { start, length } = kind.findHit((i) => cache[i] === "x", maxLength, alignment);
  return "-".repeat(start) + "x".repeat(length - start);
}

test("full: the longest run from block 0", () => {
  expect(hit(full(), "xx.x", 16)).toBe("xx");
  expect(hit(full(), ".xxx", 16)).toBe("");
  expect(hit(full(), "xxxx", 15)).toBe("xxx");
});

test("full: cut to a multiple of the alignment", () => {
  expect(hit(full(), "xxx.", 16, 8)).toBe("xx");
  expect(hit(full(), "xxx.", 16, 16)).toBe("");
});

test("sliding window: the right-most run that covers the window, nulls before it", () => {
  expect(hit(swa(9), ".xx.xx.", 28)).toBe("----xx");
  expect(hit(swa(9), "xxx.x.x", 28)).toBe("-xx");
  expect(hit(swa(10), "xxxx.xx", 28)).toBe("-xxx");
});

test("sliding window: or a shorter run from block 0", () => {
  expect(hit(swa(9), "x.x.x", 20)).toBe("x");
  expect(hit(swa(9), ".x.x.", 20)).toBe("");
});

test("sliding window: the run ends on the alignment", () => {
  expect(hit(swa(9), ".xxx.", 20, 8)).toBe("--xx");
  expect(hit(swa(9), "xxx..", 20, 8)).toBe("xx");
  expect(hit(swa(9), ".xx..", 20, 8)).toBe("");
  expect(hit(swa(17), "xxx..", 20, 8)).toBe("xx");
});

test("window 1: nothing is registered and nothing hits", () => {
  const s = aScheduler({ blocks: 4, groups: [swa(1)], caching: true, retention: null });
  s.add("AAAA BBBB C", 1);
  s.step();
  expect(s.cached("AAAA BBBB C")).toBe(0);
  expect(s.freeList()).toBe("3 2 1 4");
});

test("chunked local: nulls up to the chunk boundary, then the run from there", () => {
  expect(hit(chunkedLocal(8), "....x", 20)).toBe("----x");
  expect(hit(chunkedLocal(8), ".....", 20)).toBe("----");
  expect(hit(chunkedLocal(8), "xxx.", 15)).toBe("--x");
});

describe("several groups", () => {
  test("groups of equal kind are looked up together: all must have the block", () => {
    const s = aScheduler({ blocks: 8, groups: [full(), full()], caching: true });
    s.add("AAAA BBBB C", 1);
    s.step();
    expect(s.cached("AAAA BBBB C")).toBe(8);
    // Takes 6 3 7 | 8 2 1 of the free list 6 3 7 8 2 1 5 4: what is left is of the second group.
    s.add(12, 9);
    s.step();
    expect(s.cached("AAAA BBBB C")).toBe(0);
  });

  test("windows of different size are different kinds", () => {
    const groups = [swa(5), swa(9)];
    const s = aScheduler({ groups, caching: true, retention: null });
    s.add("AAAA BBBB CCCC D", 1);
    s.step();
    s.add("AAAA BBBB CCCC D", 9);
    expect(s.step()).toBe("b1 | hit b12");
    expect(s.blocks("b")).toMatch(/^- - 3 \d+ \| - 6 7 \d+$/);
  });

  test("each kind is looked up within what the kinds before it found", () => {
    const groups = [full(), swa(5)];
    const s = aScheduler({ blocks: 8, groups, caching: true, retention: null });
    s.add("AAAA BBBB CCCC D", 1);
    s.step();
    // Takes 8 4 | 3 2 of the free list 8 4 3 2 1 7 6 5: full attention is left with block 1, the window with all of its own.
    s.add(5, 1);
    s.step();
    s.add("AAAA BBBB CCCC D", 9);
    expect(s.step()).toBe("c9 | hit c4");
    expect(s.blocks("c")).toMatch(/^1 .* \| 5 /);
  });

  test("if one shortens the hit, the others are looked up again", () => {
    const s = aScheduler({ groups: [chunkedLocal(8), swa(5)], caching: true });
    s.add("AAAA BBBB CCCC D", 1);
    s.step();
    // The chunks find 16 tokens, nulls all; the window finds 12, of which the chunks have the last block still to read.
    s.add("AAAA BBBB CCCC EEEE FFFF G", 9);
    expect(s.step()).toBe("b9 | hit b12");
    expect(s.blocks("b")).toMatch(/^- - 3 .* \| - - 7 /);
  });

  test("the hits are cut to the common length", () => {
    const s = aScheduler({ groups: [full(), swa(5)], caching: true });
    s.add("AAAA BBBB C", 1);
    s.step();
    s.add("AAAA BBBB CCCC DDDD E", 1);
    s.step();
    // Full attention has 12 tokens, the window only the tail of the first prompt.
    s.add("AAAA BBBB CCCC X", 9);
    expect(s.step()).toBe("c5 | hit c8");
    expect(s.blocks("c")).toMatch(/^1 2 \d+ \d+ \| - 5 \d+ \d+$/);
  });
});
