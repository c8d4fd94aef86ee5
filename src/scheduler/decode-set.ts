/**
 * The running requests in steady decode. A step gives each of them one token, so none of them is visited: the set keeps the
 * sums that a step needs, knows how many blocks are taken and freed when, and who is done when.
 *
 * Membership, not a copy: a member's counts are right whenever they are read (see `Pace`).
 */
import type { Seconds, Tokens } from "../base/units.js";
import { insertInOrder, removeInOrder } from "../collections/sorted-list.js";
import type { SteadyLayout } from "../kv-cache/kv-cache.js";
import { Pace, STANDING } from "../request/pace.js";
import { admissionOrder, type Request } from "../request/request.js";

export class DecodeSet {
  readonly pace = new Pace();
  size = 0;
  readonly #blockSize: Tokens;
  readonly #numGroups: number;
  /** The attention windows shorter than a sequence, ascending, and how many groups of layers have each. */
  readonly #windows: readonly { readonly length: Tokens; readonly numGroups: number }[];
  /** Steps that are in flight when a step is formed: 1 with asynchronous scheduling, else 0. */
  readonly #numAhead: number;
  /** Members by how many windows they have outgrown. */
  readonly #stages: readonly Stage[];
  /** The class (see `Stage`) of members that have only full blocks now. */
  #fullClass = 0;
  /** Where it matters which member takes which block: all by class, in order of admission. */
  readonly #members: Request[][] | undefined;
  /** Of them those whose coming blocks hold content that others may have. */
  readonly #sharing: Request[][] | undefined;
  /** Members by the step after which they have to be looked at, at the latest: a ring of lists, linked through `nextDue`. */
  #due: (Request | undefined)[];

  /** `keepsMembers`: `needingBlock` and `fillingSharedBlock` can tell who. */
  constructor(
    { blockSize, windows }: SteadyLayout,
    asyncScheduling: boolean,
    keepsMembers: boolean,
  ) {
    this.#blockSize = blockSize;
    this.#numGroups = windows.length;
    const lengths = [...new Set(windows)].filter((w) => w < Infinity).toSorted((a, b) => a - b);
    this.#windows = lengths.map((length) => ({
      length,
      numGroups: windows.filter((w) => w === length).length,
    }));
    this.#numAhead = asyncScheduling ? 1 : 0;
    this.#stages = Array.from({ length: lengths.length + 1 }, () => new Stage(blockSize));
    const emptyClasses = () => Array.from({ length: blockSize }, (): Request[] => []);
    this.#members = keepsMembers ? emptyClasses() : undefined;
    this.#sharing = keepsMembers ? emptyClasses() : undefined;
    this.#due = emptyRing(1024);
  }

  /** Tokens that members read in the coming step in layers with this window: what they have computed, and what they compute. */
  numKvTokens(window: Tokens): Tokens {
    let sum = 0;
    for (let i = 0; i < this.#stages.length; i++) {
      const stage = this.#stages[i]!;
      const isOutgrown = i > 0 && this.#windows[i - 1]!.length >= window;
      sum += isOutgrown
        ? stage.size * window
        : stage.sumComputed + stage.size * (this.pace.numScheduled + 1);
    }
    return sum;
  }

  /** Blocks that members take for the coming step: one in each group of layers, if all that they have are full. */
  get numBlocksTaken(): number {
    let sum = 0;
    for (let i = 0; i < this.#stages.length; i++) {
      sum += this.#stages[i]!.classSizes[this.#fullClass]!;
    }
    return sum * this.#numGroups;
  }

  /** Blocks that members give back before the coming step, since no window reads them any more. */
  get numBlocksFreed(): number {
    let sum = 0;
    for (let w = 0; w < this.#windows.length; w++) {
      const { length, numGroups } = this.#windows[w]!;
      // Tokens processed − window + 1 is a multiple of the block size.
      const freeing = (this.#fullClass + length - 1 + this.#numAhead) % this.#blockSize;
      for (let i = w + 1; i < this.#stages.length; i++) {
        sum += this.#stages[i]!.classSizes[freeing]! * numGroups;
      }
    }
    return sum;
  }

  /** Members that take a block for the coming step. */
  get needingBlock(): readonly Request[] {
    return this.#members![this.#fullClass]!;
  }

  /** Members whose last block the coming step fills with content that others may look for. */
  get fillingSharedBlock(): readonly Request[] {
    return this.#sharing![(this.#fullClass || this.#blockSize) - 1]!;
  }

  /** A step was formed, in which each member computes a token. */
  onFormed(): void {
    this.pace.numScheduled++;
    this.#fullClass = (this.#fullClass || this.#blockSize) - 1;
  }

  /** The oldest step in flight was processed: each member got a token. */
  onDelivered(now: Seconds): void {
    this.pace.numDelivered++;
    this.pace.lastTokenTime = now;
  }

  /**
   * A request can join when its coming step computes just its last known token, when it has done so in every step in
   * flight, when its last token came with the set's last, and when it is not just outgrowing a window.
   */
  canJoin(request: Request): boolean {
    const { numOutputPlaceholders, numComputedTokens } = request;
    return (
      request.numTokens + numOutputPlaceholders - numComputedTokens === 1 &&
      numOutputPlaceholders === this.pace.numScheduled - this.pace.numDelivered &&
      request.numInFlightTokens === numOutputPlaceholders &&
      request.lastTokenTime === this.pace.lastTokenTime &&
      numStepsToLast(request) > 0 &&
      (this.#windows.length === 0 || this.#slidesSteadily(request))
    );
  }

  /** Its windows have moved on by one token with the last step, and it is not just outgrowing one. */
  #slidesSteadily({ numComputedTokens, numSkippedTokens }: Request): boolean {
    const numProcessed = numComputedTokens - this.#numAhead;
    return (
      numSkippedTokens === numProcessed - 1 &&
      this.#stageOf(numComputedTokens) === this.#stageOf(numProcessed)
    );
  }

  join(request: Request): void {
    request.steadyStage = this.#stageOf(request.numComputedTokens);
    this.#makeRoomFor(numStepsToLast(request));
    const { stage, inClass, due } = this.#placeOf(request);
    this.size++;
    stage.add(1, request.numComputedTokens - this.pace.numScheduled, inClass);
    if (this.#members) insertInOrder(this.#members[inClass]!, request, admissionOrder);
    if (this.#sharing && this.#mayShare(request)) {
      insertInOrder(this.#sharing[inClass]!, request, admissionOrder);
    }
    request.nextDue = this.#due[due];
    this.#due[due] = request;
    request.setPace(this.pace);
  }

  leave(request: Request): void {
    const { stage, inClass, due } = this.#placeOf(request);
    this.size--;
    stage.add(-1, this.pace.numScheduled - request.numComputedTokens, inClass);
    if (this.#members) removeInOrder(this.#members[inClass]!, request, admissionOrder);
    if (this.#sharing && request.blockKeys) {
      removeInOrder(this.#sharing[inClass]!, request, admissionOrder);
    }
    if (this.#due[due] === request) {
      this.#due[due] = request.nextDue;
    } else {
      let before = this.#due[due]!;
      while (before.nextDue !== request) before = before.nextDue!;
      before.nextDue = request.nextDue;
    }
    request.nextDue = undefined;
    request.setPace(STANDING);
  }

  /** A member that has to be looked at after the step formed last: it is done, or has outgrown a window. */
  get firstDue(): Request | undefined {
    return this.#due[this.pace.numScheduled & (this.#due.length - 1)];
  }

  /** The ring is longer than the steps that any member has left. */
  #makeRoomFor(numSteps: number): void {
    if (numSteps < this.#due.length) return;
    const lists = this.#due;
    let length = lists.length;
    while (length <= numSteps) length *= 2;
    this.#due = emptyRing(length);
    for (let member of lists) {
      while (member !== undefined) {
        const next: Request | undefined = member.nextDue;
        const { due } = this.#placeOf(member);
        member.nextDue = this.#due[due];
        this.#due[due] = member;
        member = next;
      }
    }
  }

  /** Where a member is filed; nothing of it changes while it is one. */
  #placeOf(request: Request): { stage: Stage; inClass: number; due: number } {
    const { numScheduled } = this.pace;
    const { numComputedTokens, steadyStage } = request;
    const outgrows = this.#windows[steadyStage]?.length ?? Infinity;
    const numSteps = Math.min(numStepsToLast(request), outgrows - numComputedTokens);
    return {
      stage: this.#stages[steadyStage]!,
      inClass: mod(numComputedTokens - numScheduled, this.#blockSize),
      due: (numScheduled + numSteps) & (this.#due.length - 1),
    };
  }

  /** How many windows are shorter than so many tokens and the one that is computed next. */
  #stageOf(numComputedTokens: Tokens): number {
    let stage = 0;
    while (stage < this.#windows.length && this.#windows[stage]!.length <= numComputedTokens)
      stage++;
    return stage;
  }

  #mayShare({ blockKeys, numComputedTokens }: Request): boolean {
    return blockKeys !== undefined && blockKeys.length * this.#blockSize > numComputedTokens;
  }
}

function emptyRing(length: number): (Request | undefined)[] {
  return new Array<Request | undefined>(length).fill(undefined);
}

/** Members that have outgrown the same windows. */
class Stage {
  size = 0;
  /** Σ of computed tokens, less the pace's steps. */
  sumComputed: Tokens = 0;
  /** Members by (computed tokens − steps of the pace) modulo the block size: those of one class fill a block at the same step. */
  readonly classSizes: Int32Array;

  constructor(blockSize: Tokens) {
    this.classSizes = new Int32Array(blockSize);
  }

  add(num: 1 | -1, computed: Tokens, inClass: number): void {
    this.size += num;
    this.sumComputed += computed;
    this.classSizes[inClass]! += num;
  }
}

/** Steps that still have to be formed for this request in steady decode. */
function numStepsToLast(request: Request): number {
  return request.stopLength - request.numOutputTokens - request.numOutputPlaceholders;
}

function mod(a: number, n: number): number {
  const r = a % n;
  return r < 0 ? r + n : r;
}
