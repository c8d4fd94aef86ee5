/** The numbers of a run that follow from what the collector holds. */
import type { Seconds, Tokens } from "../base/units.js";
import type { Request } from "../request/request.js";
import type { Collector, Rejection } from "./collector.js";
import type { Distribution } from "./distribution.js";
import { binned } from "./running-latencies.js";

/** All numbers that need no pass over sorted rows. */
export interface Summary {
  /** Gaps between consecutive output tokens of one request, pooled over all gaps. Percentiles are within 0.5 %. */
  readonly itl: Distribution;
  readonly throughput: {
    /** Of completed requests, over the makespan: first arrival to last completion. */
    readonly inputTokensPerSec: number;
    readonly outputTokensPerSec: number;
    readonly requestsPerSec: number;
  };
  /**
   * Shares of what the devices could do, weighted by time, busy and idle alike, from the first arrival to the end of the last
   * step: the makespan, unless something that did not complete outlasted it.
   */
  readonly utilization: {
    readonly kvCache: number;
    readonly flops: number;
    readonly bandwidth: number;
  };
  /** The mean is over all requests that were not rejected. */
  readonly preemptions: { readonly total: number; readonly perRequestMean: number };
  /**
   * Prompt tokens looked up at first admissions: found in the cache, and not. Evictions count blocks that were taken for something
   * else, with content that other requests could have found. What a request alone can have is in none of these: its prompt
   * without identities, and what it finds of its own after a preemption.
   */
  readonly prefixCache: {
    readonly hits: Tokens;
    readonly misses: Tokens;
    readonly hitRate: number;
    readonly evictions: number;
  };
  readonly counts: {
    readonly total: number;
    readonly completed: number;
    readonly rejected: number;
    readonly aborted: number;
    /** Still waiting or running, when the run was stopped early. */
    readonly unfinished: number;
  };
  readonly rejections: readonly Rejection[];
  /** First arrival to last completion; 0 when nothing completed. */
  readonly duration: Seconds;
  readonly numSteps: number;
}

/**
 * Sums up a run; a ratio of nothing is NaN. `unfinished` are the requests that are still in the system.
 */
export function summarize(
  collector: Collector,
  unfinished: readonly Request[],
  numEvictions: number,
): Summary {
  const { totals, settings } = collector;
  const { numArrived: total, firstArrivalTime } = totals;
  const { numCompleted: completed, numRejected: rejected, numAborted: aborted } = totals;
  const duration = completed === 0 ? 0 : totals.lastCompletionTime - firstArrivalTime;
  const span = totals.numSteps === 0 ? duration : totals.lastStepEndTime - firstArrivalTime;
  return {
    itl: interTokenLatency(collector, unfinished),
    throughput: {
      inputTokensPerSec: totals.numCompletedPromptTokens / duration,
      outputTokensPerSec: totals.numCompletedOutputTokens / duration,
      requestsPerSec: completed / duration,
    },
    utilization: {
      kvCache: share(totals.blockSeconds, settings.numUsableBlocks * span),
      flops: share(totals.flops, settings.peakFlops * span),
      bandwidth: share(totals.bytes, settings.peakBandwidth * span),
    },
    preemptions: {
      total: totals.numPreemptions,
      perRequestMean: totals.numPreemptions / (total - rejected),
    },
    prefixCache: {
      hits: totals.numPrefixHits,
      misses: totals.numPrefixQueries - totals.numPrefixHits,
      hitRate: totals.numPrefixHits / totals.numPrefixQueries,
      evictions: numEvictions,
    },
    counts: {
      total,
      completed,
      rejected,
      aborted,
      unfinished: total - completed - rejected - aborted,
    },
    rejections: collector.rejections,
    duration,
    numSteps: totals.numSteps,
  };
}

/**
 * Count, min and max are exact. So is the mean, up to rounding: a request's gaps add up to the time between its first and its
 * last token, and those are added as requests end, which does not depend on how gaps were grouped when they were told.
 */
function interTokenLatency(collector: Collector, unfinished: readonly Request[]): Distribution {
  let span = collector.totals.tokenSpan;
  for (const request of unfinished) span += collector.tokenSpan(request);
  return binned(collector.gaps, span);
}

/** A long run of equal additions may round a share of 1 up by some 1e-8; more than that is for the reader to see. */
function share(used: number, available: number): number {
  const ratio = used / available;
  return ratio > 1 && ratio < 1 + 1e-6 ? 1 : ratio;
}
