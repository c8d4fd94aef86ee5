/**
 * The running requests in steady decode. A step gives each of them one token, so none of them is visited: the set keeps the
 * sums that a step needs, knows how many blocks are taken and freed when, and who is done when.
 *
 * Membership, not a copy: a member's counts are right whenever they are read (see `Pace`).
 */
import type { Seconds, Tokens } from "../base/units.js";
import { insertInOrder, removeInOrder, sortInOrder } from "../collections/sorted-list.js";
import type { KvCache } from "../kv-cache/kv-cache.js";
import type { SteadyLayout } from "../kv-cache/steady-layout.js";
import { Pace, STANDING } from "../request/pace.js";
import { admissionOrder, type Request } from "../request/request.js";

export class DecodeSet {
  readonly pace = new Pace();
  size = 0;
  readonly blockSize: Tokens;
  readonly #numGroups: number;
  /** The attention windows shorter than a sequence, ascending, and how many groups of layers have each. */
  readonly #windows: readonly SteadyWindow[];
  /** Steps that are in flight when a step is formed: 1 with asynchronous scheduling, else 0. */
  readonly #numAhead: number;
  /** Members by how many windows they have outgrown. */
  readonly #stages: readonly Stage[];
  // Members are of a class: (computed tokens − steps of the pace) modulo the block size. Those of one class fill a block at the
  // same step. Remainders are taken of sums only: the remainder of a negative number may be −0, which only a float can be, and
  // remainders of floats take 20 ns each.
  /** The class of members that have only full blocks now: (−steps of the pace) modulo the block size. */
  #fullClass = 0;
  /** Blocks that members take, and those that they give back, for a step before which this class is the full one. */
  readonly #taken: Int32Array;
  readonly #freed: Int32Array;
  /** Where it matters which member takes which block: all by class, in order of admission. */
  readonly #members: Request[][] | undefined;
  /** Of them those whose coming blocks hold content that others may have. */
  readonly #sharing: Request[][] | undefined;
  /**
   * Who takes or gives back a block for a step: of the class at this distance from the full one, those that have outgrown so many
   * windows.
   */
  readonly #moving: readonly { readonly distance: number; readonly numOutgrown: number }[];
  /** That number for those that fill a block; Infinity, if they do not move. */
  readonly #numOutgrownToMove: number;
  /** Reused by `changing`. */
  readonly #changing: Request[] = [];
  /** Members by the step after which they have to be looked at, at the latest: a ring of lists, linked through `nextDue`. */
  #due: (Request | undefined)[];

  constructor(
    { blockSize, windows }: SteadyLayout,
    { dependsOnOrder, hasBlockIds }: Pick<KvCache, "dependsOnOrder" | "hasBlockIds">,
    asyncScheduling: boolean,
  ) {
    this.blockSize = blockSize;
    this.#numGroups = windows.length;
    this.#numAhead = asyncScheduling ? 1 : 0;
    const lengths = [...new Set(windows)].filter((w) => w < Infinity).toSorted((a, b) => a - b);
    this.#windows = lengths.map((length) => ({
      length,
      numGroups: windows.filter((w) => w === length).length,
      distance: (length - 1 + this.#numAhead) % blockSize,
    }));
    this.#stages = Array.from({ length: lengths.length + 1 }, () => ({ size: 0, sumComputed: 0 }));
    this.#taken = new Int32Array(blockSize);
    this.#freed = new Int32Array(blockSize);
    const emptyClasses = () => Array.from({ length: blockSize }, (): Request[] => []);
    this.#members = dependsOnOrder ? emptyClasses() : undefined;
    this.#sharing = hasBlockIds ? emptyClasses() : undefined;
    const giving = this.#windows.map(({ distance }) => distance);
    const distances = [...new Set([0, ...giving])];
    this.#moving = distances.map((distance) => ({
      distance,
      numOutgrown: distance === 0 ? 0 : giving.indexOf(distance) + 1,
    }));
    const filling = this.#moving.find(({ distance }) => distance === blockSize - 1);
    this.#numOutgrownToMove = filling?.numOutgrown ?? Infinity;
    this.#due = emptyRing(1024);
  }

  /** Tokens that members read in the coming step in layers with this window: what they have computed, and what they compute. */
  numKvTokens(window: Tokens): Tokens {
    let sum = 0;
    for (let i = 0; i < this.#stages.length; i++) {
      const stage = this.#stages[i]!;
      sum += this.#hasOutgrown(i, window)
        ? stage.size * window
        : stage.sumComputed + stage.size * (this.pace.numScheduled + 1);
    }
    return sum;
  }

  /** How much `numKvTokens(window)` grows from step to step: one token of each member that has not outgrown the window. */
  kvTokenGrowth(window: Tokens): Tokens {
    let sum = 0;
    for (let i = 0; i < this.#stages.length; i++) {
      if (!this.#hasOutgrown(i, window)) sum += this.#stages[i]!.size;
    }
    return sum;
  }

  #hasOutgrown(stage: number, window: Tokens): boolean {
    return stage > 0 && this.#windows[stage - 1]!.length >= window;
  }

  /** Blocks that members take for the coming step: one in each group of layers, if all are full. */
  get numBlocksTaken(): number {
    return this.#taken[this.#fullClass]!;
  }

  /** Blocks that members give back before that step, since no window reads them any more. */
  get numBlocksFreed(): number {
    return this.#freed[this.#fullClass]!;
  }

  /** Members whose blocks the coming step may change, in order of admission. */
  changing(): readonly Request[] {
    const fullClass = this.#fullClass;
    const members = this.#members!;
    const fillsShared = this.#fillingShared(fullClass).length > 0;
    if (this.#moving.length === 1 && !fillsShared) return members[fullClass]!;
    const changing = this.#changing;
    while (changing.length > 0) changing.pop();
    for (let i = 0; i < this.#moving.length; i++) {
      const { distance, numOutgrown } = this.#moving[i]!;
      for (const member of members[(fullClass + distance) % this.blockSize]!) {
        if (member.steadyStage >= numOutgrown) changing.push(member);
      }
    }
    if (fillsShared) {
      for (const member of this.#fillingShared(fullClass)) {
        if (member.steadyStage < this.#numOutgrownToMove) changing.push(member);
      }
    }
    sortInOrder(changing, admissionOrder);
    return changing;
  }

  /** Who fills a block with content that others may look for in a step before which this class is the full one. */
  #fillingShared(fullClass: number): readonly Request[] {
    return this.#sharing?.[(fullClass === 0 ? this.blockSize : fullClass) - 1] ?? NOBODY;
  }

  /**
   * How many of the coming steps, `max` at most, pass until a member has to be looked at or blocks run short; where `isAwaited`, also
   * until something happens that may help a request that waits for blocks. Writes behind `numFreeBlocks[0]`, which are free now, how
   * many are free after each of them but the last.
   */
  numStepsUndisturbed(max: number, numFreeBlocks: Int32Array, isAwaited: boolean): number {
    // Read before the loop, since V8 does not move loads out of loops.
    const { blockSize } = this;
    const { numScheduled } = this.pace;
    const due = this.#due;
    const taken = this.#taken;
    const freed = this.#freed;
    const isShared = this.#sharing !== undefined;
    const anyMayHelp = isAwaited && (this.#members !== undefined || this.#windows.length > 0);
    let numFree = numFreeBlocks[0]!;
    let inClass = this.#fullClass;
    for (let n = 0; n < max; n++) {
      const numTaken = taken[inClass]!;
      const numFreed = freed[inClass]!;
      const isDue = due[(numScheduled + n) & (due.length - 1)] !== undefined;
      if (isDue || numTaken > numFree || (anyMayHelp && this.#mayHelp(inClass))) return n;
      // Where blocks can have several holders, what is given back need not be free.
      if (isShared && numFreed > 0) return n + 1;
      numFree += numFreed - numTaken;
      numFreeBlocks[n + 1] = numFree;
      inClass = (inClass === 0 ? blockSize : inClass) - 1;
    }
    return max;
  }

  /**
   * A step before which this class is the full one may help a request that waits for blocks: some are given back, or become
   * findable. With windows or several groups it may even help that one is taken: a prefix that cannot be found any more needs no blocks.
   */
  #mayHelp(fullClass: number): boolean {
    if (this.#freed[fullClass]! > 0) return true;
    if (this.#members === undefined) return false;
    // With asynchronous scheduling a block that is filled is registered when the next is taken.
    const takingHelps = this.#numGroups > 1 || this.#windows.length > 0 || this.#numAhead > 0;
    return (
      (takingHelps && this.#taken[fullClass]! > 0) || this.#fillingShared(fullClass).length > 0
    );
  }

  /** `numSteps` steps were formed, in which each member computes a token. */
  onFormed(numSteps = 1): void {
    // As many classes down, by going up.
    this.#fullClass = (this.#fullClass + numSteps * (this.blockSize - 1)) % this.blockSize;
    this.pace.numScheduled += numSteps;
  }

  /** The oldest steps in flight were processed, the last one at `now`: each member got so many tokens. */
  onDelivered(now: Seconds, numSteps = 1): void {
    this.pace.numDelivered += numSteps;
    this.pace.lastTokenTime = now;
  }

  /**
   * A request can join when its coming step computes just its last known token, when it has done so in every step in
   * flight, when its last token came with the set's last, and when it is not just outgrowing a window. With asynchronous scheduling a step is
   * ahead: after a pause none is, and then blocks are filled and given back at other moments.
   */
  canJoin(request: Request): boolean {
    const { numOutputPlaceholders } = request;
    return (
      request.numInFlightTokens === this.#numAhead &&
      numOutputPlaceholders === this.#numAhead &&
      request.numTokens + numOutputPlaceholders - request.numComputedTokens === 1 &&
      numOutputPlaceholders === this.pace.numScheduled - this.pace.numDelivered &&
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
    const stage = this.#stages[request.steadyStage]!;
    const inClass = this.#classOf(request);
    const due = this.#dueOf(request);
    this.size++;
    stage.size++;
    stage.sumComputed += request.numComputedTokens - this.pace.numScheduled;
    this.#countBlocks(1, inClass, request.steadyStage);
    if (this.#members) insertInOrder(this.#members[inClass]!, request, admissionOrder);
    if (this.#sharing && this.#mayShare(request)) {
      insertInOrder(this.#sharing[inClass]!, request, admissionOrder);
    }
    request.nextDue = this.#due[due];
    this.#due[due] = request;
    request.setPace(this.pace);
  }

  leave(request: Request): void {
    const stage = this.#stages[request.steadyStage]!;
    const inClass = this.#classOf(request);
    const due = this.#dueOf(request);
    this.size--;
    stage.size--;
    stage.sumComputed -= request.numComputedTokens - this.pace.numScheduled;
    this.#countBlocks(-1, inClass, request.steadyStage);
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

  /** A member takes a block of each group when its class is the full one, and frees one of a window's as the window moves on. */
  #countBlocks(change: 1 | -1, inClass: number, numOutgrown: number): void {
    this.#taken[inClass]! += change * this.#numGroups;
    for (let w = 0; w < numOutgrown; w++) {
      const { distance, numGroups } = this.#windows[w]!;
      const fullClass = (inClass + this.blockSize - distance) % this.blockSize;
      this.#freed[fullClass]! += change * numGroups;
    }
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
        const due = this.#dueOf(member);
        member.nextDue = this.#due[due];
        this.#due[due] = member;
        member = next;
      }
    }
  }

  // Where a member is filed; neither changes while it is one.

  #classOf({ numComputedTokens }: Request): number {
    return (numComputedTokens + this.#fullClass) % this.blockSize;
  }

  #dueOf(request: Request): number {
    const outgrows = this.#windows[request.steadyStage]?.length ?? Infinity;
    const numSteps = Math.min(numStepsToLast(request), outgrows - request.numComputedTokens);
    return (this.pace.numScheduled + numSteps) & (this.#due.length - 1);
  }

  /** How many windows are shorter than so many tokens and the one that is computed next. */
  #stageOf(numComputedTokens: Tokens): number {
    let stage = 0;
    while (stage < this.#windows.length && this.#windows[stage]!.length <= numComputedTokens)
      stage++;
    return stage;
  }

  #mayShare({ blockKeys, numComputedTokens }: Request): boolean {
    return blockKeys !== undefined && blockKeys.length * this.blockSize > numComputedTokens;
  }
}

function emptyRing(length: number): (Request | undefined)[] {
  return new Array<Request | undefined>(length).fill(undefined);
}

const NOBODY: readonly Request[] = [];

interface SteadyWindow {
  readonly length: Tokens;
  /** Groups of layers that have it. */
  readonly numGroups: number;
  /** Members of the class at this distance from the full one give a block back: tokens processed − window + 1 fill whole blocks. */
  readonly distance: number;
}

/** Members that have outgrown the same windows. */
interface Stage {
  size: number;
  /** Σ of computed tokens, less the pace's steps. */
  sumComputed: Tokens;
}

/** Steps that still have to be formed for this request in steady decode. */
function numStepsToLast(request: Request): number {
  return request.stopLength - request.numOutputTokens - request.numOutputPlaceholders;
}
