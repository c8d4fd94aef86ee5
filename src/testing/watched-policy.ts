/** A policy that is held to the laws of orders while it is at work, on the requests that really wait. */
import type { OracleView } from "../request/request.js";
import { type AskedPolicy, checked } from "../scheduler/policies/checked.js";
import type { AnyPolicy, PolicyPlugin } from "../scheduler/policy.js";
import { checkPair, checkTriple, type Compare, TIMELESS } from "./order-laws.js";
import { Violation } from "./violation.js";

/** The same policy; a run with it throws what it sees broken. */
export function watchedPolicy(policy: AnyPolicy): PolicyPlugin {
  const { name, needsOutputLength } = policy;
  return { name, needsOutputLength, create: (seed) => watched(checked(policy, seed)) as never };
}

function watched(policy: AskedPolicy): AskedPolicy {
  const { compareWaiting } = policy;
  if (compareWaiting === undefined) return policy;
  const compare: Compare = (a, b, now) => Math.sign(compareWaiting(a, b, now));
  const waiting = new Set<OracleView>();
  const answers = new Map<string, number>();
  return {
    ...policy,
    compareWaiting(a, b, now) {
      if (a === b) return 0;
      checkPair(compare, a, b, now);
      for (const c of waiting) {
        if (c === a || c === b) continue;
        checkTriple(compare, [a, b, c], now);
        break;
      }
      waiting.add(a).add(b);
      const answer = compare(a, b, now);
      if (policy.orderChangesWithTime === true) return answer;
      const key = stateOf(a) + stateOf(b);
      const before = answers.get(key) ?? answer;
      if (before !== answer) {
        throw new Violation(
          TIMELESS,
          `requests ${a.index} and ${b.index} have changed places while both waited`,
        );
      }
      answers.set(key, answer);
      return answer;
    },
    onAdmission(request, now) {
      waiting.delete(request);
      policy.onAdmission?.(request, now);
    },
    onRequestEnd(request) {
      waiting.delete(request);
      policy.onRequestEnd?.(request);
    },
  };
}

/** What may change the place of a request: a preempted one still gets the token that was being computed. */
function stateOf({ index, numPreemptions, numOutputTokens }: OracleView): string {
  return `${index}/${numPreemptions}/${numOutputTokens};`;
}
