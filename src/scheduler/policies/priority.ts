import type { RequestView } from "../../request/request.js";
import type { SchedulingPolicy } from "../policy.js";

/**
 * vLLM's `priority`: lower values first, ties in order of arrival. The running request with the highest value, among
 * those the latest arrival, gives way, whether or not this step has served it already.
 */
export const priority = (): SchedulingPolicy => ({
  name: "priority",
  compareWaiting: byPriority,
  selectVictim(running) {
    let victim = 0;
    for (let i = 1; i < running.length; i++) {
      if (byPriority(running[i]!, running[victim]!) > 0) victim = i;
    }
    return victim;
  },
});

function byPriority(a: RequestView, b: RequestView): number {
  return a.priority - b.priority || a.arrivalOrder - b.arrivalOrder;
}
