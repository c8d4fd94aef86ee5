import { expect, test } from "vitest";
import { checkHost } from "../../src/base/host.js";

test("a host without the language's newer parts is told what is new enough", () => {
  expect(() => checkHost()).not.toThrow();
  expect(() => checkHost({})).toThrow(/Node 20 or later.*update it/);
});
