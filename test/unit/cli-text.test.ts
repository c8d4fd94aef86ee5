import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { labelled, wrap } from "../../src/cli/text.js";

const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 });

property.prop([words, fc.integer({ min: 12, max: 80 })])(
  "wrapping keeps every word, and every line within the width",
  (list, width) => {
    const lines = wrap(list.join(" "), width);
    expect(lines.join(" ")).toBe(list.join(" "));
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
  },
);

test("a word longer than the width stands alone, unbroken", () => {
  expect(wrap("see /a/very/long/path here", 8)).toEqual(["see", "/a/very/long/path", "here"]);
});

test("the label stands before the first line only, and the lines are aligned", () => {
  const [first = "", second = ""] = labelled("Note", ["one", "two"], (label) => label);
  expect(first).toBe("Note           one");
  expect(second.indexOf("two")).toBe(first.indexOf("one"));
});
