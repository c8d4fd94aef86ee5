/** Conservation of physical blocks, under prefix sharing, preemption, aborts and all kinds of layers. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  Batch,
  type KvCacheGroup,
  PagedKvCache,
  policiesByName,
  Request,
  Scheduler,
} from "../../src/scheduler/index.js";

/** Requests of one family have the same first tokens, as many as the shorter of them says. */
interface Wish {
  readonly arrivalStep: number;
  readonly abortStep?: number;
  readonly family: number;
  readonly numShared: number;
  readonly numPromptTokens: number;
  readonly numOutputTokens: number;
}

interface Scenario {
  readonly policy: string;
  readonly blockSize: number;
  readonly numBlocks: number;
  readonly layers: "full" | "sliding" | "both";
  readonly budget: number;
  readonly asyncScheduling: boolean;
  readonly useDecodeSet: boolean;
  readonly wishes: readonly Wish[];
}

const int = (min: number, max: number) => fc.integer({ min, max });

const arbWish: fc.Arbitrary<Wish> = fc.record(
  {
    arrivalStep: int(0, 20),
    abortStep: int(0, 40),
    family: int(0, 2),
    numShared: int(0, 60),
    numPromptTokens: int(1, 40),
    numOutputTokens: int(1, 30),
  },
  { requiredKeys: ["arrivalStep", "family", "numShared", "numPromptTokens", "numOutputTokens"] },
);

const arbScenario: fc.Arbitrary<Scenario> = fc.record({
  policy: fc.constantFrom("fcfs", "priority", "stf"),
  blockSize: int(1, 6),
  numBlocks: int(10, 80),
  layers: fc.constantFrom("full", "full", "sliding", "both"),
  budget: int(1, 64),
  asyncScheduling: fc.boolean(),
  useDecodeSet: fc.boolean(),
  wishes: fc.array(arbWish, { minLength: 1, maxLength: 12 }),
});

const MAX_MODEL_LEN = 80;

class Deployment {
  readonly kvCache: PagedKvCache;
  readonly scheduler: Scheduler;
  readonly #scenario: Scenario;
  readonly #requests: Request[];

  constructor(scenario: Scenario) {
    const { policy, numBlocks, blockSize, layers, budget, asyncScheduling } = scenario;
    this.#scenario = scenario;
    const full: KvCacheGroup = { type: "full", blockSize };
    const sliding: KvCacheGroup = { type: "swa", slidingWindow: 9, blockSize };
    const settings = { maxModelLen: MAX_MODEL_LEN, maxNumBatchedTokens: budget, asyncScheduling };
    this.kvCache = new PagedKvCache({
      ...settings,
      numBlocks,
      groups: { full: [full], sliding: [sliding], both: [full, sliding, sliding] }[layers],
      enablePrefixCaching: true,
      retentionInterval: null,
    });
    this.scheduler = new Scheduler(
      {
        ...settings,
        maxNumSeqs: 6,
        enableChunkedPrefill: true,
        longPrefillTokenThreshold: 0,
        schedulerReserveFullIsl: true,
        watermark: 0,
        maxNumPartialPrefills: undefined,
        enablePreemptionFree: false,
      },
      this.kvCache,
      policiesByName[policy]!(),
      scenario,
    );
    this.#requests = scenario.wishes.map((wish, i) => {
      const { family, numShared, numPromptTokens, numOutputTokens } = wish;
      const numKeys = Math.floor(
        Math.min(numShared, numPromptTokens + numOutputTokens) / blockSize,
      );
      const blockKeys = Int32Array.from({ length: numKeys }, (_, key) => 100 * family + key);
      const spec = { arrivalTime: i, numPromptTokens, numOutputTokens, blockKeys };
      return new Request(spec, i, MAX_MODEL_LEN);
    });
  }

  /** Runs to the end, and shows itself after every change. */
  run(onChange: () => void): void {
    const { wishes, asyncScheduling } = this.#scenario;
    const { scheduler } = this;
    const inFlight: Batch[] = [];
    const live = new Set<Request>();
    for (let step = 0; step < 2000; step++) {
      this.#requests.forEach((request, i) => {
        const isServable = this.kvCache.maxBlocksFor(MAX_MODEL_LEN) <= this.kvCache.numUsableBlocks;
        if (wishes[i]!.arrivalStep !== step || !isServable) return;
        scheduler.add(request);
        live.add(request);
      });
      this.#requests.forEach((request, i) => {
        if (wishes[i]!.abortStep !== step || !live.delete(request)) return;
        scheduler.abort(request);
        onChange();
      });
      const batch = new Batch([Infinity, 9]);
      scheduler.schedule(step, batch);
      inFlight.push(batch);
      onChange();
      const mayWait = asyncScheduling && inFlight.length < 2 && scheduler.hasRequests;
      if (mayWait) continue;
      const done = inFlight.shift()!;
      scheduler.update(step, done);
      for (const request of done.finished) live.delete(request);
      onChange();
      if (step > 40 && live.size === 0 && inFlight.every((b) => b.isEmpty)) return;
    }
    throw new Error("the scenario does not end");
  }

  /** Blocks in all tables: [block, what it holds], once per holder. */
  *held(): Generator<[number, string]> {
    for (const request of this.#requests) {
      for (const [group, table] of (request.blockTables?.tables ?? []).entries()) {
        for (const [i, block] of table.entries()) {
          if (block === 0) continue;
          const key = request.blockKeys?.[i] ?? `request ${request.index}`;
          yield [block, `group ${group}, position ${i}, content ${key}`];
        }
      }
    }
  }
}

test("free + held blocks = all, at every moment, and all are free at the end", () => {
  fc.assert(
    fc.property(arbScenario, (scenario) => {
      const deployment = new Deployment(scenario);
      const { numUsableBlocks } = deployment.kvCache;
      deployment.run(() => {
        const held = new Set([...deployment.held()].map(([block]) => block));
        expect(held.size + deployment.kvCache.numFreeBlocks).toBe(numUsableBlocks);
      });
      expect(deployment.kvCache.numFreeBlocks).toBe(numUsableBlocks);
    }),
  );
});

test("a block is in two tables only if they share what it holds", () => {
  fc.assert(
    fc.property(arbScenario, (scenario) => {
      const deployment = new Deployment(scenario);
      deployment.run(() => {
        const contents = new Map<number, string>();
        for (const [block, content] of deployment.held()) {
          expect(contents.get(block) ?? content).toBe(content);
          contents.set(block, content);
        }
      });
    }),
  );
});

test("blocks are shared at all", () => {
  const wish = {
    arrivalStep: 0,
    family: 1,
    numShared: 32,
    numPromptTokens: 36,
    numOutputTokens: 4,
  };
  const deployment = new Deployment({
    policy: "fcfs",
    blockSize: 4,
    numBlocks: 50,
    layers: "full",
    budget: 40,
    asyncScheduling: false,
    useDecodeSet: true,
    wishes: [wish, { ...wish, arrivalStep: 1 }],
  });
  let mostShared = 0;
  deployment.run(() => {
    const held = [...deployment.held()].map(([block]) => block);
    mostShared = Math.max(mostShared, held.length - new Set(held).size);
  });
  expect(mostShared).toBe(8);
});
