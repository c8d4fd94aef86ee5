/** Tables of text for a terminal: a head, and rows of cells within lines. */
import { stripVTControlCharacters } from "node:util";

export interface Column {
  readonly head: string;
  /** Default: left. */
  readonly align?: "left" | "right";
  /** Characters between the lines, a space at either end included; what is longer ends in "…". Default: what the longest cell needs. */
  readonly width?: number;
}

/** Cells may be coloured; `paint` colours those of the head. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: (head: string) => string,
): string {
  const cells = [columns.map(({ head }) => paint(head)), ...rows];
  const widths = columns.map(
    ({ width }, i) => width ?? 2 + Math.max(...cells.map((row) => widthOf(row[i]!))),
  );
  const rule = (left: string, between: string, right: string) =>
    left + widths.map((width) => "─".repeat(width)).join(between) + right;
  const [head, ...body] = cells.map((row) => {
    const fitted = row.map((cell, i) => ` ${fit(cell, widths[i]! - 2, columns[i]!.align)} `);
    return `│${fitted.join("│")}│`;
  });
  return [
    rule("┌", "┬", "┐"),
    head,
    ...(body.length > 0 ? [rule("├", "┼", "┤")] : []),
    ...body,
    rule("└", "┴", "┘"),
  ].join("\n");
}

function fit(cell: string, width: number, align: Column["align"]): string {
  const space = width - widthOf(cell);
  if (space < 0) return fit(`${cut(stripVTControlCharacters(cell), width - 1)}…`, width, align);
  return align === "right" ? " ".repeat(space) + cell : cell + " ".repeat(space);
}

/** As much of the beginning as there is room for. */
function cut(text: string, width: number): string {
  const kept: string[] = [];
  let room = width;
  for (const character of text) {
    room -= widthOf(character);
    if (room < 0) break;
    kept.push(character);
  }
  return kept.join("");
}

/** Columns that a text takes on the screen: two for a character of East Asian scripts or an emoji, none for a mark on another. */
function widthOf(text: string): number {
  const plain = stripVTControlCharacters(text);
  if (/^[\x20-\x7e]*$/.test(plain)) return plain.length;
  let width = 0;
  for (const character of plain)
    width += WIDE.test(character) ? 2 : NO_WIDTH.test(character) ? 0 : 1;
  return width;
}

const WIDE =
  /[\p{Emoji_Presentation}\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303e\uff01-\uff60]/u;
const NO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;
