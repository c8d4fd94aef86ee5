/** Phase 2: who is admitted, and for how many tokens. */
import { describe, expect, test } from "vitest";
import { aScheduler, chunkedLocal, full, type Setup, swa } from "../support/scheduler.js";

test("requests are admitted while budget is left", () => {
  const s = aScheduler({ budget: 8 });
  for (const prompt of [4, 4, 4]) s.add(prompt, 9);
  expect(s.step()).toBe("a4 b4");
});

test("requests are admitted while fewer than max_num_seqs run", () => {
  const s = aScheduler({ seqs: 2 });
  for (const output of [1, 9, 9]) s.add(4, output);
  expect(s.steps(2)).toEqual(["a4 b4 | finished a", "b1 c4"]);
});

test("admission is strictly head of line: what does not fit holds up what would", () => {
  const s = aScheduler({ blocks: 3 });
  for (const prompt of [4, 12, 4]) s.add(prompt, 9);
  expect(s.step()).toBe("a4");
  expect(s.waiting).toBe("b c");
});

test("admitted requests are appended to running", () => {
  const s = aScheduler();
  s.add(4, 9);
  s.step();
  s.add(4, 9);
  s.step();
  expect(s.running).toBe("a b");
});

test("n = known − cached, the prefix being looked up over known − 1 tokens", () => {
  const s = aScheduler({ caching: true });
  s.add("AAAA BBBB", 9);
  s.step();
  s.add("AAAA BBBB C", 9);
  expect(s.step()).toBe("a1 b1 | hit b8");
});

test("a full hit still recomputes the last block", () => {
  for (const groups of [[full()], [full(), swa(5)]]) {
    const s = aScheduler({ groups, caching: true, retention: null });
    s.add("AAAA BBBB", 9);
    s.step();
    s.add("AAAA BBBB", 9);
    expect(s.step()).toBe("a1 b4 | hit b4");
  }
});

test("a request that did not fit is looked up again: what was registered since may let it fit", () => {
  // b needs four blocks less those that a has filled; a's fourth step fills one without taking another.
  const s = aScheduler({ blocks: 4, threshold: 3, caching: true });
  for (let i = 0; i < 2; i++) s.add("AAAA BBBB CCCC D", 9);
  expect(s.steps(4)).toEqual(["a3", "a3", "a3", "a3 b1 | hit b12"]);
});

test.each(["paged", "shared"] as const)(
  "a request whose first chunk did not fit is asked again when the step leaves it a shorter one",
  (cache) => {
    const s = aScheduler({ ...sevenBlocks, cache });
    s.add("AAAA BBBB CCCC", 1);
    s.steps(2);
    s.add(8, 1);
    s.step();
    s.add(5, 9);
    s.step();
    // Free are a's three blocks, to be evicted first, and two more. d hits 12 tokens, and nine more need six blocks.
    s.add("AAAA BBBB CCCC DDDD EEEE FFFF", 1, { priority: 2 });
    expect(s.step()).toBe("c1");
    // e takes one of a's. Hitting 8, with eight more, d needs the four that are left.
    s.add(1, 1, { priority: 1 });
    expect(s.step()).toBe("c1 e1 d8 | hit d8 | finished e");
  },
);

const sevenBlocks: Setup = {
  blocks: 7,
  budget: 10,
  reserve: false,
  caching: true,
  policy: "priority",
};

describe("the first chunk", () => {
  test("is cut by the threshold", () => {
    const s = aScheduler({ threshold: 4 });
    s.add(10, 9);
    expect(s.step()).toBe("a4");
  });

  test("is cut by the budget with chunked prefill", () => {
    const s = aScheduler({ budget: 8 });
    for (const prompt of [6, 4]) s.add(prompt, 9);
    expect(s.steps(2)).toEqual(["a6 b2", "a1 b2"]);
  });

  test("without chunked prefill what exceeds the budget stops admission", () => {
    const s = aScheduler({ chunked: false, budget: 8 });
    for (const prompt of [6, 4, 1]) s.add(prompt, 9);
    expect(s.steps(2)).toEqual(["a6", "a1 b4 c1"]);
  });

  test("is cut by the threshold first, without chunked prefill too", () => {
    const s = aScheduler({ chunked: false, budget: 8, threshold: 3 });
    s.add(20, 9);
    expect(s.steps(2)).toEqual(["a3", "a3"]);
  });
});

describe("full-prompt reservation", () => {
  // After a's two blocks three are left; one token of budget is left for b's first chunk.
  const firstStep = (prompt: number, setup: Setup) => {
    const s = aScheduler({ blocks: 5, budget: 9, ...setup });
    s.add(8, 9);
    s.add(prompt, 99);
    return s.step();
  };

  test("all known tokens must fit, not only the first chunk, and not max_tokens", () => {
    expect(firstStep(13, { reserve: true })).toBe("a8");
    expect(firstStep(12, { reserve: true })).toBe("a8 b1");
  });

  test("when off, the first chunk is enough", () => {
    expect(firstStep(13, { reserve: false })).toBe("a8 b1");
  });

  test("counts the output of a resumed request among the known tokens", () => {
    const s = aScheduler({ blocks: 3, threshold: 4 });
    s.add(4, 7);
    s.add(4, 9);
    // Only one block is free beside a, enough for four of b's five known tokens.
    expect(s.steps(3)).toEqual(["a4 b4", "a1 | preempted b4", "a1"]);
  });

  test("is a check and reserves nothing", () => {
    const s = aScheduler({ blocks: 5, threshold: 4 });
    s.add(16, 9);
    s.add(16, 9);
    expect(s.step()).toBe("a4 b4");
  });
});

describe("the watermark", () => {
  // a holds one block of 19; floor(0.05 × 20) = 1 must stay free.
  const secondStep = (prompt: number, setup: Setup) => {
    const s = aScheduler({ blocks: 19, watermark: 0.05, ...setup });
    s.add(2, 9);
    s.step();
    s.add(prompt, 9);
    return s.step();
  };

  test("is floor(fraction × num_blocks), the null block included", () => {
    expect(secondStep(72, {})).toBe("a1");
    expect(secondStep(68, {})).toBe("a1 b68");
    expect(secondStep(72, { watermark: 0.0499 })).toBe("a1 b72");
  });

  test("must stay free after the first chunk too", () => {
    expect(secondStep(72, { reserve: false })).toBe("a1");
    expect(secondStep(68, { reserve: false })).toBe("a1 b68");
  });

  test("must stay free after the whole prompt", () => {
    expect(secondStep(72, { budget: 5 })).toBe("a1");
  });

  test("is ignored while nothing runs", () => {
    const s = aScheduler({ blocks: 19, watermark: 0.5 });
    s.add(76, 9);
    expect(s.step()).toBe("a76");
  });

  test("is no limit for running requests", () => {
    const s = aScheduler({ blocks: 2, watermark: 0.9 });
    s.add(4, 9);
    expect(s.steps(2)).toEqual(["a4", "a1"]);
  });
});

describe("cached hit blocks in the free list", () => {
  // a leaves two cached blocks behind, b holds one of four.
  const s = (numB: number) => {
    const s = aScheduler({ blocks: 4, caching: true });
    s.add("AAAA BBBB C", 1);
    s.step();
    s.add(numB, 9);
    s.step();
    return s;
  };

  test("count as needed", () => {
    const tight = s(1);
    tight.add("AAAA BBBB CCCC D", 9);
    expect(tight.step()).toBe("b1");
    const enough = s(1);
    enough.add("AAAA BBBB C", 9);
    expect(enough.step()).toBe("b1 c1 | hit c8");
  });

  test("count as needed for the first chunk too", () => {
    const s = aScheduler({ blocks: 4, caching: true, reserve: false });
    s.add("AAAA BBBB C", 1);
    s.step();
    s.add(5, 9);
    s.step();
    s.add("AAAA BBBB C", 9);
    expect(s.step()).toBe("b1");
  });

  test("cost nothing while somebody holds them", () => {
    const s = aScheduler({ blocks: 4, caching: true });
    s.add("AAAA BBBB C", 9);
    s.step();
    s.add("AAAA BBBB D", 9);
    expect(s.step()).toBe("a1 b1 | hit b8");
  });
});

describe("the admission cap of a windowed group", () => {
  // A prompt of ten blocks, of which a step computes two.
  const admitted = (group: ReturnType<typeof swa>, blocks: number, setup: Setup = {}) => {
    const s = aScheduler({ groups: [group], blocks, budget: 8, ...setup });
    s.add(40, 1);
    return s.step() === "a8";
  };

  test("sliding window: ceil((window − 1 + F) / block size) + 1 blocks, F being the budget", () => {
    expect([admitted(swa(5), 4), admitted(swa(5), 3)]).toEqual([true, false]);
    expect([admitted(swa(6), 5), admitted(swa(6), 4)]).toEqual([true, false]);
  });

  test("chunked local: ceil((chunk + F) / block size) blocks, without one more", () => {
    expect([admitted(chunkedLocal(8), 4), admitted(chunkedLocal(8), 3)]).toEqual([true, false]);
  });

  test("F is twice the budget with asynchronous scheduling", () => {
    const async = { async: true };
    expect([admitted(swa(5), 6, async), admitted(swa(5), 5, async)]).toEqual([true, false]);
    const chunked = chunkedLocal(8);
    expect([admitted(chunked, 6, async), admitted(chunked, 5, async)]).toEqual([true, false]);
  });

  test("limits the check of the whole prompt, not that of the first chunk", () => {
    // The one block of the hit is free, but none for the token after it.
    const s = aScheduler({ groups: [swa(5)], blocks: 4, budget: 8, caching: true });
    const prompt = "A".repeat(40);
    s.add(prompt + "B", 1);
    s.steps(6);
    for (let i = 0; i < 3; i++) s.add(1, 9);
    s.step();
    s.add(prompt + "C", 9);
    expect([s.cached(prompt + "C"), s.numFree]).toEqual([40, 1]);
    expect(s.step()).toBe("b1 c1 d1");
  });
});
