import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import type { SimulationConfig } from "../../src/simulation/config.js";
import { resolve } from "../../src/simulation/resolve.js";
import { simulate } from "../../src/simulation/simulation.js";
import { createWorkload, type WorkloadSettings } from "../../src/workload/create.js";
import { fixed, lognormal, uniform } from "../../src/workload/lengths.js";
import type { SessionSettings } from "../../src/workload/session-generator.js";
import { tinyConfig } from "../support/configs.js";
import { driveWorkload, type Sent } from "../support/drive-workload.js";
import { mean, times, variationOf } from "../support/statistics.js";

/** One session after the other, at t = 0, 100, 200, …; keys for KV blocks of 4 tokens. */
const settings: WorkloadSettings = {
  arrivalPattern: "fixed_rate",
  arrivalRate: 0.01,
  inputLenDist: uniform(3, 40),
  outputLenDist: lognormal(2, 1),
  sessions: { turns: fixed(4), numSessions: 20, prefixLen: 10, numPrefixGroups: 3 },
};
const drive = (
  sessions: SessionSettings = {},
  more: WorkloadSettings = {},
  server: Parameters<typeof createWorkload>[1] = { blockSize: 4 },
) =>
  driveWorkload(
    createWorkload(
      { ...settings, ...more, sessions: { ...settings.sessions, ...sessions } },
      server,
    ),
    () => 1,
  );
const chunks = (sent: readonly Sent[], size: number) =>
  times(sent.length / size, (i) => sent.slice(i * size, (i + 1) * size));

describe("a conversation", () => {
  test("grows: each prompt is the last one, its output, and what is new", () => {
    const sent = drive({}, { inputLenDist: fixed(7), outputLenDist: fixed(5) });
    for (const session of chunks(sent, 4)) {
      expect(session.map((turn) => turn.numPromptTokens)).toEqual([17, 29, 41, 53]);
    }
  });

  test("shares exactly the full blocks of the last prompt and output with the turn before", () => {
    for (const session of chunks(drive(), 4)) {
      session.forEach((turn, t) => {
        const keys = turn.blockKeys ?? new Int32Array();
        const isLast = t === 3;
        const last = session[t - 1];
        const numKnown = last === undefined ? 10 : last.numPromptTokens + last.numOutputTokens;
        const numKeys = isLast ? numKnown : turn.numPromptTokens + turn.numOutputTokens;
        expect(keys).toHaveLength(Math.floor(numKeys / 4));
        if (last !== undefined) {
          expect(keys.subarray(0, last.blockKeys!.length)).toEqual(last.blockKeys);
        }
      });
    }
  });

  test("shares its system prompt with its group, and nothing else with others", () => {
    const firsts = chunks(drive({ numSessions: 200 }), 4).map(([first]) => first!.blockKeys!);
    const prompts = new Set(firsts.map((keys) => keys.subarray(0, 2).join()));
    expect(prompts.size).toBe(3);
    const rest = firsts.flatMap((keys) => Array.from(keys.subarray(2)));
    expect(new Set(rest).size).toBe(rest.length);
  });

  test("without prefix caching has no keys", () => {
    expect(drive({}, {}, {}).every((turn) => turn.blockKeys === undefined)).toBe(true);
  });

  test("ends before a turn that would exceed max_seq_len, but has a first turn", () => {
    const more = { inputLenDist: fixed(7), outputLenDist: fixed(5) };
    const lengths = (maxSeqLen: number) =>
      drive({ numSessions: 1 }, more, { maxSeqLen }).map((turn) => turn.numPromptTokens);
    expect(lengths(46)).toEqual([17, 29, 41]);
    expect(lengths(45)).toEqual([17, 29]);
    expect(lengths(5)).toEqual([17]);
  });

  test("keeps what max_tokens leaves of an answer", () => {
    const more = { inputLenDist: fixed(7), outputLenDist: fixed(50), maxTokens: 5 };
    expect(drive({ numSessions: 1 }, more).map((turn) => turn.numPromptTokens)).toEqual([
      17, 29, 41, 53,
    ]);
  });
});

describe("think times", () => {
  const pauses = (sent: readonly Sent[]) =>
    chunks(sent, 4).flatMap((session) =>
      session.slice(1).map((turn, t) => turn.arrivalTime - session[t]!.endTime),
    );

  test("are 0 by default, and all alike when fixed", () => {
    expect(new Set(pauses(drive()))).toEqual(new Set([0]));
    expect(new Set(pauses(drive({ thinkTime: 8, thinkTimeDist: "fixed" })))).toEqual(new Set([8]));
  });

  test("vary exponentially around their mean otherwise", () => {
    const sent = drive({ numSessions: 2000, thinkTime: 2 }, { arrivalRate: 1e-4 });
    expect(Math.abs(mean(pauses(sent)) - 2)).toBeLessThan(0.1);
    expect(Math.abs(variationOf(pauses(sent)) - 1)).toBeLessThan(0.05);
  });
});

describe("common random numbers", () => {
  /** By session and turn. */
  const bodies = (sent: readonly Sent[]) =>
    chunks(sent, 4)
      .map((session) => session.map((r) => [r.numPromptTokens, r.numOutputTokens]).join())
      .sort();

  test("the turns of a session do not depend on rate, pattern or think time", () => {
    const byArrival = (more: WorkloadSettings, sessions?: SessionSettings) => {
      const sent = driveWorkload(
        createWorkload({ ...settings, ...more, sessions: { ...settings.sessions, ...sessions } }),
        (i) => 1 + (i % 7),
      );
      return sent.map((r) => `${r.numPromptTokens} ${r.numOutputTokens}`).sort();
    };
    const expected = byArrival({});
    expect(byArrival({ arrivalRate: 5 })).toEqual(expected);
    expect(byArrival({ arrivalPattern: "gamma", arrivalRate: 2 }, { thinkTime: 9 })).toEqual(
      expected,
    );
    expect(byArrival({ arrivalPattern: "closed_loop", numConcurrentUsers: 3 })).toEqual(expected);
  });

  test("another seed gives other conversations, the same seed the same", () => {
    expect(bodies(drive())).toEqual(bodies(drive({}, { seed: 42 })));
    expect(bodies(drive())).not.toEqual(bodies(drive({}, { seed: 43 })));
  });
});

describe("a workload of sessions", () => {
  test("makes sessions only when they start", () => {
    let numDrawn = 0;
    const turns = { name: "counting", sample: () => (numDrawn++, 3) };
    const workload = createWorkload({
      ...settings,
      sessions: { turns },
      numRequests: 1_000_000_000,
    });
    for (let i = 0; i < 5; i++) workload.next();
    expect(numDrawn).toBe(5);
    expect(workload.numRequests).toBe(1_000_000_000);
  });

  test("ends after num_requests, whatever session they are of", () => {
    expect(drive({ numSessions: undefined }, { numRequests: 6 })).toHaveLength(6);
  });

  test("runs in a closed loop of sessions, and hits what it should", () => {
    const { counts, prefixCache } = simulate(
      tinyConfig({
        model: { maxSeqLen: 2000 },
        scheduler: { numGpuBlocks: 2000 },
        workload: {
          arrivalPattern: "closed_loop",
          arrivalRate: undefined,
          numConcurrentUsers: 4,
          numRequests: undefined,
          inputLenDist: fixed(8),
          outputLenDist: fixed(8),
          sessions: { turns: fixed(5), numSessions: 10, thinkTime: 1, prefixLen: 16 },
        },
      }),
    );
    expect(counts).toMatchObject({ total: 50, completed: 50 });
    // Turn t begins with 16 + 16 t known tokens, but the last token of an answer is never computed, so its block is not full.
    // The system prompt is computed once: a block can be found from the moment that it is scheduled.
    const ofTurns = 10 * [12, 28, 44, 60].reduce((sum, n) => sum + n + 16, 0);
    expect(prefixCache.hits).toBe(ofTurns + 9 * 16);
  });
});

describe("a session that max_seq_len ends", () => {
  /** Prompts of 10, 21, 32, 43 and 54 tokens, each with one of output, where 64 fit. */
  const run = (numTurns: number, workload = {}) =>
    simulate(
      tinyConfig({
        workload: {
          inputLenDist: fixed(10),
          outputLenDist: fixed(1),
          numRequests: undefined,
          sessions: { turns: fixed(numTurns), numSessions: 3 },
          ...workload,
        },
      }),
    );

  test("is counted in a note, with the turns that were not sent", () => {
    const { notes, counts } = run(8);
    expect(counts.completed).toBe(15);
    expect(notes).toContain(
      "sessions: 3 of 3 ended before their last turn, since the next one would have exceeded max_seq_len (64); 9 turns not sent",
    );
  });

  test.prop([fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })])(
    "adds up: turns asked for = turns sent + turns in the note",
    (numTurns, numSessions) => {
      const sessions = { turns: fixed(numTurns), numSessions };
      const { notes, counts } = run(numTurns, { sessions });
      const cut = /; (\d+) turns? not sent/.exec(notes.join())?.[1] ?? "0";
      expect(counts.total + Number(cut)).toBe(numTurns * numSessions);
    },
  );

  test("is not one that ends by itself, or with the run", () => {
    expect(run(5).notes.join()).not.toContain("sessions:");
    expect(run(8, { numRequests: 4 }).notes.join()).not.toContain("sessions:");
  });
});

describe("a wrong sessions table", () => {
  const problem = (workload: NonNullable<Parameters<typeof tinyConfig>[0]>["workload"]) => {
    try {
      resolve(tinyConfig({ workload }));
    } catch (error) {
      return (error as Error).message.split("\n").slice(1).join("\n").trim();
    }
    return undefined;
  };
  const trace = [{ arrivalTime: 0, numPromptTokens: 1, numOutputTokens: 1 }];

  test("is told key by key", () => {
    const wrong = { turn: fixed(3), thinkTime: -1 } as SessionSettings;
    expect(problem({ sessions: wrong })).toBe(
      "workload.sessions.turn: unknown key; did you mean turns?\n" +
        "  workload.sessions.thinkTime: must be a number of at least 0, found -1",
    );
    expect(problem({ sessions: { turns: uniform(5, 2) } })).toContain(
      "workload.sessions.turns.max: must be at least min (5), found 2",
    );
  });

  test("cannot go with a trace, and needs a number where all start at once", () => {
    expect(problem({ trace, sessions: {} })).toContain(
      "workload.sessions: has no meaning with a trace",
    );
    expect(problem({ arrivalPattern: "batched", sessions: {} })).toContain(
      "workload.sessions.numSessions: is missing",
    );
    expect(
      problem({ arrivalPattern: "batched", numRequests: undefined, sessions: { numSessions: 3 } }),
    ).toBeUndefined();
  });

  test("is not the only one that keys of a trace are refused beside", () => {
    expect(problem({ rateScale: 2 })).toContain(
      "workload.rateScale: has no meaning without a trace",
    );
    expect(problem({ trace, rateScale: 2 })).toContain(
      "workload.rateScale: has no meaning with arrivalPattern",
    );
    expect(problem({ trace, timeWindow: [5, 5] })).toContain(
      "workload.timeWindow: must end after it begins, found [5, 5]",
    );
    const prefix = { blockSize: 6, runs: Int32Array.of(0, 1) };
    expect(problem({ trace: [{ ...trace[0]!, prefix }] })).toContain(
      "scheduler.blockSize: must divide the 6 tokens that each prefix id of the trace stands for (row 0), found 4; use one of 1, 2, 3, 6",
    );
  });

  test("has its defaults filled in", () => {
    const { config } = resolve(tinyConfig({ workload: { sessions: { numSessions: 2 } } }));
    expect((config as { workload: SimulationConfig["workload"] }).workload).toMatchObject({
      sessions: {
        numSessions: 2,
        turns: fixed(1),
        thinkTime: 0,
        thinkTimeDist: "exponential",
        numPrefixGroups: 1,
        prefixLen: 0,
      },
    });
  });
});
