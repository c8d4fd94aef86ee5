#!/usr/bin/env node
/** The executable: the process as a terminal, and the only exit code. */
import { EXIT_ERROR, EXIT_INTERRUPTED, main } from "./main.js";

const { stdout, stderr, env, argv } = process;
const interrupt = new AbortController();

process.on("SIGINT", () => {
  if (interrupt.signal.aborted) process.exit(EXIT_INTERRUPTED); // asked twice
  interrupt.abort();
});

for (const stream of [stdout, stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return; // the reader has seen enough, as `head` does
    if (stream === stdout)
      stderr.write(`error: cannot write to standard output: ${error.message}\n`);
    process.exitCode = EXIT_ERROR;
  });
}

void main(argv.slice(2), { stdout, stderr, env, interrupt: interrupt.signal }).then((exitCode) => {
  process.exitCode ||= exitCode;
});
