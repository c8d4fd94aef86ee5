/** Where a request ends or is refused, and what limits how many are in prefill. */
import { describe, expect, test } from "vitest";
import { admissionCheck } from "../../src/engine/admission.js";
import { LivelockGuard } from "../../src/engine/progress-guards.js";
import { Batch } from "../../src/scheduler/index.js";
import { resolve } from "../../src/simulation/resolve.js";
import { tinyConfig } from "../support/configs.js";
import { aScheduler } from "../support/scheduler.js";

test("a request ends at output = max_tokens", () => {
  const s = aScheduler();
  s.add(4, 50, { maxTokens: 2 });
  expect(s.steps(2)).toEqual(["a4", "a1 | finished a"]);
});

test("a request ends at prompt + output = max_model_len", () => {
  const s = aScheduler({ maxLen: 6 });
  s.add(4, 50);
  expect(s.steps(2)).toEqual(["a4", "a1 | finished a"]);
});

test("a request ends where the model stops, before max_tokens", () => {
  const s = aScheduler();
  s.add(4, 2, { maxTokens: 50 });
  expect(s.steps(2)).toEqual(["a4", "a1 | finished a"]);
});

test("max_tokens, where a workload does not say, is the length of the output", () => {
  const s = aScheduler();
  s.add(4, 7);
  expect(s.request("a").maxTokens).toBe(7);
});

test("a prompt of max_model_len or more is refused before it reaches the scheduler", () => {
  const reason = (prompt: number) => {
    const s = aScheduler({ maxLen: 8 });
    s.add(prompt, 1);
    return admissionCheck(s.settings, s.kvCache)(s.request("a"));
  };
  expect(reason(8)).toMatch("the prompt leaves no room for output");
  expect(reason(7)).toBeUndefined();
});

describe("several prompts in prefill", () => {
  const firstSteps = (partialPrefills: number | undefined) => {
    const s = aScheduler({ threshold: 4, partialPrefills });
    for (const prompt of [10, 10, 3]) s.add(prompt, 9);
    return s.steps(3);
  };

  test("are not limited, as in vLLM", () => {
    expect(firstSteps(undefined)).toEqual(["a4 b4 c3", "a4 b4 c1", "a2 b2 c1"]);
  });

  test("are limited where a config sets max_num_partial_prefills, our extension", () => {
    expect(firstSteps(1)).toEqual(["a4", "a4", "a2 b4 c3"]);
    expect(firstSteps(2)).toEqual(firstSteps(undefined));
  });
});

test("more than one partial prefill makes the threshold floor(0.04 × max_model_len), where none is given", () => {
  const threshold = (scheduler: object) =>
    resolve(tinyConfig({ model: { maxSeqLen: 8192 }, scheduler })).deployment.scheduler
      .longPrefillTokenThreshold;
  expect(threshold({ maxNumPartialPrefills: 2 })).toBe(327);
  expect(threshold({ maxNumPartialPrefills: 2, longPrefillTokenThreshold: 9 })).toBe(9);
  expect(threshold({})).toBe(0);
});

describe("aborts", () => {
  test("a running request leaves at once and frees its blocks", () => {
    const s = aScheduler({ blocks: 5 });
    for (const prompt of [8, 4]) s.add(prompt, 9);
    s.step();
    s.abort("a");
    expect([s.running, s.numFree]).toEqual(["b", 4]);
    expect(s.step()).toBe("b1");
  });

  test("a waiting request leaves the queue, from the middle too", () => {
    const s = aScheduler({ seqs: 1 });
    for (const output of [1, 9, 1]) s.add(4, output);
    s.step();
    s.abort("b");
    expect(s.waiting).toBe("c");
    expect(s.step()).toBe("c4 | finished c");
  });

  test("a preempted request leaves the queue", () => {
    const s = aScheduler({ blocks: 2 });
    for (const prompt of [4, 4]) s.add(prompt, 2);
    s.steps(2);
    s.abort("b");
    expect([s.isIdle, s.numFree]).toEqual([true, 2]);
  });

  test("what an aborted request has in flight is discarded", () => {
    const s = aScheduler({ async: true });
    s.add(4, 9);
    s.step();
    s.abort("a");
    expect(s.step()).toBe("nothing");
    expect(s.request("a").numOutputTokens).toBe(0);
  });
});

describe("the trap of equal keys under priority", () => {
  // Two prompts of four blocks that four blocks have to serve, one block a step.
  const s = (arrivals: [number, number]) => {
    const s = aScheduler({ blocks: 4, threshold: 4, reserve: false, policy: "priority" });
    for (const arrival of arrivals) s.add(16, 1, { arrival });
    return s;
  };

  test("two requests with equal (priority, arrival time) preempt each other for ever", () => {
    expect(s([0, 0]).steps(8).slice(3)).toEqual([
      "b4 a4",
      "nothing | preempted b12",
      "a4 b4",
      "b4 | preempted a8",
      "b4 a4",
    ]);
  });

  test("distinct order keys make progress, and simulated requests have them", () => {
    const steps = s([0, 1]).steps(9);
    expect(steps).toContain("a4 | finished a");
    expect(steps).toContain("b4 | finished b");
    const simulated = aScheduler();
    for (let i = 0; i < 2; i++) simulated.add(4, 1);
    expect(simulated.request("a").arrivalOrder).toBeLessThan(simulated.request("b").arrivalOrder);
  });

  test("the engine's progress guard ends such a run with an error that says so", () => {
    const guard = new LivelockGuard(0);
    const equal = s([0, 0]);
    const run = (numSteps: number) => {
      for (let i = 0; i < numSteps; i++) {
        const batch = equal.schedule();
        guard.onFormed(batch);
        if (equal.update().numDelivered > 0) guard.onProgress();
      }
    };
    expect(() => run(1000)).not.toThrow();
    expect(() => run(2000)).toThrow("requests preempt each other for ever");
    guard.onProgress();
    expect(() => guard.onFormed(new Batch([Infinity]))).not.toThrow();
  });
});
