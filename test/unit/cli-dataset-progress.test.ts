import { describe, expect, test } from "vitest";
import {
  datasetLines,
  formatDatasetLine,
  liveDatasetLine,
} from "../../src/cli/dataset-progress.js";
import { fakeOutput } from "../support/fake-terminal.js";

const progress = (numRequests: number, fraction: number) => ({
  numRequests,
  numTokens: 100 * numRequests,
  fraction,
});

test("a line says how far the tokenizing is", () => {
  expect(formatDatasetLine(progress(12_345, 0.4199))).toBe(
    "tokenizing  41 %  12,345 requests  1,234,500 tokens",
  );
});

describe("lines", () => {
  test("come every five seconds, and once at the end", () => {
    let time = 0;
    const output = fakeOutput();
    const display = datasetLines(output, () => time);
    for (; time <= 10_000; time += 1000) display.update(progress(1 + time / 1000, time / 10_000));
    display.close();
    const shown = output.text.trim().split("\n");
    expect(shown.map((line) => /[\d]+ (?=requests)/.exec(line)?.[0])).toEqual(["6 ", "11 ", "11 "]);
  });

  test("are none where nothing is tokenized", () => {
    const output = fakeOutput();
    datasetLines(output).close();
    expect(output.text).toBe("");
  });
});

test("a live line is redrawn at most every 60 ms, and is gone in the end", async () => {
  let time = 0;
  const output = fakeOutput({ isTTY: true, columns: 80 });
  const display = await liveDatasetLine(output, () => time);
  for (; time < 100; time += 10) display.update(progress(1 + time, 0.5));
  expect(output.text.match(/tokenizing/g)).toHaveLength(2);
  expect(output.text).toContain("tokenizing  50 %  1 requests");
  display.close();
  expect(output.text.match(/tokenizing/g)).toHaveLength(2);
});
