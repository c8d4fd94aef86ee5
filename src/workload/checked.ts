/** Guards against workload plug-ins that answer nonsense: the error names the plug-in, what it said and what is allowed. */
import { InferenceLabError } from "../base/errors.js";
import type { Seconds } from "../base/units.js";
import type { RequestSpec } from "../request/request-spec.js";
import type { Workload } from "./workload.js";

/** The same workload, every answer of which is checked. */
export function checkedWorkload(name: string, workload: Workload): Workload {
  let lastTime: Seconds = -Infinity;
  const fail = (what: string, found: unknown, allowed: string): never => {
    throw new InferenceLabError(
      `workload "${name}": ${what} is ${String(found)}; it must be ${allowed}`,
    );
  };
  const nextArrivalTime = (): Seconds => {
    const time = workload.nextArrivalTime();
    if (typeof time !== "number" || Number.isNaN(time)) {
      fail("nextArrivalTime()", time, "a number, Infinity when no request is known");
    }
    if (time < lastTime) fail("nextArrivalTime()", time, `at least the last arrival, ${lastTime}`);
    return time;
  };
  return {
    numRequests: workload.numRequests,
    nextArrivalTime,
    next(): RequestSpec {
      lastTime = nextArrivalTime();
      const spec = workload.next();
      const { arrivalTime, numPromptTokens, numOutputTokens, maxTokens, priority, abortTime } =
        spec;
      const { tenant, class: serviceClass } = spec;
      const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 1;
      if (arrivalTime !== lastTime)
        fail("arrivalTime", arrivalTime, `what nextArrivalTime() said, ${lastTime}`);
      if (!isCount(numPromptTokens))
        fail("numPromptTokens", numPromptTokens, "an integer of at least 1");
      if (!isCount(numOutputTokens))
        fail("numOutputTokens", numOutputTokens, "an integer of at least 1");
      if (maxTokens !== undefined && !isCount(maxTokens)) {
        fail("maxTokens", maxTokens, "an integer of at least 1, or absent");
      }
      if (priority !== undefined && !Number.isFinite(priority)) {
        fail("priority", priority, "a finite number, or absent");
      }
      if (abortTime !== undefined && !(abortTime >= arrivalTime)) {
        fail("abortTime", abortTime, "at or after the arrival, or absent");
      }
      if (tenant !== undefined && typeof tenant !== "string") {
        fail("tenant", tenant, "a text, or absent");
      }
      if (serviceClass !== undefined && typeof serviceClass !== "string") {
        fail("class", serviceClass, "a text, or absent");
      }
      return spec;
    },
    ...(workload.onRequestEnd && {
      onRequestEnd: (index: number, now: Seconds) => workload.onRequestEnd!(index, now),
    }),
  };
}
