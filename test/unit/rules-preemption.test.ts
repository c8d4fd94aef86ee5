/** Blocks run out in phase 1: who gives way, and what becomes of it. */
import { describe, expect, test } from "vitest";
import { aScheduler } from "../support/scheduler.js";

describe("the victim", () => {
  test("FCFS: the victim is the last of running", () => {
    const s = aScheduler({ blocks: 3 });
    for (const prompt of [4, 3, 3]) s.add(prompt, 9);
    expect(s.steps(2)).toEqual(["a4 b3 c3", "a1 b1 | preempted c3"]);
  });

  test("requests are preempted until the requester fits", () => {
    const s = aScheduler({ blocks: 4, threshold: 8, reserve: false });
    for (const prompt of [20, 3, 3]) s.add(prompt, 9);
    expect(s.steps(2)).toEqual(["a8 b3 c3", "a8 | preempted c3 b3"]);
  });

  test.each([
    ["highest value", [{ priority: 0 }, { priority: 8 }, { priority: 7 }]],
    ["latest arrival among equal values", [{ arrival: 0 }, { arrival: 2 }, { arrival: 1 }]],
  ])("priority: the victim is the %s, wherever it stands", (_, wishes) => {
    const s = aScheduler({ blocks: 3, policy: "priority" });
    for (const wish of wishes) {
      s.add(wish === wishes[0] ? 2 : 1, 9, wish);
      s.step();
    }
    expect(s.step()).toBe("a1 c1 | preempted b2");
  });

  test("priority: the victim is the first of running among equal keys", () => {
    const s = aScheduler({ blocks: 3, policy: "priority" });
    s.add(4, 9, { priority: 0 });
    for (let i = 0; i < 2; i++) s.add(3, 9, { priority: 1, arrival: 5 });
    expect(s.steps(2)).toEqual(["a4 b3 c3", "a1 c1 | preempted b3"]);
  });

  test("priority never preempts for a waiting request", () => {
    const s = aScheduler({ blocks: 2, policy: "priority" });
    s.add(6, 9, { priority: 9 });
    s.step();
    s.add(4, 9, { priority: 0 });
    expect(s.step()).toBe("a1");
  });
});

describe("a victim that stands before the requester", () => {
  test("leaves the batch, and its tokens return to the budget", () => {
    // a holds 4 blocks, b 1, c 3. When b needs its second one, a gives way; of 14 tokens 13 are left for c.
    const s = aScheduler({ blocks: 8, budget: 14, policy: "priority", reserve: false });
    s.add(13, 9, { priority: 9 });
    s.step();
    s.add(4, 9, { priority: 1 });
    s.add(50, 9, { priority: 2 });
    expect(s.steps(2)).toEqual(["a1 b4 c9", "b1 c13 | preempted a14"]);
  });

  test("moves the cursor with the list when this step had served it: nobody is left out", () => {
    const s = aScheduler({ blocks: 3, policy: "priority" });
    s.add(2, 9, { priority: 9 });
    s.step();
    s.add(4, 9, { priority: 1 });
    s.add(2, 9, { priority: 2 });
    expect(s.steps(2)).toEqual(["a1 b4 c2", "b1 c1 | preempted a3"]);
  });

  test("does not move the cursor when this step had skipped it: the next one is left out", () => {
    // The third step skips a, which is certain to finish; then b needs a block.
    const s = aScheduler({ blocks: 3, policy: "priority", async: true });
    s.add(2, 2, { priority: 9 });
    s.step();
    s.add(4, 9, { priority: 1 });
    s.add(1, 9, { priority: 2 });
    expect(s.steps(2)).toEqual(["a1 b4 c1", "b1 | preempted a3 | finished a"]);
  });
});

test("a requester that is its own victim ends the step: nobody after it, nobody from the queue", () => {
  const s = aScheduler({ blocks: 3, policy: "priority" });
  s.add(7, 9, { priority: 9 });
  s.step();
  s.add(2, 9, { priority: 1 });
  s.step();
  s.add(2, 9, { priority: 5 });
  expect(s.steps(2)).toEqual(["nothing | preempted a8", "b1 c2"]);
});

describe("a preempted request", () => {
  test("frees its blocks tail first, so that the deepest is taken first", () => {
    const s = aScheduler({ blocks: 4 });
    s.add(8, 9);
    s.add(7, 9);
    expect(s.steps(2)).toEqual(["a8 b7", "a1 | preempted b7"]);
    expect(s.blocks("a")).toBe("1 2 4");
  });

  test("computes everything again, and keeps its output", () => {
    const s = aScheduler({ blocks: 2 });
    s.add(4, 2);
    s.add(4, 3);
    expect(s.steps(4)).toEqual([
      "a4 b4",
      "a1 | preempted b4 | finished a",
      "b5",
      "b1 | finished b",
    ]);
  });

  test("goes to the front of the queue under FCFS", () => {
    const s = aScheduler({ blocks: 3, seqs: 3 });
    for (const prompt of [4, 4, 3, 1]) s.add(prompt, 9);
    expect(s.steps(2)).toEqual(["a4 b4 c3", "a1 | preempted c3 b4"]);
    expect(s.waiting).toBe("b c d");
  });

  test("goes where its key puts it under priority", () => {
    const s = aScheduler({ blocks: 2, policy: "priority" });
    s.add(4, 9, { priority: 1 });
    s.add(3, 9, { priority: 3 });
    s.step();
    s.add(4, 9, { priority: 2 });
    s.add(4, 9, { priority: 4 });
    expect(s.step()).toBe("a1 | preempted b3");
    expect(s.waiting).toBe("c b d");
  });
});

describe.each([
  ["known content", "BBBBB", "CCCCC"],
  ["content that nobody else has", 5, 5],
])("a resumed request with prefix caching, %s", (_, prompt, output) => {
  test("hits what it had of prompt and output", () => {
    const s = aScheduler({ blockSize: 2, blocks: 6, caching: true });
    s.add(2, 4);
    s.add(prompt, output);
    expect(s.steps(5).slice(3)).toEqual(["a1 | preempted b7 | finished a", "b2 | hit b6"]);
  });

  test("hits no more than what was not evicted: its deepest block is the first to go", () => {
    const s = aScheduler({ blockSize: 2, blocks: 6, caching: true });
    s.add(4, 4);
    s.add(prompt, output);
    expect(s.steps(5).slice(2)).toEqual(["a1 | preempted b6", "a1 | finished a", "b3 | hit b4"]);
  });
});

test("a resumed request without prefix caching computes everything anew", () => {
  const s = aScheduler({ blockSize: 2, blocks: 6 });
  s.add(2, 4);
  s.add(5, 5);
  expect(s.steps(5).at(-1)).toBe("b8");
});
