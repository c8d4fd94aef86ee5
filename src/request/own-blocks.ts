/** What a request has registered where blocks have no ids, and nobody else can look for it. Only the KV cache writes here. */

/** Registered blocks `[from, to)` of one block table. Free ones are linked in the order of eviction, the last of a run first. */
export interface OwnRun {
  readonly group: number;
  from: number;
  to: number;
  /** Undefined where the blocks are held, or none is left. */
  previous: OwnRun | undefined;
  next: OwnRun | undefined;
}

/** The blocks that a request has registered for itself. */
export class OwnBlocks {
  /** The first registered first. A block can be in several of them, when its owner has computed it again. */
  runs: OwnRun[] = [];
  /** Blocks at the start that were cached at the latest admission. */
  numFound = 0;
  /** As `BlockTables.junction`. */
  junction = 0;
}
