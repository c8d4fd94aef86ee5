/** Asks a policy about a situation, and watches what it does meanwhile. */
import type { OracleView } from "../request/request.js";
import { checked } from "../scheduler/policies/checked.js";
import type { AnyPolicy } from "../scheduler/policy.js";
import { Onlooker } from "./onlooker.js";
import { type Compare, SAME_AGAIN, told } from "./order-laws.js";
import type { Situation } from "./policy-cases.js";
import { Violation } from "./violation.js";

/** A policy that has been told of all requests of a situation. */
export interface Interview extends Situation {
  readonly compare: Compare | undefined;
  readonly selectVictim: (() => number) | undefined;
}

/**
 * A fresh policy is shown a situation, and asked.
 * @throws Violation if it does more than look
 */
export function interview(
  policy: AnyPolicy,
  seed: number,
  { running, waiting, cursor, now }: Situation,
  ask: (interview: Interview) => void,
): void {
  const onlooker = new Onlooker(policy.needsOutputLength === true);
  const fresh = checked(policy, seed);
  const { compareWaiting, selectVictim, onArrival, onAdmission } = fresh;
  const shownRunning = onlooker.showAll(running);
  const shownWaiting = waiting.map((request) => onlooker.show(request));
  const [a, b, c] = shownWaiting as [OracleView, OracleView, OracleView];
  try {
    for (const request of [...shownRunning, a, b, c]) onArrival?.(request);
    for (const request of shownRunning) onAdmission?.(request, now);
    ask({
      running: shownRunning,
      waiting: [a, b, c],
      cursor,
      now,
      compare: compareWaiting && ((x, y, at) => Math.sign(compareWaiting(x, y, at))),
      selectVictim: selectVictim && (() => selectVictim(shownRunning, cursor, now)),
    });
  } finally {
    onlooker.judge();
  }
}

/** Everything that the scheduler asks. */
export function askAll({ compare, selectVictim, waiting, now }: Interview): void {
  for (const a of waiting) for (const b of waiting) if (a !== b) compare?.(a, b, now);
  selectVictim?.();
}

/** @throws Violation */
export function askAgain({ compare, selectVictim, waiting: [a, b], now }: Interview): void {
  const first = compare?.(a, b, now);
  const victim = selectVictim?.();
  const again = compare?.(a, b, now);
  const victimAgain = selectVictim?.();
  if (first !== again) {
    throw new Violation(SAME_AGAIN, `${told(a, b, first!)}, and asked again ${told(a, b, again!)}`);
  }
  if (victim !== victimAgain) {
    throw new Violation(SAME_AGAIN, `its victim is ${victim}, and asked again ${victimAgain}`);
  }
}
