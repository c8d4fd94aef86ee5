/** How much of each prompt the prefix cache had. */
import type { RequestColumns } from "./request-table.js";

/**
 * The cached tokens of all requests that were admitted, in order of arrival: the start of `out`, which holds at least `columns.length`
 * values.
 */
export function cachedTokensOf(columns: RequestColumns, out: Float64Array): Float64Array {
  let length = 0;
  for (let row = 0; row < columns.length; row++) {
    if (Number.isNaN(columns.firstScheduledTime[row])) continue;
    out[length++] = columns.numCachedTokens[row]!;
  }
  return out.subarray(0, length);
}
