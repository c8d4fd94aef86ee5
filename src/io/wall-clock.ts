/** Wall-clock timestamps to exact differences. Date would keep milliseconds only, and guess a time zone. */
import type { Seconds } from "../base/units.js";

const TIMESTAMP =
  /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):?(\d\d))?$/;

/**
 * A function from timestamps (`2023-11-16 18:15:46.6805900`, UTC unless an offset follows) to seconds since the first one it
 * was given: the double nearest to the decimal difference. Undefined for what is not a timestamp.
 */
export function createWallClock(): (timestamp: string) => Seconds | undefined {
  let first: Instant | undefined;
  return (timestamp) => {
    const instant = parseTimestamp(timestamp);
    if (instant === undefined) return undefined;
    first ??= instant;
    // Whole nanoseconds are exact below 2^53, for 104 days; then one division rounds once.
    return (
      ((instant.seconds - first.seconds) * 1e9 + (instant.nanoseconds - first.nanoseconds)) / 1e9
    );
  };
}

interface Instant {
  /** Since 1970, UTC. */
  readonly seconds: number;
  readonly nanoseconds: number;
}

function parseTimestamp(text: string): Instant | undefined {
  const match = TIMESTAMP.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const midnight = Date.UTC(year, month - 1, day);
  const date = new Date(midnight);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const offset = (Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0)) * 60;
  return {
    seconds:
      midnight / 1000 + hour * 3600 + minute * 60 + second - (match[8] === "-" ? -offset : offset),
    nanoseconds: Number((match[7] ?? "").padEnd(9, "0")),
  };
}
