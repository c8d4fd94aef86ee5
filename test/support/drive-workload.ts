/** Takes all requests of a workload, without a server: each ends a given time after it arrives. */
import type { RequestSpec } from "../../src/request/request-spec.js";
import type { Workload } from "../../src/workload/workload.js";

export interface Sent extends RequestSpec {
  readonly endTime: number;
}

/** At one instant requests end before others arrive, as in the engine. `serviceTime` is that of the request with an index. */
export function driveWorkload(
  workload: Workload,
  serviceTime: (index: number) => number,
  watch: (numUnderWay: number) => void = () => {},
): Sent[] {
  const sent: Sent[] = [];
  const underWay = new Set<number>();
  for (;;) {
    const [first] = [...underWay].sort((a, b) => sent[a]!.endTime - sent[b]!.endTime || a - b);
    const nextEnd = first === undefined ? Infinity : sent[first]!.endTime;
    const nextArrival = workload.nextArrivalTime();
    if (nextArrival === Infinity && first === undefined) return sent;
    if (nextArrival < nextEnd) {
      const request = workload.next();
      if (request.arrivalTime !== nextArrival) throw new Error("it arrives when it was announced");
      const index = sent.length;
      sent.push({ ...request, endTime: nextArrival + serviceTime(index) });
      underWay.add(index);
      watch(underWay.size);
    } else {
      underWay.delete(first!);
      workload.onRequestEnd?.(first!, nextEnd);
    }
  }
}
