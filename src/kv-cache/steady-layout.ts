/** Of which models the requests in steady decode need not be visited one by one. */
import type { Tokens } from "../base/units.js";
import type { KvCacheGroup } from "./kv-cache-config.js";

/** How blocks come and go in steady decode. */
export interface SteadyLayout {
  /** Of all groups of layers. */
  readonly blockSize: Tokens;
  /** The attention window of each group, Infinity for full attention. */
  readonly windows: readonly Tokens[];
}

/** Given for layers with full attention and sliding windows, all with blocks of one size. */
export function steadyLayout(groups: readonly KvCacheGroup[]): SteadyLayout | undefined {
  const { blockSize } = groups[0]!;
  if (groups.some((g) => g.blockSize !== blockSize || g.type === "chunked_local")) return undefined;
  return { blockSize, windows: groups.map((g) => (g.type === "swa" ? g.slidingWindow : Infinity)) };
}
