/** A config has one outcome, whoever drives the run, in whatever pieces, and whoever watches. */
import { describe, expect, test } from "vitest";
import { RequestStatus } from "../../src/request/request.js";
import { Simulation } from "../../src/simulation/simulation.js";
import { tinyConfig } from "../support/configs.js";
import { drives, finish, type Outcome, run, seen, stallOf } from "../support/drives.js";
import { law } from "../support/law.js";

describe.each(Object.entries(drives))("a run that is driven %s", (_, drive) => {
  law("has the outcome of run()", async (config) => {
    expect(seen(await drive(config))).toEqual(seen(run(config)));
  });
});

law("the same config twice has the same outcome", (config) => {
  expect(seen(run(config))).toEqual(seen(run(config)));
});

law(
  "the config in a result has the result again, but for notes on choices that are settled now",
  (config) => {
    const withoutNotes = (outcome: Outcome) => {
      const { summary, ...rest } = seen(outcome);
      return { ...rest, summary: { ...summary, notes: [] } };
    };
    const outcome = run(config);
    const again = run(JSON.parse(JSON.stringify(outcome.result.config)));
    expect(withoutNotes(again)).toEqual(withoutNotes(outcome));
  },
);

describe("a run that is stopped", () => {
  law("is marked as partial, accounts for the rest, and goes on to the same end", (config) => {
    const simulation = new Simulation(config);
    const stall = stallOf(() => {
      simulation.run({ progressInterval: 3, onProgress: () => false });
    });
    const { partial, counts, requests } = simulation.result();
    const { numRunning, numWaiting } = simulation.progress();
    expect(partial).toBe(!simulation.hasEnded);
    expect(counts.unfinished).toBe(numRunning + numWaiting);
    const live: number[] = [RequestStatus.Waiting, RequestStatus.Running, RequestStatus.Preempted];
    expect(requests.status.filter((status) => live.includes(status))).toHaveLength(
      counts.unfinished,
    );
    if (stall === undefined) expect(seen(finish(simulation))).toEqual(seen(run(config)));
  });

  test("is not partial if it was over", () => {
    const simulation = new Simulation(tinyConfig());
    expect(simulation.result().partial).toBe(true);
    expect(simulation.run().partial).toBe(false);
    expect(simulation.result().partial).toBe(false);
  });
});
