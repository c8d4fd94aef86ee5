/** What the scheduler asks of the KV cache. Ask, then act: "no" is a value and leaves the request as it was. */
import type { Tokens } from "../base/units.js";
import type { Request } from "../request/request.js";
import type { SteadyLayout } from "./steady-layout.js";

/** What the scheduler needs of a KV cache: it asks first, and "no" leaves everything as it was. */
export interface KvCache {
  readonly enablePrefixCaching: boolean;
  /** It is told of every block that is taken and filled: which one it is, or what is in it, shows in later decisions. */
  readonly hasBlockIds: boolean;
  /** The order of calls shows in later decisions, so that `grow` is called where the blocks of a request in steady decode change. */
  readonly dependsOnOrder: boolean;
  readonly numUsableBlocks: number;
  readonly numFreeBlocks: number;
  /** Blocks that held a cached prefix until they were taken for something else. */
  readonly numEvictions: number;
  /** Given where requests in steady decode need not be visited one by one. */
  readonly steadyLayout: SteadyLayout | undefined;

  /**
   * Length of the request's known tokens that is cached, at most all but the last token. The hit is remembered for
   * an `admit` that follows at once; nothing is held yet.
   */
  findCachedPrefix(request: Request): Tokens;

  /**
   * This request could not be admitted for want of blocks, none were given back since, no more of its prefix was cached, and it would
   * be given no fewer than `maxNewTokens`: it can be admitted no more than then. A shortcut: false says nothing.
   */
  isStillBlocked(request: Request, maxNewTokens: Tokens): boolean;

  /**
   * Holds the cached prefix found last and new blocks for `numNewTokens` after it, or answers false.
   * `wholeRequestMustFit`: all known tokens must fit, not only those scheduled now; `numReserved` blocks must stay free.
   */
  admit(
    request: Request,
    numNewTokens: Tokens,
    wholeRequestMustFit: boolean,
    numReserved: number,
  ): boolean;

  /** Blocks that a running request lacks for `numNewTokens` more. */
  numBlocksToGrow(request: Request, numNewTokens: Tokens): number;

  /**
   * Gives a running request blocks for `numNewTokens` more, or answers false. Blocks that no window reads any more are freed
   * either way.
   */
  grow(request: Request, numNewTokens: Tokens): boolean;

  /**
   * Requests in steady decode take so many blocks more than they give back. Only where the order of calls does not matter; the caller has asked
   * for free ones.
   */
  takeForSteady(numBlocks: number): void;

  /** What has happened to a request in steady decode while nobody looked at it becomes its own state. */
  catchUp(request: Request): void;

  /** Tokens were sampled: full blocks among the first `numTokens` can be found by their prefix now. */
  register(request: Request, numTokens: Tokens): void;

  /** Frees all blocks of a request that has ended. */
  free(request: Request): void;

  /** Frees all blocks of a request that will come back: its registered blocks stay findable until evicted. */
  freePreempted(request: Request): void;

  /** The most blocks that a request can hold on its way to `numTokens` computed tokens. */
  maxBlocksFor(numTokens: Tokens): number;
}
