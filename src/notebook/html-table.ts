/** A table in the two forms that notebooks show: HTML, and aligned text. */
import { display, type Display } from "./display.js";

/** A table that shows itself. */
export interface Table extends Display {
  /** A `<table>` element. */
  readonly html: string;
  /** The same in aligned columns. */
  readonly text: string;
}

export interface TableContent {
  /** Stands above the table. Default: nothing does. */
  readonly caption?: string;
  readonly head: readonly string[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly string[])[];
}

export function htmlTable(content: TableContent): Table {
  const html = toHtml(content);
  const text = toText(content);
  return display({ "text/html": html, "text/plain": text }, { html, text });
}

function toHtml({ caption, head, rows }: TableContent): string {
  const row = (cells: readonly string[], tag: (column: number) => "th" | "td") =>
    `<tr>${cells.map((text, column) => cell(tag(column), column, text)).join("")}</tr>`;
  const body = rows.map((cells) => row(cells, (column) => (column === 0 ? "th" : "td")));
  return [
    "<table>",
    ...(caption === undefined
      ? []
      : [`<caption style="text-align: left">${escaped(caption)}</caption>`]),
    `<thead>${row(head, () => "th")}</thead>`,
    `<tbody>${body.join("\n")}</tbody>`,
    "</table>",
  ].join("\n");
}

function cell(tag: "th" | "td", column: number, text: string): string {
  const side = column === 0 ? "left" : "right";
  return `<${tag} style="text-align: ${side}; white-space: nowrap">${escaped(text)}</${tag}>`;
}

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function toText({ caption, head, rows }: TableContent): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)));
  const pad = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!);
  const rowsOfText = lines.map((cells) => cells.map(pad).join("  ").trimEnd());
  return [...(caption === undefined ? [] : [caption]), ...rowsOfText].join("\n");
}
