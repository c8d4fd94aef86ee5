/** Where no two requests begin alike, the cache without block ids answers as the paged one does, whoever is preempted when. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { KvCacheGroup } from "../../src/kv-cache/kv-cache-config.js";
import type { KvCache } from "../../src/kv-cache/kv-cache.js";
import { PagedKvCache } from "../../src/kv-cache/paged-kv-cache.js";
import { PrivateKvCache } from "../../src/kv-cache/private-kv-cache.js";
import { steadyLayout } from "../../src/kv-cache/steady-layout.js";
import { Request } from "../../src/request/request.js";

const MAX_MODEL_LEN = 64;
const NUM_REQUESTS = 5;

/** One request goes on, or is preempted. */
interface Turn {
  readonly request: number;
  readonly chunk: number;
  readonly isPreempted: boolean;
  /** It is preempted in the step in which it got its blocks, and computes nothing. */
  readonly losesStep: boolean;
}

const int = (min: number, max: number) => fc.integer({ min, max });

const arbGroup = fc.oneof(
  fc.constant({ type: "full" } as const),
  int(1, 24).map((slidingWindow) => ({ type: "swa", slidingWindow }) as const),
);

const arbScenario = fc.record({
  blockSize: int(1, 4),
  layers: fc.array(arbGroup, { minLength: 1, maxLength: 3 }),
  numBlocks: int(8, 120),
  retained: fc.constantFrom(null, 0, 0, 1, 2, 5),
  wholeRequestMustFit: fc.boolean(),
  lengths: fc.array(fc.tuple(int(1, 40), int(1, 24)), {
    minLength: NUM_REQUESTS,
    maxLength: NUM_REQUESTS,
  }),
  turns: fc.array(
    fc.record({
      request: int(0, NUM_REQUESTS - 1),
      chunk: fc.oneof(fc.constant(100), int(1, 12)),
      isPreempted: int(0, 9).map((n) => n === 0),
      losesStep: int(0, 9).map((n) => n === 0),
    }),
    { maxLength: 300, size: "max" },
  ),
});

/** What a KV cache says at every turn, with a new request in the place of one that has ended. */
class Server {
  readonly #cache: KvCache;
  readonly #lengths: readonly (readonly [number, number])[];
  readonly #wholeRequestMustFit: boolean;
  readonly #requests: Request[];
  readonly #running = new Set<Request>();
  #numMade = 0;

  constructor(
    cache: KvCache,
    lengths: readonly (readonly [number, number])[],
    wholeRequestMustFit: boolean,
  ) {
    this.#cache = cache;
    this.#lengths = lengths;
    this.#wholeRequestMustFit = wholeRequestMustFit;
    this.#requests = lengths.map((_, i) => this.#make(i));
  }

  #make(i: number): Request {
    const [numPromptTokens, numOutputTokens] = this.#lengths[i]!;
    const spec = { arrivalTime: 0, numPromptTokens, numOutputTokens };
    return new Request(spec, this.#numMade++, MAX_MODEL_LEN);
  }

  take(turn: Turn): unknown[] {
    const request = this.#requests[turn.request]!;
    if (!this.#running.has(request)) return [...this.#admit(request, turn), this.#numFree];
    if (turn.isPreempted) return [this.#preempt(request), this.#numFree];
    return [this.#goOn(request, turn), this.#numFree];
  }

  get #numFree(): number {
    return this.#cache.numFreeBlocks;
  }

  #admit(request: Request, { chunk }: Turn): unknown[] {
    const numCached = this.#cache.findCachedPrefix(request);
    const numTokens = Math.min(chunk, request.numTokens - numCached);
    const fits = this.#cache.admit(request, numTokens, this.#wholeRequestMustFit, 0);
    if (fits) {
      this.#running.add(request);
      request.onAdmitted(numCached);
      this.#compute(request, numTokens);
    }
    return [numCached, fits];
  }

  #goOn(request: Request, { chunk, losesStep }: Turn): boolean {
    const numTokens = Math.min(chunk, request.numTokens - request.numComputedTokens);
    if (!this.#cache.grow(request, numTokens)) return false;
    if (losesStep) this.#preempt(request);
    else this.#compute(request, numTokens);
    return true;
  }

  #compute(request: Request, numTokens: number): void {
    const samples = request.numComputedTokens + numTokens === request.numTokens;
    request.onScheduled(numTokens, samples);
    request.onProcessed(numTokens);
    if (!samples) return;
    request.onToken(0);
    if (request.numOutputTokens < request.stopLength) return;
    this.#cache.free(request);
    this.#running.delete(request);
    const i = this.#requests.indexOf(request);
    this.#requests[i] = this.#make(i);
  }

  #preempt(request: Request): void {
    this.#cache.freePreempted(request);
    request.onPreempted();
    this.#running.delete(request);
  }
}

test("hits, refusals and free blocks are those of the paged cache", () => {
  fc.assert(
    fc.property(arbScenario, (scenario) => {
      const { blockSize, layers, numBlocks, retained, lengths, wholeRequestMustFit } = scenario;
      const groups = layers.map((layer): KvCacheGroup => ({ ...layer, blockSize }));
      const settings = {
        numBlocks,
        groups,
        enablePrefixCaching: true,
        retentionInterval: retained && retained * blockSize,
        maxModelLen: MAX_MODEL_LEN,
        maxNumBatchedTokens: 16,
        asyncScheduling: false,
      };
      const paged = new Server(new PagedKvCache(settings), lengths, wholeRequestMustFit);
      const cache = new PrivateKvCache(settings, steadyLayout(groups)!);
      const withoutIds = new Server(cache, lengths, wholeRequestMustFit);
      for (const turn of scenario.turns) expect(withoutIds.take(turn)).toEqual(paged.take(turn));
    }),
    { numRuns: Number(process.env.RUNS ?? 500) },
  );
}, 300_000);
