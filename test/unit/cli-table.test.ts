import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { formatTable } from "../../src/cli/table.js";

const bold = (text: string) => `\x1b[1m${text}\x1b[22m`;
const plain = (text: string) => text;

test("lines meet whatever the colours", () => {
  const columns = [{ head: "Name" }, { head: "n", align: "right", width: 6 }] as const;
  const rows = [
    ["a", "12"],
    [bold("long name"), "3"],
  ];
  const table = stripVTControlCharacters(formatTable(columns, rows, bold));
  expect(table).toBe(
    [
      "┌───────────┬──────┐",
      "│ Name      │    n │",
      "├───────────┼──────┤",
      "│ a         │   12 │",
      "│ long name │    3 │",
      "└───────────┴──────┘",
    ].join("\n"),
  );
});

test("what is too long ends in an ellipsis and fills its column", () => {
  const table = formatTable([{ head: "H", width: 8 }], [["abcdefgh"], ["漢字漢字漢"]], plain);
  expect(table).toContain("│ abcde… │");
  expect(table).toContain("│ 漢字…  │");
});

test("wide characters take two columns, marks none", () => {
  const table = formatTable([{ head: "H", width: 8 }], [["日本"], ["e\u0301x"]], plain);
  expect(table).toContain("│ 日本   │");
  expect(table).toContain("│ e\u0301x     │");
});

test("a table without rows has no line between head and rows", () => {
  expect(formatTable([{ head: "H" }], [], plain)).toBe("┌───┐\n│ H │\n└───┘");
});
