/** What the examples share: a table for people, and a claim that is checked. */

/**
 * Prints rows of cells under a head, in columns as wide as they need. Numbers come with three significant digits.
 *
 * @param {readonly string[]} head
 * @param {readonly (readonly (string | number)[])[]} rows
 */
export function printTable(head, rows) {
  const texts = [head, ...rows].map((row) => row.map(formatCell));
  const widths = head.map((_, column) => Math.max(...texts.map((row) => row[column].length)));
  for (const row of texts) {
    console.log(row.map((cell, column) => cell.padStart(widths[column])).join("  "));
  }
}

function formatCell(cell) {
  if (typeof cell === "string") return cell;
  const digits = Number(cell.toPrecision(3));
  return digits.toLocaleString("en-US", { maximumFractionDigits: 6, useGrouping: false });
}

/** How far a value is from what theory says, as per cent with its sign. */
export function formatError(simulated, theory) {
  const percent = 100 * (simulated / theory - 1);
  return `${percent < 0 ? "−" : "+"}${Math.abs(percent).toFixed(2)} %`;
}

/**
 * States what the example found, and ends the process with exit code 1 if it does not hold.
 *
 * @param {string} claim
 * @param {boolean} holds
 */
export function check(claim, holds) {
  console.log(`${holds ? "yes" : "NO"}: ${claim}`);
  if (!holds) process.exitCode = 1;
}
