/** The laws of scheduling policies, each with the cases in which it is looked at. */
import fc from "fast-check";
import { PolicyError } from "../base/errors.js";
import { checked } from "../scheduler/policies/checked.js";
import type { AnyPolicy } from "../scheduler/policy.js";
import type { CheckPolicyOptions } from "./check-policy.js";
import { askAgain, askAll, interview, type Interview } from "./interview.js";
import { LOOKS_ONLY } from "./onlooker.js";
import {
  ANTISYMMETRIC,
  checkPair,
  checkTimeless,
  checkTriple,
  SAME_AGAIN,
  TIMELESS,
  TRANSITIVE,
} from "./order-laws.js";
import { arbRun, arbSituation } from "./policy-cases.js";
import { PolicyLawError } from "./policy-law-error.js";
import { checkRun, checkSameResult, RUNS_END, SAME_RESULT } from "./run-laws.js";
import { arbSiege, NOBODY_STARVES, withstand } from "./starvation.js";
import { violationIn } from "./violation.js";

const ANSWERS = "it answers: compareWaiting a number, selectVictim an index of running";

/** A law, and what throws a PolicyLawError unless it holds. */
export type PolicyLaw = readonly [law: string, check: () => void];

/** The laws that a policy has to keep, the simplest first. */
export function lawsOf(
  policy: AnyPolicy,
  options: CheckPolicyOptions & { readonly seed: number },
): readonly PolicyLaw[] {
  const { seed, numRuns = 100, patience = 1e6 } = options;
  const { tenants = ["", "a", "b", "c"], classes = ["", "a", "b", "c"] } = options;
  const labels = { tenants, classes };
  const law = <T>(name: string, cases: fc.Arbitrary<T>, judge: (value: T) => void): PolicyLaw => [
    name,
    () => assertLaw(policy.name, name, fc.property(cases, judge), { seed, numRuns }),
  ];
  const asked = (name: string, ask: (interview: Interview) => void) =>
    law(name, arbSituation(labels), (situation) => interview(policy, seed, situation, ask));

  const first = asked(ANSWERS, askAll);
  const { compareWaiting, orderChangesWithTime, isStarvationFree } = sampleOf(policy, seed);
  const order = compareWaiting && [
    asked(ANTISYMMETRIC, ({ compare, waiting: [a, b], now }) => checkPair(compare!, a, b, now)),
    asked(TRANSITIVE, ({ compare, waiting, now }) => checkTriple(compare!, waiting, now)),
  ];
  const timeless = compareWaiting &&
    orderChangesWithTime !== true && [
      asked(TIMELESS, ({ compare, waiting, now }) =>
        checkTimeless(compare!, waiting, now, 2 * now + 1000),
      ),
    ];
  return [
    first,
    asked(LOOKS_ONLY, askAll),
    asked(SAME_AGAIN, askAgain),
    ...(order ?? []),
    ...(timeless || []),
    law(RUNS_END, arbRun(labels), (config) => checkRun(config, policy)),
    law(SAME_RESULT, arbRun(labels), (config) => checkSameResult(config, policy)),
    ...(isStarvationFree === true
      ? [law(NOBODY_STARVES, arbSiege(labels), (siege) => withstand(siege, policy, patience))]
      : []),
  ];

  /** One that shows what the policy has and promises. */
  function sampleOf(of: AnyPolicy, withSeed: number) {
    try {
      return checked(of, withSeed);
    } catch (error) {
      throw lawError(of.name, ANSWERS, error, { seed });
    }
  }
}

function assertLaw<T>(
  policy: string,
  law: string,
  property: fc.IProperty<[T]>,
  { seed, numRuns }: { readonly seed: number; readonly numRuns: number },
): void {
  const { failed, counterexample, errorInstance } = fc.check(property, { seed, numRuns });
  if (!failed) return;
  throw lawError(policy, law, errorInstance, { counterexample: counterexample?.[0], seed });
}

/** Whatever law was looked at: what was seen may break another. */
function lawError(
  policy: string,
  law: string,
  error: unknown,
  where: ConstructorParameters<typeof PolicyLawError>[3],
): PolicyLawError {
  const violation = violationIn(error);
  const broken = violation?.law ?? (error instanceof PolicyError ? ANSWERS : law);
  let finding: unknown = violation ?? error;
  // The run wraps what the watched policy has wrapped: the inner one says it.
  while (finding instanceof PolicyError && finding.cause instanceof PolicyError) {
    finding = finding.cause;
  }
  const message = finding instanceof Error ? finding.message : String(finding);
  const text = message.replace(`policy "${policy}": `, "");
  return new PolicyLawError(policy, broken, text, where, error);
}
