import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatLarge,
  formatNumber,
  formatPercent,
  formatSi,
} from "../../src/cli/number-format.js";

const parse = (text: string) => Number(text.replaceAll(",", ""));

describe("formatNumber", () => {
  test.each([
    [0, "0"],
    [0.0123456, "0.0123"],
    [4.5678, "4.57"],
    [9.996, "10.0"],
    [81.234, "81.2"],
    [99.96, "100"],
    [412.3, "412"],
    [5123.4, "5,123"],
    [1234567.8, "1,234,568"],
    [NaN, "–"],
    [Infinity, "–"],
  ])("%f is written %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  property.prop([fc.double({ min: 1e-3, max: 1e9, noNaN: true })])(
    "what is written lies within half a per cent of the value, in at most 4 digits after a point",
    (value) => {
      const text = formatNumber(value);
      expect(Math.abs(parse(text) / value - 1)).toBeLessThanOrEqual(0.005);
      expect(text).toMatch(/^[\d,]+(\.\d{1,6})?$/);
    },
  );
});

test("counts have all their digits, in groups of three", () => {
  expect(formatCount(1234567)).toBe("1,234,567");
});

test.each([
  [0, "0.0 %"],
  [0.00012, "<0.1 %"],
  [0.12345, "12.3 %"],
  [1, "100.0 %"],
  [NaN, "–"],
])("a share of %f is written %s", (share, text) => {
  expect(formatPercent(share)).toBe(text);
});

describe("durations", () => {
  test.each([
    [0, "0 ms"],
    [0.00002, "20.0 µs"],
    [0.0123456, "12.3 ms"],
    [1.2345, "1,235 ms"],
    [9.87654, "9,877 ms"],
    [12.3456, "12.3 s"],
    [1234.5, "1,235 s"],
    [86400, "24.0 h"],
    [NaN, "–"],
  ])("%f seconds are written %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  test("a unit that is asked for is kept", () => {
    expect(formatDuration(0.5, "s")).toBe("0.500 s");
  });
});

test("decimal prefixes go up in thousands, binary ones in 1,024s", () => {
  expect(formatSi(1.513e15, "FLOP/s")).toBe("1.51 PFLOP/s");
  expect(formatSi(999, "B/s")).toBe("999 B/s");
  expect(formatBytes(85899345920)).toBe("80.0 GiB");
});

test("large numbers are named", () => {
  expect(formatLarge(70e9)).toBe("70.0 billion");
  expect(formatLarge(512)).toBe("512");
});

property.prop([
  fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double({ min: -1e15, max: 1e15, noNaN: true })),
])("counts are grouped as English readers expect", (count) => {
  fc.pre(Number(count.toFixed(3)) !== 0); // where Intl may say -0
  expect(formatCount(count)).toBe(count.toLocaleString("en-US"));
});
