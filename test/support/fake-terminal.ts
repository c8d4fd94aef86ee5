/** A terminal that remembers what was written to it. */
import type { Output, Terminal } from "../../src/cli/terminal.js";

export interface FakeOutput extends Output {
  text: string;
}

export function fakeOutput(properties: Partial<Output> = {}): FakeOutput {
  return {
    text: "",
    write(chunk: string) {
      this.text += chunk;
    },
    ...properties,
  };
}

export function fakeTerminal(
  env: Terminal["env"] = {},
  properties: Partial<Output> = {},
): Terminal & { readonly stdout: FakeOutput; readonly stderr: FakeOutput } {
  return {
    stdout: fakeOutput(properties),
    stderr: fakeOutput(properties),
    env,
    interrupt: new AbortController().signal,
  };
}
