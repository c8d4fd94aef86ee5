/** Which blocks are registered where several groups or windows are cached. */
import { describe, expect, test } from "vitest";
import { resolve } from "../../src/simulation/resolve.js";
import { tinyConfig } from "../support/configs.js";
import { aScheduler, chunkedLocal, full, type Setup, swa } from "../support/scheduler.js";

/** The free list once a prompt is done: unregistered blocks at the head, registered ones at the tail. */
function freeListAfter(prompt: number, setup: Setup) {
  const s = aScheduler({ caching: true, ...setup });
  s.add(prompt, 1);
  s.step();
  return s.freeList();
}

test("with several groups registration is rounded down to the least common multiple", () => {
  // Tables 1 2 3 and 4 5; the third block of four tokens is full, but ends within one of eight.
  expect(freeListAfter(12, { blocks: 8, groups: [full(4), full(8)] })).toBe("5 3 6 7 8 2 1 4");
  // Tables 1 2 3 4 5 6 and 7 8 9 10; of 23 tokens 12 are a multiple of four and of six.
  const setup = { blocks: 12, groups: [full(4), full(6)] };
  expect(freeListAfter(23, setup)).toBe("10 9 6 5 4 11 12 3 2 1 8 7");
});

describe("retention", () => {
  test("null: the last blocks of each segment of the least common multiple", () => {
    // Tables 1 2 3 and 4 5 6 7 8; segments are two blocks of the window's, which needs one.
    const setup = { blocks: 10, groups: [full(8), swa(5, 4)], retention: null };
    expect(freeListAfter(17, setup)).toBe("8 6 4 3 9 10 2 1 7 5");
  });

  test("null: all blocks where the window covers the segment", () => {
    const setup = { blocks: 10, groups: [full(8), swa(9, 4)], retention: null };
    expect(freeListAfter(17, setup)).toBe("8 3 9 10 2 1 7 6 5 4");
  });

  test("R > 0: the last blocks of each segment of R tokens, and the tail", () => {
    // Of the table 1 2 3 4 5 6 segments end with 2 and 4, the prompt's tail is 5.
    const setup = { blocks: 7, groups: [swa(5)], retention: 8 };
    expect(freeListAfter(21, setup)).toBe("6 3 1 7 5 4 2");
  });

  test("0: only the tail, ceil((window − 1) / block size) blocks before prompt − 1", () => {
    const tailOf = (window: number) => freeListAfter(21, { blocks: 7, groups: [swa(window)] });
    expect(tailOf(5)).toBe("6 4 3 2 1 7 5");
    expect(tailOf(6)).toBe("6 3 2 1 7 5 4");
  });

  test("the boundary of a tail is rounded down to the alignment", () => {
    expect(freeListAfter(20, { blocks: 7, groups: [swa(5)] })).toBe("5 3 2 1 6 7 4");
    // Tables 1 2 3 and 4 5 6 7 8 9 10: of 23 tokens 16 are two blocks of the full group.
    const setup = { blocks: 10, groups: [full(8), swa(5, 4)] };
    expect(freeListAfter(23, setup)).toBe("9 8 6 5 4 3 10 2 1 7");
  });

  test("applies to sliding windows only", () => {
    expect(freeListAfter(21, { blocks: 7, groups: [full()] })).toBe("6 7 5 4 3 2 1");
    expect(freeListAfter(21, { blocks: 7, groups: [chunkedLocal(100)] })).toBe("6 7 5 4 3 2 1");
  });

  test("the boundary stays original prompt − 1 when a request is resumed", () => {
    const s = aScheduler({ blocks: 5, groups: [swa(7)], caching: true });
    s.add(4, 6);
    s.add("BBBB BBBB B", "CCC DDDD EEEE");
    expect(s.steps(7).slice(5)).toEqual(["a1 | preempted b13 | finished a", "b14"]);
    expect(s.cached("BBBB BBBB BCCC D")).toBe(8);
  });
});

test("an R that is not a multiple of the least common multiple is a configuration error", () => {
  const config = (R: number) => tinyConfig({ scheduler: { blockSize: 4, prefixCacheRetentionInterval: R } }); // prettier-ignore
  expect(() => resolve(config(6))).toThrow("must be a multiple of blockSize (4), found 6");
  expect(() => resolve(config(8))).not.toThrow();
});

describe("the junction", () => {
  test.each([
    ["full attention first", [full(), swa(5)]],
    ["the window first", [swa(5), full()]],
  ])("where one kind hit more than all, the window keeps a tail: %s", (_, groups) => {
    const s = aScheduler({ groups, caching: true });
    s.add("AAAA BBBB CCCC DDDD E", 1);
    s.step();
    // Full attention finds A and B, the window nothing: the prompts branch where nobody kept its blocks.
    expect(s.cached("AAAA BBBB XXXX YYYY Z")).toBe(0);
    s.add("AAAA BBBB XXXX YYYY Z", 1);
    s.step();
    expect(s.cached("AAAA BBBB ZZZZ Z")).toBe(8);
  });

  test("is that of the latest admission, resumption included", () => {
    const s = aScheduler({ blocks: 12, groups: [full(), swa(5)], caching: true });
    s.add(3, 7);
    s.add("BBBB BBBB BBBB BBBB B", "CCC DDDD EEEE");
    // Resumed, full attention finds the 20 tokens that b had computed; the window kept no such tail.
    expect(s.steps(8).slice(6)).toEqual(["a1 | preempted b22 | finished a", "b23"]);
    expect(s.cached("BBBB BBBB BBBB BBBB BCCC D")).toBe(20);
  });
});
