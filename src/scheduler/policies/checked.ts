/** Guards against plug-ins that throw or answer nonsense: the error names the policy and the method. */
import { PolicyError } from "../../base/errors.js";
import type { SchedulingPolicy } from "../policy.js";

/** The same policy, every answer of which is checked. */
export function checked(policy: SchedulingPolicy): SchedulingPolicy {
  const { name } = policy;
  const call = <T>(
    method: string,
    ask: () => T,
    isValid: (answer: T) => boolean,
    expected: string,
  ) => {
    let answer: T;
    try {
      answer = ask();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new PolicyError(name, `${method} threw: ${reason}`, error);
    }
    if (!isValid(answer)) {
      throw new PolicyError(
        name,
        `${method} returned ${String(answer)}; it must return ${expected}`,
      );
    }
    return answer;
  };
  return {
    name,
    orderChangesWithTime: policy.orderChangesWithTime,
    ...(policy.compareWaiting && {
      compareWaiting: (a, b, now) =>
        call(
          "compareWaiting",
          () => policy.compareWaiting!(a, b, now),
          (order) => typeof order === "number" && !Number.isNaN(order),
          "a number",
        ),
    }),
    ...(policy.selectVictim && {
      selectVictim: (running, cursor, now) =>
        call(
          "selectVictim",
          () => policy.selectVictim!(running, cursor, now),
          (index) => Number.isInteger(index) && index >= 0 && index < running.length,
          `an index of the ${running.length} running requests`,
        ),
    }),
  };
}
