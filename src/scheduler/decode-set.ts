/**
 * The running requests in steady decode. A step gives each of them one token, so none of them is visited: the set keeps the
 * sums that a step needs, knows how many need a block when, and who is done when.
 *
 * Membership, not a copy: a member's counts are right whenever they are read (see `Pace`).
 */
import type { Seconds, Tokens } from "../base/units.js";
import { insertInOrder, removeInOrder } from "../collections/sorted-list.js";
import { Pace, STANDING } from "../request/pace.js";
import { admissionOrder, type Request } from "../request/request.js";

export class DecodeSet {
  readonly pace = new Pace();
  size = 0;
  readonly #blockSize: Tokens;
  /** The class of members that have only full blocks now: − steps of the pace, modulo the block size. */
  #fullClass = 0;
  /** Σ over members of computed tokens, less the pace's steps. */
  #sumComputed: Tokens = 0;
  /**
   * Members by (computed tokens − steps of the pace) modulo the block size: those of one class fill a block at the same step.
   * How many there are, and where it matters which, who they are in order of admission.
   */
  readonly #classSizes: Int32Array;
  readonly #classes: Request[][] | undefined;
  /** The members whose coming blocks hold content that others may have, by class in the same way. */
  readonly #sharing: Request[][] | undefined;
  /** Members by the step that samples their last token: a ring of lists, linked through `nextDue`. */
  readonly #due: (Request | undefined)[];

  /** `keepsMembers`: `needingBlock` and `fillingSharedBlock` can tell who. */
  constructor(blockSize: Tokens, maxModelLen: Tokens, keepsMembers: boolean) {
    this.#blockSize = blockSize;
    this.#classSizes = new Int32Array(blockSize);
    this.#classes = keepsMembers ? Array.from({ length: blockSize }, () => []) : undefined;
    this.#sharing = keepsMembers ? Array.from({ length: blockSize }, () => []) : undefined;
    this.#due = new Array(2 ** Math.ceil(Math.log2(maxModelLen + 2))).fill(undefined);
  }

  /** Tokens that members read from the KV cache in the coming step: all they have computed, and the one they compute. */
  get numKvTokens(): Tokens {
    return this.#sumComputed + this.size * (this.pace.numScheduled + 1);
  }

  /** How many members have only full blocks: they need one for the coming step. */
  get numNeedingBlock(): number {
    return this.#classSizes[this.#fullClass]!;
  }

  get needingBlock(): readonly Request[] {
    return this.#classes![this.#fullClass]!;
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
   * flight, and when its last token came with the set's last.
   */
  canJoin(request: Request): boolean {
    const { numOutputPlaceholders, numComputedTokens } = request;
    return (
      request.numTokens + numOutputPlaceholders - numComputedTokens === 1 &&
      numOutputPlaceholders === this.pace.numScheduled - this.pace.numDelivered &&
      request.numInFlightTokens === numOutputPlaceholders &&
      request.lastTokenTime === this.pace.lastTokenTime &&
      numStepsLeft(request) > 0
    );
  }

  join(request: Request): void {
    const offset = request.numComputedTokens - this.pace.numScheduled;
    const inClass = mod(offset, this.#blockSize);
    const due = this.#dueSlot(request);
    this.size++;
    this.#sumComputed += offset;
    this.#classSizes[inClass]!++;
    if (this.#classes) insertInOrder(this.#classes[inClass]!, request, admissionOrder);
    if (this.#sharing && this.#mayShare(request)) {
      insertInOrder(this.#sharing[inClass]!, request, admissionOrder);
    }
    request.nextDue = this.#due[due];
    this.#due[due] = request;
    request.setPace(this.pace);
  }

  leave(request: Request): void {
    const offset = request.numComputedTokens - this.pace.numScheduled;
    const inClass = mod(offset, this.#blockSize);
    const due = this.#dueSlot(request);
    this.size--;
    this.#sumComputed -= offset;
    this.#classSizes[inClass]!--;
    if (this.#classes) removeInOrder(this.#classes[inClass]!, request, admissionOrder);
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

  /** A member whose last token is sampled by the step formed last; undefined if there is none. */
  get firstDue(): Request | undefined {
    return this.#due[this.pace.numScheduled & (this.#due.length - 1)];
  }

  #mayShare({ blockKeys, numComputedTokens }: Request): boolean {
    return blockKeys !== undefined && blockKeys.length * this.#blockSize > numComputedTokens;
  }

  #dueSlot(request: Request): number {
    return (this.pace.numScheduled + numStepsLeft(request)) & (this.#due.length - 1);
  }
}

/** Steps that still have to be formed for this request in steady decode. */
function numStepsLeft(request: Request): number {
  return request.stopLength - request.numOutputTokens - request.numOutputPlaceholders;
}

function mod(a: number, n: number): number {
  const r = a % n;
  return r < 0 ? r + n : r;
}
