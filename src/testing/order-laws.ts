/** What an order of waiting requests is, checked on requests that are at hand. */
import type { Seconds } from "../base/units.js";
import type { OracleView } from "../request/request.js";
import { Violation } from "./violation.js";

export const SAME_AGAIN = "asked the same again, it answers the same";
export const ANTISYMMETRIC = "of two requests one goes first, whichever is named first";
export const TRANSITIVE = "its order is transitive, ties included";
export const TIMELESS = "its order does not change while requests wait, unless orderChangesWithTime is set"; // prettier-ignore

/** The sign of an answer: before, tie, after. */
export type Compare = (a: OracleView, b: OracleView, now: Seconds) => number;

/** @throws Violation */
export function checkPair(compare: Compare, a: OracleView, b: OracleView, now: Seconds): void {
  const first = compare(a, b, now);
  const back = compare(b, a, now);
  if (back !== -first) {
    throw new Violation(ANTISYMMETRIC, `${told(a, b, first)}, but ${told(b, a, back)}`);
  }
}

/** @throws Violation */
export function checkTriple(
  compare: Compare,
  [x, y, z]: readonly [OracleView, OracleView, OracleView],
  now: Seconds,
): void {
  for (const [a, b, c] of [
    [x, y, z],
    [y, z, x],
    [z, x, y],
    [x, z, y],
    [z, y, x],
    [y, x, z],
  ] as const) {
    const ab = compare(a, b, now);
    const bc = compare(b, c, now);
    const ac = compare(a, c, now);
    if (ab > 0 || bc > 0) continue;
    if (ac !== Math.min(ab, bc)) {
      throw new Violation(
        TRANSITIVE,
        `${told(a, b, ab)} and ${told(b, c, bc)}, but ${told(a, c, ac)}`,
      );
    }
  }
}

/** @throws Violation */
export function checkTimeless(
  compare: Compare,
  [a, b]: readonly OracleView[],
  now: Seconds,
  later: Seconds,
): void {
  const first = compare(a!, b!, now);
  const then = compare(a!, b!, later);
  if (then !== first) {
    throw new Violation(
      TIMELESS,
      `at ${now} s ${told(a!, b!, first)}, and at ${later} s ${told(a!, b!, then)}`,
    );
  }
}

/** An answer in words. */
export function told(a: OracleView, b: OracleView, order: number): string {
  if (order === 0) return `request ${a.index} ties with ${b.index}`;
  return `request ${a.index} goes ${order < 0 ? "before" : "after"} ${b.index}`;
}
