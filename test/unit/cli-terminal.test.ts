import { describe, expect, test } from "vitest";
import { colorsFor, isLive, type Terminal } from "../../src/cli/terminal.js";
import { fakeTerminal } from "../support/fake-terminal.js";

const hasColors = (env: Terminal["env"], isTTY: boolean, wanted = true) => {
  const terminal = fakeTerminal(env, { isTTY });
  return colorsFor(terminal.stdout, terminal, wanted).isColorSupported;
};

describe("colours", () => {
  test("on a terminal, and in no pipe, CI or not", () => {
    expect(hasColors({}, true)).toBe(true);
    expect(hasColors({ CI: "true" }, false)).toBe(false);
  });

  test("none under --no-color, NO_COLOR or a dumb terminal", () => {
    expect(hasColors({}, true, false)).toBe(false);
    expect(hasColors({ NO_COLOR: "1" }, true)).toBe(false);
    expect(hasColors({ TERM: "dumb" }, true)).toBe(false);
  });

  test("an empty NO_COLOR asks for nothing", () => {
    expect(hasColors({ NO_COLOR: "" }, true)).toBe(true);
  });

  test("FORCE_COLOR brings them into pipes, but not against --no-color", () => {
    expect(hasColors({ FORCE_COLOR: "1" }, false)).toBe(true);
    expect(hasColors({ FORCE_COLOR: "0" }, true)).toBe(false);
    expect(hasColors({ FORCE_COLOR: "1" }, false, false)).toBe(false);
  });
});

test("a dumb terminal cannot redraw", () => {
  const terminal = fakeTerminal({ TERM: "dumb" }, { isTTY: true });
  expect(isLive(terminal.stderr, terminal)).toBe(false);
});
