/** Asynchronous scheduling: a batch is formed while the one before it is in flight. */
import { describe, expect, test } from "vitest";
import { type CostModel, Simulation } from "../../src/index.js";
import { tinyConfig } from "../support/configs.js";
import { aScheduler } from "../support/scheduler.js";

test("finishing, freeing and admission come one step later", () => {
  const run = (async: boolean) => {
    const s = aScheduler({ async, seqs: 1 });
    for (let i = 0; i < 2; i++) s.add(4, 1);
    return s.steps(3);
  };
  expect(run(false)).toEqual(["a4 | finished a", "b4 | finished b", "nothing"]);
  expect(run(true)).toEqual(["a4", "nothing | finished a", "b4"]);
});

test("a sampled token is a placeholder that counts as known", () => {
  const s = aScheduler({ async: true });
  s.add(4, 9);
  s.schedule();
  expect(s.request("a").numOutputPlaceholders).toBe(1);
  s.schedule();
  expect(s.request("a")).toMatchObject({ numComputedTokens: 5, numOutputPlaceholders: 2 });
  s.update();
  expect(s.request("a")).toMatchObject({ numOutputTokens: 1, numOutputPlaceholders: 1 });
});

test("a placeholder is added only where the advanced computed count reaches what is known", () => {
  const s = aScheduler({ async: true, budget: 4 });
  s.add(6, 9);
  const placeholders = Array.from({ length: 3 }, () => {
    s.schedule();
    return s.request("a").numOutputPlaceholders;
  });
  expect(placeholders).toEqual([0, 1, 2]);
});

test("growing the batch in flight does not lose its sample flags", () => {
  const s = aScheduler({ async: true, budget: 4 });
  s.add(8, 9);
  const outputs = Array.from({ length: 4 }, () => s.step() && s.request("a").numOutputTokens);
  expect(outputs).toEqual([0, 0, 1, 2]);
});

describe("a request that is certain to finish", () => {
  test("is not scheduled again, but keeps its slot and its blocks until the update", () => {
    const s = aScheduler({ async: true, seqs: 1, blocks: 3 });
    s.add(4, 2);
    s.add(4, 1);
    expect(s.steps(2)).toEqual(["a4", "a1"]);
    expect(s.schedule().scheduled.length).toBe(0);
    expect([s.running, s.numFree]).toEqual(["a", 1]);
    s.update();
    expect([s.running, s.numFree]).toEqual(["", 3]);
  });

  test("is so by max_tokens: where the model stops cannot be foreseen", () => {
    const s = aScheduler({ async: true });
    s.add(4, 2, { maxTokens: 9 });
    expect(s.steps(4)).toEqual(["a4", "a1", "a1 | finished a", "nothing"]);
    expect(s.request("a").numOutputTokens).toBe(2);
  });

  test("is so only with a placeholder: the first token of a one-token output is still computed", () => {
    const s = aScheduler({ async: true, budget: 3 });
    s.add(4, 1);
    expect(s.steps(3)).toEqual(["a3", "a1", "nothing | finished a"]);
  });
});

describe("registration", () => {
  test("the known tokens at scheduling exclude placeholders", () => {
    const s = aScheduler({ async: true, caching: true });
    s.add("AAA", "ABBBB");
    s.steps(2);
    // The step in flight computes the fourth token, which nobody knew when it was formed.
    expect(s.cached("AAAA C")).toBe(0);
    s.step();
    expect(s.cached("AAAA C")).toBe(4);
  });

  test("a request that finishes registers what it knows before it is freed", () => {
    const s = aScheduler({ async: true, caching: true });
    s.add("AAA", "AB");
    expect(s.steps(3)).toEqual(["a3", "a1", "nothing | finished a"]);
    expect(s.cached("AAAA C")).toBe(4);
  });

  test("a running request registers up to computed − placeholders at the update", () => {
    // In the fourth step b gets nothing, since a preempts itself; then b's fourth token is delivered.
    const s = aScheduler({ async: true, caching: true, blocks: 2, policy: "priority" });
    s.add(2, 9, { priority: 9 });
    s.step();
    s.add("AAA", "ABBBB", { priority: 1 });
    expect(s.steps(3)).toEqual(["a1 b3", "a1 b1", "nothing | preempted a4"]);
    expect(s.cached("AAAA C")).toBe(4);
  });
});

describe("a preempted request with a token in flight", () => {
  // In the second step a needs a block and b gives way, while the token of its first step is in flight.
  const run = (outputOfB: number) => {
    const s = aScheduler({ async: true, blocks: 2 });
    s.add(4, 2);
    s.add(4, outputOfB);
    return s;
  };

  test("still gets it, before it is admitted again", () => {
    expect(run(3).steps(4)).toEqual(["a4 b4", "a1 | preempted b4", "nothing | finished a", "b5"]);
  });

  test("may even finish while preempted", () => {
    const s = run(1);
    expect(s.steps(2)).toEqual(["a4 b4", "a1 | preempted b4 | finished b"]);
    expect([s.waiting, s.scheduler.numWaiting]).toEqual(["", 0]);
  });
});

test("the engine forms a step when the one before it starts to execute", () => {
  const prefillTimes = (asyncScheduling: boolean) => {
    const row = { numPromptTokens: 8, numOutputTokens: 4 };
    const trace = [0, 0.5].map((arrivalTime) => ({ arrivalTime, ...row }));
    const { hardware, model, scheduler } = tinyConfig({ scheduler: { asyncScheduling } });
    const config = { hardware, model, scheduler, workload: { trace }, costModel: oneSecond };
    const steps = [...new Simulation(config)].filter((event) => event.type === "step");
    return steps.filter((step) => step.numPrefills > 0).map((step) => step.time);
  };
  expect(prefillTimes(false)).toEqual([0, 1]);
  expect(prefillTimes(true)).toEqual([0, 2]);
});

const oneSecond: CostModel = {
  name: "one second",
  peakFlops: 1,
  peakBandwidth: 1,
  stepCost: (_, out) => void Object.assign(out, { seconds: 1, flops: 0, bytes: 0 }),
};
