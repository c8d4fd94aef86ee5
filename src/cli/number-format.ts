/** Figures for people: three significant digits, thousands separated, the unit beside them. */
import type { Bytes, Seconds } from "../base/units.js";

/** What stands for a figure that is not defined. */
export const NONE = "–";

/** `1234567` → `1,234,567`. */
export function formatCount(count: number): string {
  return Number.isFinite(count) ? separated(count) : NONE;
}

/** Groups of three digits, at most three decimals. Not `toLocaleString`: its first call takes 30 ms, a tenth of a short run. */
function separated(value: number): string {
  const [whole = "", decimals] = String(Number(value.toFixed(3))).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
}

/** Three significant digits, and all digits before the decimal point: `0.0123`, `4.57`, `81.2`, `5,123`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return NONE;
  if (value === 0) return "0";
  // Rounded first, so that 9.996 becomes 10.0 and not 10.00.
  const rounded = Number(value.toPrecision(3));
  const decimals = 2 - Math.floor(Math.log10(Math.abs(rounded)));
  if (decimals <= 0) return separated(Math.round(value));
  return rounded.toFixed(Math.min(decimals, 6));
}

/** A share of one as per cent: `0.1234` → `12.3 %`. */
export function formatPercent(share: number): string {
  const percent = 100 * share;
  if (percent > 0 && percent < 0.05) return "<0.1 %";
  return Number.isFinite(percent) ? `${percent.toFixed(1)} %` : NONE;
}

/** A duration in a unit of its own size: `412 ms`, `12.3 s`, `3.20 h`. */
export function formatDuration(seconds: Seconds, unit: TimeUnit = timeUnit(seconds)): string {
  return withUnit(formatNumber(seconds / SECONDS_PER[unit]), unit);
}

export type TimeUnit = keyof typeof SECONDS_PER;

export const SECONDS_PER = { µs: 1e-6, ms: 1e-3, s: 1, h: 3600 };

/** The unit a duration reads best in: milliseconds up to 10 s. */
export function timeUnit(seconds: Seconds): TimeUnit {
  if (seconds >= 10_000) return "h";
  if (seconds >= 10) return "s";
  return seconds >= 1e-4 || seconds === 0 ? "ms" : "µs";
}

/** With a decimal prefix: `formatSi(1.513e15, "FLOP/s")` → `1.51 PFLOP/s`. */
export function formatSi(value: number, unit: string): string {
  return scaled(value, 1000, ["", "k", "M", "G", "T", "P", "E"], unit);
}

/** In words: `7e10` → `70.0 billion`. */
export function formatLarge(value: number): string {
  return scaled(value, 1000, ["", "thousand", "million", "billion", "trillion"], "").trimEnd();
}

/** With a binary prefix: `85899345920` → `80.0 GiB`. */
export function formatBytes(bytes: Bytes): string {
  return scaled(bytes, 1024, ["", "Ki", "Mi", "Gi", "Ti", "Pi"], "B");
}

function scaled(value: number, base: number, prefixes: readonly string[], unit: string): string {
  let exponent = 0;
  while (exponent < prefixes.length - 1 && value >= base) {
    value /= base;
    exponent++;
  }
  return withUnit(formatNumber(value), `${prefixes[exponent]}${unit}`);
}

function withUnit(figure: string, unit: string): string {
  return figure === NONE ? NONE : `${figure} ${unit}`;
}
