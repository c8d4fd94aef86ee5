/**
 * vLLM's synchronous V1 scheduler once more, as plainly as it can be said: lists, and everything computed anew from them. Full
 * attention, no prefix caching, FCFS or priority. Shares no code with the library, so that the two can be held against each
 * other.
 */

export interface ReferenceSettings {
  readonly policy: "fcfs" | "priority";
  readonly maxNumSeqs: number;
  readonly maxNumBatchedTokens: number;
  readonly maxModelLen: number;
  readonly enableChunkedPrefill: boolean;
  readonly longPrefillTokenThreshold: number;
  readonly schedulerReserveFullIsl: boolean;
  readonly watermark: number;
  /** The null block included, which is never handed out. */
  readonly numBlocks: number;
  readonly blockSize: number;
}

/** Ids are given in order of arrival. */
export interface ReferenceRequest {
  readonly id: number;
  readonly priority: number;
  readonly numPromptTokens: number;
  readonly maxTokens: number;
}

/** What one step decided; requests by their ids. */
export interface Decisions {
  /** [id, tokens], in order of scheduling. */
  readonly scheduled: [number, number][];
  readonly admitted: number[];
  readonly resumed: number[];
  /** [id, computed tokens lost] */
  readonly preempted: [number, number][];
  readonly finished: number[];
  readonly numFreeAfterSchedule: number;
  /** Once the step's tokens are delivered. */
  readonly numFree: number;
  readonly running: number[];
  readonly waiting: number[];
}

type Live = ReferenceRequest & { numComputed: number; numOutput: number; wasPreempted: boolean };

export class ReferenceScheduler {
  #running: Live[] = [];
  #waiting: Live[] = [];
  readonly #settings: ReferenceSettings;

  constructor(settings: ReferenceSettings) {
    this.#settings = settings;
  }

  get hasRequests(): boolean {
    return this.#running.length + this.#waiting.length > 0;
  }

  add(request: ReferenceRequest): void {
    this.#waiting.push({ ...request, numComputed: 0, numOutput: 0, wasPreempted: false });
  }

  abort(id: number): void {
    this.#running = this.#running.filter((r) => r.id !== id);
    this.#waiting = this.#waiting.filter((r) => r.id !== id);
  }

  step(): Decisions {
    const { policy, maxNumSeqs, maxNumBatchedTokens, maxModelLen, ...settings } = this.#settings;
    const running = this.#running;
    const waiting = this.#waiting;
    const scheduled: [Live, number][] = [];
    const admitted: Live[] = [];
    const preempted: [Live, number][] = [];

    const numBlocks = (tokens: number) => Math.ceil(tokens / settings.blockSize);
    const now = (r: Live) => scheduled.find(([other]) => other === r)?.[1] ?? 0;
    const numHeld = (r: Live) => numBlocks(r.numComputed + now(r));
    const numFree = () => settings.numBlocks - 1 - sum(running.map(numHeld));
    const budget = () => maxNumBatchedTokens - sum(scheduled.map(([, n]) => n));
    const cut = (n: number) => {
      const threshold = settings.longPrefillTokenThreshold;
      return threshold > 0 && threshold < n ? threshold : n;
    };

    running: for (let i = 0; i < running.length && budget() > 0; i++) {
      const request = running[i]!;
      const room = maxModelLen - 1 - request.numComputed;
      const n = Math.min(cut(numKnown(request) - request.numComputed), budget(), room);
      while (numBlocks(request.numComputed + n) - numHeld(request) > numFree()) {
        const victim = policy === "fcfs" ? running.at(-1)! : running.toSorted(byPriority).at(-1)!;
        if (running.indexOf(victim) < i) i--; // it was served already, and the list moves up
        remove(running, victim);
        const served = scheduled.findIndex(([r]) => r === victim);
        if (served >= 0) scheduled.splice(served, 1); // its tokens are in the budget again
        preempted.push([victim, victim.numComputed]);
        victim.numComputed = 0;
        victim.wasPreempted = true;
        waiting.unshift(victim);
        if (victim === request) break running;
      }
      scheduled.push([request, n]);
    }

    if (policy === "priority") waiting.sort(byPriority);
    while (preempted.length === 0 && waiting.length > 0 && running.length < maxNumSeqs) {
      const request = waiting[0]!;
      const wanted = cut(numKnown(request));
      if (budget() === 0 || (!settings.enableChunkedPrefill && wanted > budget())) break;
      const n = Math.min(wanted, budget());
      const watermark = running.length > 0 ? settings.watermark * settings.numBlocks : 0;
      const mustFit = settings.schedulerReserveFullIsl ? numKnown(request) : n;
      if (numBlocks(mustFit) + Math.floor(watermark) > numFree()) break;
      waiting.shift();
      running.push(request);
      admitted.push(request);
      scheduled.push([request, n]);
    }
    const numFreeAfterSchedule = numFree();

    for (const [request, n] of scheduled) request.numComputed += n;
    const finished: Live[] = [];
    for (const [request] of scheduled) {
      if (request.numComputed < numKnown(request)) continue;
      request.numOutput++;
      const isFull = numKnown(request) >= maxModelLen;
      if (request.numOutput === request.maxTokens || isFull) finished.push(request);
    }
    for (const request of finished) remove(running, request);
    const decided = scheduled.map(([r, n]): [number, number] => [r.id, n]);
    scheduled.length = 0; // these tokens count as computed now
    return {
      scheduled: decided,
      admitted: admitted.filter((r) => !r.wasPreempted).map(idOf),
      resumed: admitted.filter((r) => r.wasPreempted).map(idOf),
      preempted: preempted.map(([r, numLost]) => [r.id, numLost]),
      finished: finished.map(idOf),
      numFreeAfterSchedule,
      numFree: numFree(),
      running: running.map(idOf),
      waiting: (policy === "priority" ? waiting.toSorted(byPriority) : waiting).map(idOf),
    };
  }
}

const idOf = (request: Live) => request.id;
const numKnown = (request: Live) => request.numPromptTokens + request.numOutput;
const byPriority = (a: Live, b: Live) => a.priority - b.priority || a.id - b.id;
const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);

function remove<T>(list: T[], item: T): void {
  list.splice(list.indexOf(item), 1);
}
