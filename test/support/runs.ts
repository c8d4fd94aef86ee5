/** Runs told to a collector by hand, without an engine. */
import { Collector, type CollectorSettings } from "../../src/metrics/collector.js";
import type { BatchShape } from "../../src/request/batch-shape.js";
import type { RequestSpec } from "../../src/request/request-spec.js";
import { Request } from "../../src/request/request.js";

/** A request of 100 prompt tokens and 3 output tokens that arrives at 0, unless told otherwise. */
export function aRequest(index: number, spec: Partial<RequestSpec> = {}): Request {
  return new Request(
    { arrivalTime: 0, numPromptTokens: 100, numOutputTokens: 3, ...spec },
    index,
    4096,
  );
}

/** Ten blocks, 100 FLOP/s, 1000 bytes/s. */
export function aCollector(settings: Partial<CollectorSettings> = {}): Collector {
  return new Collector({ numUsableBlocks: 10, peakFlops: 100, peakBandwidth: 1000, ...settings });
}

export function aShape(numPrefillTokens: number, numSamples: number): BatchShape {
  return {
    numPrefills: numPrefillTokens > 0 ? 1 : 0,
    numDecodes: 0,
    numPrefillTokens,
    numSamples,
    attention: [],
  };
}

/** Lets a request have its output tokens at `times`, the first one first, and completes it with the last. */
export function serve(collector: Collector, request: Request, times: readonly number[]): void {
  for (const time of times) deliver(collector, request, time);
  collector.onCompletion(request, times.at(-1)!);
}

/** Gives a request one output token. */
export function deliver(collector: Collector, request: Request, time: number): void {
  if (request.numOutputTokens === 0) collector.onFirstToken(request, time);
  else collector.onTokens(time - request.lastTokenTime, 1);
  request.onToken(time);
}
