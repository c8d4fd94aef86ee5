/** docs/vllm-rules.md names files, functions and tests: all of them exist, and no rule test is left out. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const table = readFileSync("docs/vllm-rules.md", "utf8");
const rows = table
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| rule ") && !line.startsWith("| -"))
  .map((line) => line.slice(1, -1).split(" | "))
  .map(([rule, code, tests]) => ({ rule: rule!.trim(), code: code!, tests: tests! }));

const read = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : "");

/** "`file`: what" → [file, what], the parts being divided by semicolons. */
const parts = (cell: string) =>
  cell.split("; `").map((part) => {
    const [, file, what] = /^ ?`?([\w/.-]+)`: (.*)$/.exec(part.trimEnd())!;
    return [file!, what!] as const;
  });

/** A method, field, function, constant, class or property of that name is defined. */
const defines = (source: string, name: string) =>
  new RegExp(`^ *(export |readonly |get |const |function |class )*${name}\\??[ (:<=;{,]`, "m").test(source); // prettier-ignore

const titlesIn = (source: string) =>
  source
    .split(/^ *(?=test[.(]|describe[.(])/m)
    .flatMap((part) => /^test(?:\(|\.each[^]*?\)\()\s*"([^"]+)"/.exec(part)?.[1] ?? []);

test("the table has a row for every rule", () => expect(rows.length).toBeGreaterThan(80));

test.each(rows)("$rule", ({ code, tests }) => {
  for (const [file, names] of parts(code)) {
    const source = read(`src/${file}`);
    for (const name of names.replaceAll("`", "").split(", ")) {
      expect(defines(source, name), `${name} in src/${file}`).toBe(true);
    }
  }
  for (const [file, titles] of parts(tests)) {
    const known = titlesIn(read(`test/${file}`));
    for (const title of titles.split(" · ")) expect(known).toContain(title.slice(1, -1));
  }
});

test("every rule test is in the table", () => {
  for (const name of readdirSync("test/unit").filter((file) => file.startsWith("rules-"))) {
    const titles = titlesIn(read(`test/unit/${name}`));
    expect(titles.filter((title) => !table.includes(`"${title}"`))).toEqual([]);
  }
});
