/** Guards against plug-ins that throw or answer nonsense: the error names the policy and the method. */
import { PolicyError } from "../../base/errors.js";
import type { OracleView } from "../../request/request.js";
import type { AnyPolicy, PolicyPlugin, SchedulingPolicy } from "../policy.js";
import { isPolicyPlugin, shapeProblem } from "./shape.js";

/** What the scheduler asks: it shows all that oracles may see, and other policies do not look at it. */
export type AskedPolicy = SchedulingPolicy<OracleView>;

/** The same policy, made for a run if it is a plug-in with a memory, every answer of which is checked. */
export function checked(policy: AnyPolicy, seed: number): AskedPolicy {
  return isPolicyPlugin(policy) ? guarded(created(policy, seed)) : guarded(policy);
}

function created(plugin: PolicyPlugin, seed: number): AskedPolicy {
  const { name } = plugin;
  const policy = call(name, "create", () => plugin.create(seed));
  const problem = shapeProblem(policy);
  if (problem !== undefined || isPolicyPlugin(policy)) {
    const { must, found } = problem ?? { must: "a policy", found: "a plug-in that creates one" };
    throw new PolicyError(name, `create must return ${must}, found ${found}`);
  }
  if (policy.needsOutputLength === true && plugin.needsOutputLength !== true) {
    throw new PolicyError(name, "create returned an oracle; set needsOutputLength beside create");
  }
  return policy;
}

function guarded(policy: AskedPolicy): AskedPolicy {
  const { name, orderChangesWithTime, isStarvationFree } = policy;
  const { compareWaiting, selectVictim, onArrival, onAdmission, onRequestEnd } = policy;
  return {
    name,
    orderChangesWithTime,
    isStarvationFree,
    ...(compareWaiting && {
      compareWaiting(a, b, now) {
        const order = call(name, "compareWaiting", () => compareWaiting.call(policy, a, b, now));
        if (typeof order === "number" && !Number.isNaN(order)) return order;
        throw nonsense(name, "compareWaiting", order, "a number");
      },
    }),
    ...(selectVictim && {
      selectVictim(running, cursor, now) {
        const index = call(name, "selectVictim", () =>
          selectVictim.call(policy, running, cursor, now),
        );
        if (Number.isInteger(index) && index >= 0 && index < running.length) return index;
        const expected = `an index of the ${running.length} running requests`;
        throw nonsense(name, "selectVictim", index, expected);
      },
    }),
    ...(onArrival && {
      onArrival: (request) => call(name, "onArrival", () => onArrival.call(policy, request)),
    }),
    ...(onAdmission && {
      onAdmission: (request, now) =>
        call(name, "onAdmission", () => onAdmission.call(policy, request, now)),
    }),
    ...(onRequestEnd && {
      onRequestEnd: (request) =>
        call(name, "onRequestEnd", () => onRequestEnd.call(policy, request)),
    }),
  };
}

function call<T>(name: string, method: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PolicyError(name, `${method} threw: ${reason}`, error);
  }
}

function nonsense(name: string, method: string, answer: unknown, expected: string): PolicyError {
  return new PolicyError(name, `${method} returned ${String(answer)}; it must return ${expected}`);
}
