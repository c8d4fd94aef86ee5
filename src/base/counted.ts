/** Counts in sentences. */

/** `12031` → `12,031`, the same on every engine. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1, "request"` → `1 request`; `2000, "request"` → `2,000 requests`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}
