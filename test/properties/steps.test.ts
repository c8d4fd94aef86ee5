/** What holds in every step of every run. */
import { describe, expect } from "vitest";
import type { RequestView } from "../../src/request/request.js";
import { resolve } from "../../src/simulation/resolve.js";
import { Simulation } from "../../src/simulation/simulation.js";
import { watch, watchSteps } from "../support/census.js";
import { finish, stallOf } from "../support/drives.js";
import { law } from "../support/law.js";

const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, n) => total + n, 0);

describe("conservation", () => {
  law("arrived = finished + rejected + aborted + waiting + running", (config) => {
    const { result, census } = watchSteps(config, (step, { numArrived, numEnded }) => {
      expect(step.numWaiting + step.numRunning).toBe(numArrived - numEnded);
    });
    const { total, completed, rejected, aborted, unfinished } = result.counts;
    expect(total).toBe(completed + rejected + aborted + unfinished);
    expect({ total, completed, rejected, aborted }).toEqual({
      total: census.numArrived,
      completed: census.numFinished,
      rejected: census.numRejected,
      aborted: census.numAborted,
    });
  });

  law("who was admitted and not preempted runs, everybody else waits", (config) => {
    watchSteps(config, (step, { running, waiting }) => {
      expect([step.numRunning, step.numWaiting]).toEqual([running.size, waiting.size]);
    });
  });

  law("requests with nothing to share hold the blocks of their computed tokens", (config) => {
    const { model, scheduler, kvCache } = resolve(config).deployment;
    if (model.numSlidingLayers > 0 || scheduler.asyncScheduling) return;
    const { blockSize } = kvCache.groups[0]!;
    watchSteps(config, (step, { running }) => {
      const numHeld = sum([...running].map((r) => Math.ceil(r.numComputedTokens / blockSize)));
      expect(step.kvCacheUsage).toBe(numHeld / (kvCache.numBlocks - 1));
    });
  });

  law("requests never hold more blocks than there are, and none at the end", (config) => {
    const simulation = new Simulation(config);
    const stall = stallOf(() => {
      for (const event of simulation) {
        if (event.type === "step") expect(event.kvCacheUsage).toBeLessThanOrEqual(1);
      }
    });
    if (stall === undefined) expect(simulation.progress().kvCacheUsage).toBe(0);
  });
});

describe("limits", () => {
  law("at most max_num_batched_tokens in a step, at most max_num_seqs running", (config) => {
    const { maxNumBatchedTokens, maxNumSeqs } = config.scheduler;
    watchSteps(config, (step) => {
      expect(step.numPrefillTokens + step.numDecodes).toBeLessThanOrEqual(maxNumBatchedTokens);
      expect(step.numRunning).toBeLessThanOrEqual(maxNumSeqs);
    });
  });

  law("at most max_num_partial_prefills partly computed prompts, where it is set", (config) => {
    const { maxNumPartialPrefills = Infinity } = config.scheduler;
    // With asynchronous scheduling the next step has been formed when this one is told of; who it preempted has nothing computed.
    const isPartial = (r: RequestView) =>
      r.numComputedTokens > 0 && r.numComputedTokens < r.numPromptTokens;
    watchSteps(config, (_, { running }) => {
      expect([...running].filter(isPartial).length).toBeLessThanOrEqual(maxNumPartialPrefills);
    });
  });

  law(
    "no prefill computes more than long_prefill_token_threshold at once, where it is set",
    (config) => {
      const threshold = resolve(config).deployment.scheduler.longPrefillTokenThreshold || Infinity;
      watchSteps(config, (step) => {
        for (const { numTokens } of step.batch()) expect(numTokens).toBeLessThanOrEqual(threshold);
      });
    },
  );

  law(
    "without chunked prefill and threshold, who is admitted computes all it knows at once",
    (config) => {
      const { longPrefillTokenThreshold, asyncScheduling } = resolve(config).deployment.scheduler;
      if (longPrefillTokenThreshold > 0 || asyncScheduling) return;
      const scheduler = { ...config.scheduler, enableChunkedPrefill: false };
      const admitted: RequestView[] = [];
      watch({ ...config, scheduler }, (event) => {
        if (event.type === "admission") admitted.push(event.request);
        if (event.type !== "step") return;
        for (const { numComputedTokens, numPromptTokens, numOutputTokens } of admitted.splice(0)) {
          expect(numComputedTokens).toBe(numPromptTokens + numOutputTokens);
        }
      });
    },
  );
});

law("the clock never goes back", (config) => {
  let now = 0;
  watch(config, ({ time }) => {
    expect(time).toBeGreaterThanOrEqual(now);
    now = time;
  });
});

law("a step starts when the last one has ended, takes time, and computes something", (config) => {
  let end = 0;
  watchSteps(config, (step) => {
    expect(step.time).toBeGreaterThanOrEqual(end);
    expect(step.duration).toBeGreaterThan(0);
    expect(step.numPrefills + step.numDecodes).toBeGreaterThan(0);
    end = step.time + step.duration;
  });
});

law("a step's batch is its requests, each once, with the tokens that are counted", (config) => {
  watchSteps(config, (step) => {
    const batch = step.batch();
    expect(batch).toHaveLength(step.numPrefills + step.numDecodes);
    expect(new Set(batch.map(({ request }) => request)).size).toBe(batch.length);
    expect(sum(batch.map(({ numTokens }) => numTokens))).toBe(
      step.numPrefillTokens + step.numDecodes,
    );
  });
});

law("nobody is admitted in a step that preempted, and every step is reported once", (config) => {
  const simulation = new Simulation(config);
  let numReports = 0;
  let numCompletions = 0;
  stallOf(() => {
    simulation.run({
      progressInterval: 1,
      onProgress({ numSteps, lastStep }) {
        expect(numSteps).toBe(++numReports);
        if (lastStep!.numPreemptions > 0) expect(lastStep!.numAdmissions).toBe(0);
        numCompletions += lastStep!.numCompletions;
      },
    });
  });
  const { counts, numSteps } = finish(simulation).result;
  expect([numReports, numCompletions]).toEqual([numSteps, counts.completed]);
});

law("the devices are idle only if nothing runs and nothing that waits could start", (config) => {
  const { enableChunkedPrefill, maxNumBatchedTokens } = config.scheduler;
  // An idle cache holds every request that was accepted; a preempted one may have outgrown a step's budget.
  const mayStart = (r: RequestView) =>
    enableChunkedPrefill || r.numPromptTokens + r.numOutputTokens <= maxNumBatchedTokens;
  let end = 0;
  let running: RequestView[] = [];
  let waiting: RequestView[] = [];
  const checkIdle = () => {
    expect(running).toEqual([]);
    if (waiting.length > 0) expect(waiting.every(mayStart)).toBe(false);
  };
  const { stall } = watch(config, (event, census) => {
    if (event.time > end) checkIdle();
    if (event.type === "step") end = event.time + event.duration;
    else end = Math.max(end, event.time);
    running = [...census.running];
    waiting = [...census.waiting];
  });
  if (stall?.includes("cannot go on")) checkIdle();
});
