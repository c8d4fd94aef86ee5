/** KV blocks in runs, where nobody asks for the number of a block: a prompt of 6,000 blocks is a few runs. Only the KV cache writes here. */

/**
 * Blocks whose content has consecutive keys, with the same holders. Those that nobody holds lie one behind the other in the order of
 * eviction, the last of them first.
 */
export class BlockRun {
  /** What its index calls it; 0 where no request can find it. */
  id = 0;
  /** Others may have the same content: its keys are those of `RequestSpec.blockKeys`, not a request's own. */
  readonly isShared: boolean;
  firstKey: number;
  numBlocks: number;
  numHolders: number;
  /** What was split off its front last: whoever held the whole then holds both. */
  head: BlockRun | undefined = undefined;
  /** Neighbours in the order of eviction, while it is free. */
  previous: BlockRun = this;
  next: BlockRun = this;

  constructor(isShared: boolean, firstKey: number, numBlocks: number, numHolders: number) {
    this.isShared = isShared;
    this.firstKey = firstKey;
    this.numBlocks = numBlocks;
    this.numHolders = numHolders;
  }
}

/** Blocks of a request that were one run when it came to hold them: `run` to its end, and of its heads as much as is missing. */
export interface HeldPart {
  readonly run: BlockRun;
  numBlocks: number;
}

/** The blocks of one request that are registered for prefix caching. */
export class HeldRuns {
  /** From the first block on. */
  readonly parts: HeldPart[] = [];
  /** Of all parts. */
  numBlocks = 0;
}
