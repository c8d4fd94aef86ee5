/** The latency metrics of a request, each defined once, over the columns of the table. */
import type { Seconds } from "../base/units.js";
import { RequestStatus } from "../request/request.js";
import type { RequestColumns } from "./request-table.js";

/** A latency of one row; NaN where it is not defined. */
export type Latency = (columns: RequestColumns, row: number) => Seconds;

/** Time to first token. */
export const ttft: Latency = ({ firstTokenTime, arrivalTime }, row) =>
  firstTokenTime[row]! - arrivalTime[row]!;

/** Last token time − arrival time. */
export const e2e: Latency = ({ finishTime, arrivalTime }, row) =>
  finishTime[row]! - arrivalTime[row]!;

/** First scheduled time − arrival time. */
export const queueTime: Latency = ({ firstScheduledTime, arrivalTime }, row) =>
  firstScheduledTime[row]! - arrivalTime[row]!;

/** Last token time − first token time: the sum of the request's gaps. */
const decodeTime: Latency = ({ finishTime, firstTokenTime }, row) =>
  finishTime[row]! - firstTokenTime[row]!;

/** Time per output token after the first; NaN for a single token. */
export const tpot: Latency = (columns, row) => {
  const numGaps = columns.numOutputTokens[row]! - 1;
  return numGaps > 0 ? decodeTime(columns, row) / numGaps : NaN;
};

/**
 * A latency of all completed requests for which it is defined, in order of arrival: the start of `out`, which holds at least
 * `columns.length` values.
 */
export function latencies(
  columns: RequestColumns,
  latency: Latency,
  out = new Float64Array(columns.length),
): Float64Array {
  const { length: numRows, status } = columns;
  let length = 0;
  for (let row = 0; row < numRows; row++) {
    if (status[row] !== RequestStatus.Finished) continue;
    const value = latency(columns, row);
    if (!Number.isNaN(value)) out[length++] = value;
  }
  return out.subarray(0, length);
}
