/** The requests of a run, told apart by a label: what became of each tenant, or of each class of service. */
import { lazy } from "../base/lazy.js";
import type { Seconds } from "../base/units.js";
import { RequestStatus } from "../request/request.js";
import { distributionOf, type Distribution } from "./distribution.js";
import * as latency from "./latency.js";
import type { RequestColumns } from "./request-table.js";
import { sloReport, type SloReport, type SloTargets } from "./slo.js";

/** A label that requests may have. */
export type LabelName = "tenant" | "class";

/** The requests with one label. Every figure is defined as that of the whole result, over these requests. */
export interface RequestGroup {
  /** The tenant or class; empty for requests without one. */
  readonly label: string;
  readonly counts: {
    readonly total: number;
    readonly completed: number;
    readonly rejected: number;
    readonly aborted: number;
    readonly unfinished: number;
  };
  readonly ttft: Distribution;
  readonly e2e: Distribution;
  readonly tpot: Distribution;
  readonly queueTime: Distribution;
  /** Of completed requests, over the makespan of the whole run, so that the groups add up to it. */
  readonly throughput: {
    readonly inputTokensPerSec: number;
    readonly outputTokensPerSec: number;
    readonly requestsPerSec: number;
  };
  /** The mean is over all requests of the group that were not rejected. */
  readonly preemptions: { readonly total: number; readonly perRequestMean: number };
  /** Absent without targets. */
  readonly slo?: SloReport;
  /** Their rows, in order of arrival. */
  readonly requests: RequestColumns;
}

/** The whole that groups are parts of. */
export interface GroupContext {
  /** The makespan of the run. */
  readonly duration: Seconds;
  readonly slo: SloTargets | undefined;
}

/** One group for each label that comes up, in alphabetical order; a single one, if no request has a label. */
export function groupRequests(
  columns: RequestColumns,
  by: LabelName,
  context: GroupContext,
): readonly RequestGroup[] {
  const column = columns[by];
  if (column === undefined) return [groupOf("", columns, context)];
  const rows = column.names.map((): number[] => []);
  column.codes.forEach((code, row) => rows[code]!.push(row));
  return column.names
    .map((label, code) => ({ label, rows: rows[code]! }))
    .filter(({ rows }) => rows.length > 0)
    .sort((a, b) => (a.label < b.label ? -1 : 1))
    .map(({ label, rows }) => groupOf(label, selectRows(columns, rows), context));
}

function groupOf(
  label: string,
  requests: RequestColumns,
  { duration, slo: targets }: GroupContext,
): RequestGroup {
  const distribution = (of: latency.Latency): (() => Distribution) =>
    lazy(() => distributionOf(latency.latencies(requests, of)));
  const ttft = distribution(latency.ttft);
  const e2e = distribution(latency.e2e);
  const tpot = distribution(latency.tpot);
  const queueTime = distribution(latency.queueTime);
  const slo = lazy(() => targets && sloReport(requests, targets, duration));
  const sums = sumsOf(requests);
  const { completed, rejected, aborted } = sums;
  const total = requests.length;
  return Object.freeze({
    label,
    counts: {
      total,
      completed,
      rejected,
      aborted,
      unfinished: total - completed - rejected - aborted,
    },
    throughput: {
      inputTokensPerSec: sums.promptTokens / duration,
      outputTokensPerSec: sums.outputTokens / duration,
      requestsPerSec: completed / duration,
    },
    preemptions: {
      total: sums.preemptions,
      perRequestMean: sums.preemptions / (total - rejected),
    },
    requests,
    get ttft() {
      return ttft();
    },
    get e2e() {
      return e2e();
    },
    get tpot() {
      return tpot();
    },
    get queueTime() {
      return queueTime();
    },
    get slo() {
      return slo();
    },
  });
}

function sumsOf(columns: RequestColumns) {
  const sums = {
    completed: 0,
    rejected: 0,
    aborted: 0,
    promptTokens: 0,
    outputTokens: 0,
    preemptions: 0,
  };
  for (let row = 0; row < columns.length; row++) {
    const status = columns.status[row];
    sums.preemptions += columns.numPreemptions[row]!;
    if (status === RequestStatus.Rejected) sums.rejected++;
    else if (status === RequestStatus.Aborted) sums.aborted++;
    if (status !== RequestStatus.Finished) continue;
    sums.completed++;
    sums.promptTokens += columns.numPromptTokens[row]!;
    sums.outputTokens += columns.numOutputTokens[row]!;
  }
  return sums;
}

/** Some of the rows, in the order given. */
function selectRows(columns: RequestColumns, rows: readonly number[]): RequestColumns {
  const { tenant, class: serviceClass } = columns;
  return {
    length: rows.length,
    arrivalTime: Float64Array.from(rows, (row) => columns.arrivalTime[row]!),
    firstScheduledTime: Float64Array.from(rows, (row) => columns.firstScheduledTime[row]!),
    firstTokenTime: Float64Array.from(rows, (row) => columns.firstTokenTime[row]!),
    finishTime: Float64Array.from(rows, (row) => columns.finishTime[row]!),
    numPromptTokens: Int32Array.from(rows, (row) => columns.numPromptTokens[row]!),
    numOutputTokens: Int32Array.from(rows, (row) => columns.numOutputTokens[row]!),
    numCachedTokens: Int32Array.from(rows, (row) => columns.numCachedTokens[row]!),
    numPreemptions: Int32Array.from(rows, (row) => columns.numPreemptions[row]!),
    priority: Float64Array.from(rows, (row) => columns.priority[row]!),
    status: Uint8Array.from(rows, (row) => columns.status[row]!),
    ...(tenant && {
      tenant: { ...tenant, codes: Int32Array.from(rows, (row) => tenant.codes[row]!) },
    }),
    ...(serviceClass && {
      class: { ...serviceClass, codes: Int32Array.from(rows, (row) => serviceClass.codes[row]!) },
    }),
  };
}
