/** vLLM's null block: it stands for "no KV here" in block tables and is never handed out. */
export const NULL_BLOCK = 0;

/** The KV blocks of one request: a block table per group of layers. Only the KV cache writes here. */
export class BlockTables {
  /** `tables[group][i]` is the physical block of tokens i × block size …; 0 where attention no longer reads. */
  readonly tables: readonly number[][];
  /** Per group: how many leading blocks have been considered for registration in the prefix cache. */
  readonly numRegistered: number[];
  /** Longest prefix that any one kind of layers had cached at the latest admission, where all together had less; else 0. */
  junction = 0;

  constructor(numGroups: number) {
    this.tables = Array.from({ length: numGroups }, () => []);
    this.numRegistered = this.tables.map(() => 0);
  }
}
