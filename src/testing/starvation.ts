/** More requests than can be served, for longer than anybody may wait: whoever waits in between shows whether a policy starves. */
import fc from "fast-check";
import type { Seconds } from "../base/units.js";
import type { CostModel } from "../cost/cost-model.js";
import type { AnyPolicy } from "../scheduler/policy.js";
import type { SimulationConfig, TraceRow } from "../simulation/config.js";
import { simulate } from "../simulation/simulation.js";
import type { Labels } from "./policy-cases.js";
import { Violation } from "./violation.js";

export const NOBODY_STARVES = "nobody waits for ever, as it promises (isStarvationFree)";

/** A server, whom it makes wait, and who comes all the time. */
export interface Siege {
  readonly maxNumSeqs: number;
  readonly numGpuBlocks: number;
  readonly waiting: SiegeRequest;
  /** One after the other, over and over. */
  readonly others: readonly SiegeRequest[];
}

type SiegeRequest = Omit<TraceRow, "arrivalTime">;

const int = (min: number, max: number) => fc.integer({ min, max });

export function arbSiege({ tenants, classes }: Labels): fc.Arbitrary<Siege> {
  const arbRequest = fc.record({
    numPromptTokens: int(1, 200),
    numOutputTokens: int(5, 40),
    priority: int(-2, 2),
    tenant: fc.constantFrom(...tenants),
    class: fc.constantFrom(...classes),
  });
  return fc.record({
    maxNumSeqs: int(1, 3),
    numGpuBlocks: fc.constantFrom(500, 33),
    waiting: arbRequest,
    others: fc.array(arbRequest, { minLength: 1, maxLength: 3 }),
  });
}

/** @throws Violation if the one that waits is done later than under first come, first served, by more than `patience` */
export function withstand(siege: Siege, policy: AnyPolicy, patience: Seconds): void {
  const { trace, row } = traffic(siege, patience);
  const endUnder = (scheduling: AnyPolicy | "fcfs") =>
    simulate(siegeConfig(siege, trace, scheduling, patience)).requests.finishTime[row]!;
  const fair = endUnder("fcfs");
  const end = endUnder(policy);
  if (end > fair + patience) {
    throw new Violation(
      NOBODY_STARVES,
      `request ${row} is done at ${end.toExponential(2)} s, under first come, first served at ${fair.toExponential(2)} s: later by more than the patience of ${patience} s`,
    );
  }
}

/** Arrivals at one and a half times what can be served, for four times the patience. A step takes a hundredth of it. */
function traffic({ waiting, others, maxNumSeqs }: Siege, patience: Seconds) {
  const meanSteps = others.reduce((sum, r) => sum + r.numOutputTokens, 0) / others.length;
  const gap = (meanSteps * patience) / 100 / maxNumSeqs / 1.5;
  const at = (i: number, arrivalTime: Seconds): TraceRow => ({
    ...others[i % others.length]!,
    arrivalTime,
  });
  const before = Array.from({ length: maxNumSeqs + 1 }, (_, i) => at(i, 0));
  const after = Array.from({ length: Math.ceil((4 * patience) / gap) }, (_, i) =>
    at(i, (i + 1) * gap),
  );
  const trace = [...before, { ...waiting, arrivalTime: 0 }, ...after];
  return { trace, row: before.length };
}

function siegeConfig(
  { maxNumSeqs, numGpuBlocks }: Siege,
  trace: readonly TraceRow[],
  policy: AnyPolicy | "fcfs",
  patience: Seconds,
): SimulationConfig {
  const costModel: CostModel = {
    name: "steps of one length",
    peakFlops: 1,
    peakBandwidth: 1,
    stepCost: (_, out) => {
      out.seconds = patience / 100;
      out.flops = 0;
      out.bytes = 0;
    },
  };
  return {
    hardware: { computeFlops: 1, memoryBandwidth: 1, memoryCapacity: 1e9, bytesPerParam: 1 },
    model: { numParameters: 1e6, numLayers: 2, hiddenDim: 16, numHeads: 4, maxSeqLen: 512 },
    scheduler: {
      maxNumBatchedTokens: 4096,
      maxNumSeqs,
      blockSize: 16,
      enableChunkedPrefill: true,
      numGpuBlocks,
      policy,
    },
    workload: { trace },
    costModel,
  };
}
