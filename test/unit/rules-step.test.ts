/** One step, and its phase 1: the running requests. */
import { expect, test } from "vitest";
import { aScheduler } from "../support/scheduler.js";

test("running requests come before waiting ones, whatever their priority", () => {
  const s = aScheduler({ policy: "priority", budget: 4 });
  s.add(4, 9, { priority: 9 });
  s.step();
  s.add(10, 9, { priority: 0 });
  expect(s.step()).toBe("a1 b3");
});

test("running requests are scheduled in list order while budget is left", () => {
  const s = aScheduler({ budget: 8, threshold: 5 });
  s.add(20, 9);
  s.add(20, 9);
  expect(s.steps(2)).toEqual(["a5 b3", "a5 b3"]);
});

test("nobody is admitted in a step that preempted", () => {
  // b fits again at once: a took one of the two blocks that were free after b's preemption, and b's chunk needs one.
  const s = aScheduler({ blocks: 3, threshold: 4, reserve: false });
  s.add(4, 9);
  s.add(8, 9);
  expect(s.steps(3)).toEqual(["a4 b4", "a1 | preempted b4", "a1 b4"]);
});

test("computed counts advance when the step is formed, tokens come when it was executed", () => {
  const s = aScheduler();
  s.add(4, 9);
  s.schedule();
  expect(s.request("a")).toMatchObject({ numComputedTokens: 4, numOutputTokens: 0 });
  s.update();
  expect(s.request("a")).toMatchObject({ numComputedTokens: 4, numOutputTokens: 1 });
});

test("one token for every request whose known tokens are all computed, none for the others", () => {
  const s = aScheduler({ budget: 6 });
  s.add(4, 9);
  s.add(4, 9);
  s.step();
  expect([s.request("a").numOutputTokens, s.request("b").numOutputTokens]).toEqual([1, 0]);
});

test("the finished are freed in the same update", () => {
  const s = aScheduler({ blocks: 5 });
  s.add(9, 1);
  s.schedule();
  expect(s.numFree).toBe(2);
  s.update();
  expect([s.numFree, s.running]).toEqual([5, ""]);
});

test("the threshold cuts what a running request gets, 0 cuts nothing", () => {
  const prefill = (threshold: number) => {
    const s = aScheduler({ threshold, budget: 7 });
    s.add(14, 9);
    return s.steps(4);
  };
  expect(prefill(5)).toEqual(["a5", "a5", "a4", "a1"]);
  expect(prefill(0)).toEqual(["a7", "a7", "a1", "a1"]);
  expect(prefill(7)).toEqual(prefill(0));
});

test("a running request stops at max_model_len − 1 computed tokens, and the walk goes on", () => {
  // Ahead of a's last token a seventh position would be computed, were it not for the limit of six tokens.
  const s = aScheduler({ async: true, maxLen: 6 });
  s.add(4, 50);
  s.add(2, 50);
  expect(s.steps(4)).toEqual(["a4 b2", "a1 b1", "b1 | finished a", "b1"]);
});
