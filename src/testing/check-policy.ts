/** The property suite of scheduling policies: what the simulator relies on, and what a policy promises. */
import { shapeProblem } from "../scheduler/policies/shape.js";
import type { AnyPolicy } from "../scheduler/policy.js";
import type { Seconds } from "../base/units.js";
import { withFastCheck } from "./fast-check.js";
import { PolicyLawError } from "./policy-law-error.js";

/** How to look for cases that break a law. */
export interface CheckPolicyOptions {
  /** Cases per law. Default 100. */
  readonly numRuns?: number;
  /** Where the cases are drawn from: equal seeds draw equal cases. An integer that fits 32 bits. Default 42. */
  readonly seed?: number;
  /** Tenants of the requests that are drawn. Default: three, and none. */
  readonly tenants?: readonly string[];
  /** Classes of the requests that are drawn. Default: three, and none. */
  readonly classes?: readonly string[];
  /** A wait so much longer than under first come, first served is for ever, for policies that promise that there is none. Default 10^6. */
  readonly patience?: Seconds;
}

/**
 * Checks that a policy keeps the laws of policies, and answers with their names:
 *
 * - its answers make sense: a number, an index of `running`; it looks at requests and does not change them, and sees
 *   no output length unless it is an oracle;
 * - its order is one: antisymmetric, transitive (ties too), the same when asked again, and, unless `orderChangesWithTime` is
 *   set, at any time;
 * - runs of all kinds of configs end, no request is lost, and equal configs give equal results;
 * - nobody waits for ever, if it promises so (`isStarvationFree`).
 *
 * It needs no test runner: a test passes if the promise is fulfilled.
 *
 * @example
 * ```ts
 * test("my policy keeps the laws of policies", () => checkPolicy(myPolicy));
 * ```
 *
 * @throws PolicyLawError naming the first law that is broken, with the smallest case found and the seed; InferenceLabError if
 * fast-check is not installed
 */
export async function checkPolicy(
  policy: AnyPolicy,
  options: CheckPolicyOptions = {},
): Promise<readonly string[]> {
  const { seed = 42 } = options;
  const problem = shapeProblem(policy);
  if (problem !== undefined) {
    const { name } = Object(policy) as { readonly name?: unknown };
    const called = typeof name === "string" && name !== "" ? name : "(no name)";
    const finding = `it must be ${problem.must}, found ${problem.found}`;
    throw new PolicyLawError(called, "it has the shape of a policy", finding, { seed });
  }
  const { lawsOf } = await withFastCheck(() => import("./policy-laws.js"));
  const held: string[] = [];
  for (const [law, check] of lawsOf(policy, { ...options, seed })) {
    check();
    held.push(law);
  }
  return held;
}
