import pc from "picocolors";
import { describe, expect, test } from "vitest";
import {
  formatBar,
  formatProgressLine,
  formatStepLine,
  liveBar,
  progressLines,
  stepLines,
} from "../../src/cli/progress.js";
import type { Progress } from "../../src/index.js";
import { fakeOutput } from "../support/fake-terminal.js";

const plain = pc.createColors(false);

const progress = (changes: Partial<Progress> = {}): Progress => ({
  time: 12.345,
  numSteps: 500,
  numArrived: 60,
  numFinished: 37,
  numRequests: 100,
  numRunning: 12,
  numWaiting: 3,
  kvCacheUsage: 0.0412,
  ...changes,
});

const lastStep = {
  seconds: 0.0312,
  numPrefills: 2,
  numPrefillTokens: 1024,
  numDecodes: 10,
  numAdmissions: 2,
  numPreemptions: 0,
  numCompletions: 1,
};

describe("a progress line", () => {
  test("says where the run stands", () => {
    expect(formatProgressLine(progress())).toBe(
      "step     500    12.35 s  37 %   37/100 done  running  12  waiting   3  KV  4.1 %",
    );
  });

  test("columns stay in place as figures grow, and fit 80 columns", () => {
    const early = formatProgressLine(progress({ numSteps: 5, time: 0.1, numFinished: 0 }));
    const late = formatProgressLine(
      progress({
        numSteps: 99_999,
        time: 9876.5,
        numFinished: 100,
        numRunning: 256,
        kvCacheUsage: 1,
      }),
    );
    expect(late.indexOf("KV")).toBe(early.indexOf("KV"));
    expect(late.length).toBeLessThanOrEqual(82);
  });

  test("a run whose end is not known has no share done", () => {
    expect(formatProgressLine(progress({ numRequests: undefined }))).not.toMatch(/\d %.*done/);
  });
});

describe("the share done", () => {
  test("goes by time where arrivals stop at an instant", () => {
    expect(formatProgressLine(progress({ numRequests: undefined, duration: 24.69 }))).toContain(
      "50 %",
    );
  });

  test("is the larger one where both may end the run", () => {
    expect(formatProgressLine(progress({ duration: 15 }))).toContain("82 %");
    expect(formatProgressLine(progress({ duration: 1000 }))).toContain("37 %");
  });

  test("is not rounded down below what it is", () => {
    expect(formatProgressLine(progress({ numFinished: 29 }))).toContain("29 %");
  });

  test("is not 100 % before the end", () => {
    expect(formatProgressLine(progress({ time: 2000, duration: 100 }))).toContain("99 %");
  });
});

describe("a step line", () => {
  test("tells the batch, and only the changes that there were", () => {
    const line = formatStepLine(progress({ lastStep }));
    expect(line).toContain("+31.2 ms  prefill 2 (1,024 tokens)  decode 10");
    expect(line).toContain("admitted 2  completed 1");
    expect(line).not.toContain("preempted");
  });

  test("tells preemptions", () => {
    expect(formatStepLine(progress({ lastStep: { ...lastStep, numPreemptions: 3 } }))).toContain(
      "preempted 3",
    );
  });
});

describe("the bar", () => {
  test("is filled in the share done", () => {
    const [bar = ""] = formatBar(progress({ numFinished: 50 }), plain, 80).split("\n");
    expect(bar.match(/█/g)).toHaveLength(37);
    expect(bar.match(/░/g)).toHaveLength(37);
    expect(bar).toContain("50 %");
  });

  test.each([40, 80, 200])("fits a terminal of %i columns and never exceeds 80", (columns) => {
    const [bar = ""] = formatBar(progress(), plain, columns).split("\n");
    expect(bar.length).toBeLessThanOrEqual(Math.min(columns, 80));
  });

  test("shows simulated time, queue and KV-cache use", () => {
    expect(formatBar(progress(), plain)).toContain(
      "37/100 done · 12.35 s · 12 running · 3 waiting · KV cache 4.1 %",
    );
  });

  test("is redrawn in place, at most every 60 ms, and erased at the end", async () => {
    const output = fakeOutput({ isTTY: true, columns: 80, rows: 24 });
    let now = 0;
    const display = await liveBar(output, plain, () => now);
    display.update(progress({ numFinished: 1 }));
    now = 59;
    display.update(progress({ numFinished: 2 }));
    now = 61;
    display.update(progress({ numFinished: 3 }));
    display.close();
    expect(output.text).toContain("1/100 done");
    expect(output.text).not.toContain(" 2/100 done");
    expect(output.text).toContain("3/100 done");
    const eraseLine = "\u001b[2K";
    expect(output.text.split(eraseLine).length - 1).toBe(6); // two frames of two lines and an end
    expect(output.text.slice(output.text.lastIndexOf(eraseLine))).not.toContain("done");
  });

  test("is drawn on a terminal that reports no size", async () => {
    const output = fakeOutput({ isTTY: true, columns: 0, rows: 0 });
    (await liveBar(output, plain)).update(progress());
    expect(output.text).toContain("37/100 done");
  });
});

describe("plain lines", () => {
  test("come one for each update", () => {
    const output = fakeOutput();
    const display = progressLines(output, 5);
    expect(display.interval).toBe(5);
    display.update(progress());
    display.update(progress());
    display.close();
    expect(output.text.split("\n")).toHaveLength(3);
  });

  test("that come fast are written together, the last at the end", () => {
    let time = 0;
    const chunks: string[] = [];
    const display = progressLines({ write: (text) => chunks.push(text) }, 5, () => time);
    for (time of [0, 10, 20, 70, 75]) display.update(progress());
    expect(chunks.map((chunk) => chunk.split("\n").length - 1)).toEqual([1, 3]);
    display.close();
    expect(chunks.join("").split("\n")).toHaveLength(6);
  });

  test("for each step, with a progress line whenever the interval is over", () => {
    const output = fakeOutput();
    const display = stepLines(output, 3);
    for (let numSteps = 1; numSteps <= 6; numSteps++) {
      display.update(progress({ numSteps, lastStep }));
    }
    display.close();
    expect(output.text.match(/prefill/g)).toHaveLength(6);
    expect(output.text.match(/waiting/g)).toHaveLength(2);
  });
});
