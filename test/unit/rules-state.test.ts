/** State: who runs, who waits, and what a request still needs. */
import { expect, test } from "vitest";
import { replayScenario } from "../../scripts/replay-scenario.mjs";
import * as lab from "../../src/scheduler/index.js";
import { aScenario } from "../support/recorded-scenario.js";
import { aScheduler } from "../support/scheduler.js";

test("running is a list in order of admission", () => {
  const s = aScheduler({ policy: "priority" });
  s.add(4, 9, { priority: 2 });
  s.step();
  s.add(4, 9, { priority: 3 });
  s.add(4, 9, { priority: 1 });
  s.step();
  expect(s.running).toBe("a c b");
});

test("under FCFS waiting is a queue in order of arrival", () => {
  const s = aScheduler({ seqs: 1 });
  for (const priority of [3, 2, 1]) s.add(4, 9, { priority });
  s.step();
  expect(s.waiting).toBe("b c");
});

test("under priority waiting is ordered by priority, then arrival time, then id", () => {
  const s = aScheduler({ policy: "priority" });
  s.add(4, 9, { priority: 1, arrival: 0, rank: 0 });
  s.add(4, 9, { priority: 0, arrival: 7, rank: 1 });
  s.add(4, 9, { priority: 0, arrival: 5, rank: 3 });
  s.add(4, 9, { priority: 0, arrival: 5, rank: 2 });
  expect(s.waiting).toBe("d c b a");
  s.step();
  expect(s.running).toBe("d c b a");
});

test("ids compare as strings: r10 comes before r9", () => {
  const scenario = aScenario({
    scheduler: { max_num_seqs: 1, policy: "priority" },
    requests: ["r9", "r10"].map((id) => ({ id, prompt: [[1, 0, 4]] })),
  });
  expect(replayScenario(scenario, lab).map((row) => row.sch)).toEqual([[[1, 4]], [[0, 4]]]);
});

test("a request needs known − computed tokens, prompt and generated alike", () => {
  const s = aScheduler({ budget: 6 });
  s.add(10, 3);
  expect(s.steps(4)).toEqual(["a6", "a4", "a1", "a1 | finished a"]);
});
