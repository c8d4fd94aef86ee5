/** What a setting changes, and what it leaves alone. */
import { describe, expect } from "vitest";
import { RequestStatus } from "../../src/request/request.js";
import type {
  SchedulerConfig,
  SimulationConfig,
  WorkloadConfig,
} from "../../src/simulation/config.js";
import type { RequestColumns } from "../../src/simulation/result.js";
import { resolve } from "../../src/simulation/resolve.js";
import { type Outcome, run, seen } from "../support/drives.js";
import { law } from "../support/law.js";

const withScheduler = (config: SimulationConfig, scheduler: Partial<SchedulerConfig>) => ({
  ...config,
  scheduler: { ...config.scheduler, ...scheduler },
});

/** Everything but the config itself, what is said of it, and the seed. */
function results(outcome: Outcome) {
  const { summary, ...rest } = seen(outcome);
  const { config: _, notes: __, warnings: ___, ...numbers } = summary;
  return { ...rest, summary: numbers };
}

describe("preemption-free mode", () => {
  law("has no preemptions, whatever the config", (config) => {
    const { result } = run(withScheduler(config, { enablePreemptionFree: true }));
    expect(result.preemptions.total).toBe(0);
    expect(result.requests.numPreemptions.every((n) => n === 0)).toBe(true);
  });

  law("serves every request that it accepts", (config) => {
    const { stall } = run(withScheduler(config, { enablePreemptionFree: true }));
    if (stall !== undefined)
      expect(stall).toContain("every request of the closed loop ends the instant it arrives");
  });
});

describe("a setting that says nothing changes nothing", () => {
  law("a threshold of 0, where several partial prefills do not raise it", (config) => {
    const { longPrefillTokenThreshold: _, ...scheduler } = config.scheduler;
    const plain = withScheduler({ ...config, scheduler }, { maxNumPartialPrefills: undefined });
    const explicit = withScheduler(plain, { longPrefillTokenThreshold: 0 });
    expect(results(run(explicit))).toEqual(results(run(plain)));
  });

  law("a threshold that no step's budget reaches", (config) => {
    const { maxNumBatchedTokens } = config.scheduler;
    const chunked = { enableChunkedPrefill: true, maxNumPartialPrefills: undefined };
    const off = withScheduler(config, { ...chunked, longPrefillTokenThreshold: 0 });
    const high = withScheduler(off, { longPrefillTokenThreshold: maxNumBatchedTokens });
    expect(results(run(high))).toEqual(results(run(off)));
  });

  law("a watermark of 0, or of less than a block", (config) => {
    const { watermark: _, ...scheduler } = config.scheduler;
    const plain = { ...config, scheduler };
    const { numBlocks } = resolve(plain).deployment.kvCache;
    for (const watermark of [0, 0.99 / numBlocks]) {
      expect(results(run(withScheduler(plain, { watermark })))).toEqual(results(run(plain)));
    }
  });

  law("as many partial prefills as may run", (config) => {
    const threshold = resolve(config).deployment.scheduler.longPrefillTokenThreshold;
    const plain = withScheduler(config, {
      longPrefillTokenThreshold: threshold,
      maxNumPartialPrefills: undefined,
    });
    const limited = withScheduler(plain, { maxNumPartialPrefills: plain.scheduler.maxNumSeqs });
    expect(results(run(limited))).toEqual(results(run(plain)));
  });

  law("the number of blocks that follows from memory, and the devices", (config) => {
    const { hardware, kvCache } = resolve(config).deployment;
    const explicit = {
      ...withScheduler(config, { numGpuBlocks: kvCache.numBlocks }),
      hardware: { ...config.hardware, tensorParallel: hardware.tensorParallel },
    };
    expect(results(run(explicit))).toEqual(results(run(config)));
  });

  law("prefix caching, where nothing is ever preempted and nothing shared", (config) => {
    const calm = withScheduler(config, { enablePreemptionFree: true });
    const [on, off] = [true, false].map((enablePrefixCaching) => {
      const { summary, ...rest } = results(run(withScheduler(calm, { enablePrefixCaching })));
      return { ...rest, summary: { ...summary, prefix_cache: undefined } };
    });
    expect(on).toEqual(off);
  });
});

describe.each(["sof", "ltf", "priority"])("the policy %s", (policy) => {
  law("has the arrivals, lengths and rejections of fcfs", (config) => {
    const [a, b] = ["fcfs", policy].map(
      (p) => run(withScheduler(config, { policy: p })).result.requests,
    );
    // Users of a closed loop ask again when they have their answer.
    const isOpen = (config.workload as WorkloadConfig).arrivalPattern !== "closed_loop";
    const length = isOpen ? a!.length : Math.min(a!.length, b!.length);
    const sent = ({ arrivalTime, numPromptTokens, priority, status }: RequestColumns) =>
      Array.from({ length }, (_, i) => [
        isOpen && arrivalTime[i],
        numPromptTokens[i],
        priority[i],
        status[i] === RequestStatus.Rejected,
      ]);
    expect(sent(b!)).toEqual(sent(a!));
    if (isOpen) expect(b!.length).toBe(a!.length);
    for (let i = 0; i < length; i++) {
      const bothFinish = [a!, b!].every(({ status }) => status[i] === RequestStatus.Finished);
      if (bothFinish) expect(b!.numOutputTokens[i]).toBe(a!.numOutputTokens[i]);
    }
  });
});
