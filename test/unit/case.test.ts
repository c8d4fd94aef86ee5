import fc from "fast-check";
import { expect, test } from "vitest";
import { keyToCamel, keyToSnake, toCamelCase, toSnakeCase } from "../../src/simulation/case.js";

test("keys map as documented", () => {
  for (const [snake, camel] of [
    ["max_num_seqs", "maxNumSeqs"],
    ["num_gpu_blocks", "numGpuBlocks"],
    ["duration_secs", "durationSecs"],
    ["std_dev", "stdDev"],
    ["seed", "seed"],
    ["p50", "p50"],
  ] as const) {
    expect(keyToCamel(snake)).toBe(camel);
    expect(keyToSnake(camel)).toBe(snake);
  }
});

test("there and back is the same key", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*$/), (key) => {
      expect(keyToSnake(keyToCamel(key))).toBe(key);
    }),
  );
});

test("keys are mapped at every depth, values never", () => {
  const typed = { workload: { arrivalPattern: "fixed_rate", priorities: [{ someValue: 1 }] } };
  const written = { workload: { arrival_pattern: "fixed_rate", priorities: [{ some_value: 1 }] } };
  expect(toSnakeCase(typed)).toEqual(written);
  expect(toCamelCase(written)).toEqual(typed);
});

test("a key of text from outside is only ever a key", () => {
  const mapped = toCamelCase(JSON.parse('{ "__proto__": { "x": 1 } }')) as object;
  expect(Object.getPrototypeOf(mapped)).toBe(Object.prototype);
  expect(Object.keys(mapped)).toEqual(["__proto__"]);
});
