import { describe, expect, test } from "vitest";
import { parseConfig } from "../../src/config/index.js";
import { readTrace } from "../../src/io/index.js";
import { simulate } from "../../src/simulation/simulation.js";
import { tinyConfig } from "../support/configs.js";

const BURSTGPT = "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n";

describe("BurstGPT", () => {
  test("starts at its first request", async () => {
    const { rows, format } = await readTrace(
      `${BURSTGPT}5,ChatGPT,472,18,490,Conversation log\n45.5,GPT-4,1087,230,1317,API log\n`,
    );
    expect(format).toBe("burstgpt");
    expect(rows).toEqual([
      { arrivalTime: 0, numPromptTokens: 472, numOutputTokens: 18 },
      { arrivalTime: 40.5, numPromptTokens: 1087, numOutputTokens: 230 },
    ]);
  });

  test("skips failures, and says how many", async () => {
    const { rows, numRead, numSkipped, warnings } = await readTrace(
      `${BURSTGPT}5,ChatGPT,1,1,2,API log\n6,ChatGPT,0,0,0,API log\n7,GPT-4,300,0,300,API log\n8,GPT-4,0,20,20,API log\n`,
    );
    expect({ kept: rows.length, numRead, numSkipped }).toEqual({
      kept: 1,
      numRead: 4,
      numSkipped: 3,
    });
    expect(warnings).toEqual([
      "skipped 2 of 4 requests: without response tokens, which means failed",
      "skipped 1 of 4 requests: without request tokens",
    ]);
  });

  test("counts what was skipped in the result's account, and repeats why in its warnings", async () => {
    const trace = await readTrace(
      `${BURSTGPT}5,ChatGPT,1,1,2,API log\n6,ChatGPT,0,0,0,API log\n7,GPT-4,90,1,91,API log\n`,
    );
    const none = { arrivalPattern: undefined, arrivalRate: undefined, numRequests: undefined };
    const result = simulate(tinyConfig({ workload: { ...none, trace } }));
    expect(result.notes.at(-1)).toBe(
      "trace: 3 requests read = 1 simulated + 1 rejected + 1 skipped (1 in reading)",
    );
    expect(result.warnings).toEqual([
      "trace: skipped 1 of 3 requests: without response tokens, which means failed",
    ]);
    expect(result.toJSON()).toMatchObject({ notes: result.notes, warnings: result.warnings });
    const again = JSON.parse(JSON.stringify(result)) as { config: object };
    expect(simulate(parseConfig(again.config)).notes).toEqual(result.notes);
  });

  test("of failures only is an error that says so", async () => {
    const reading = readTrace(`${BURSTGPT}5,ChatGPT,1,0,1,API log\n`, { name: "b.csv" });
    await expect(reading).rejects.toThrow(
      /^b\.csv: .*no rows that can be used; skipped 1 of 1 request:/,
    );
  });

  test("has sessions in its third file", async () => {
    const text =
      "Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type\n" +
      "19440110.0,1722ac82,43,GPT-4,906,446,1352,Conversation log\n" +
      "19440161.0,,2,ChatGPT,36,29,65,API log\n" +
      "19440192.0,1722ac82,9,GPT-4,1400,100,1500,Conversation log\n";
    const { rows } = await readTrace(text);
    expect(rows.map((row) => row.arrivalTime)).toEqual([0, 51, 82]);
    expect(rows.map((row) => row.session)).toEqual([0, undefined, 0]);
  });
});

describe("lengths alone", () => {
  const text = "input_tokens,output_tokens\n10,3\n20,0\n";

  test("are rows without times, of which an arrival pattern makes traffic", async () => {
    const trace = await readTrace(text);
    expect(trace).toMatchObject({ format: "lengths", isTimed: false, warnings: [] });
    const settings = {
      arrivalPattern: "fixed_rate",
      arrivalRate: 2,
      inputLenDist: undefined,
    } as const;
    const { requests, warnings } = simulate(
      tinyConfig({ workload: { ...settings, outputLenDist: undefined, numRequests: 3, trace } }),
    );
    expect([...requests.arrivalTime]).toEqual([0, 0.5, 1]);
    expect([...requests.numPromptTokens]).toEqual([10, 20, 10]);
    expect([...requests.numOutputTokens]).toEqual([3, 1, 3]);
    expect(warnings).toEqual([]);
  });

  test("without a pattern all come at once, and the result warns of it", async () => {
    const none = { arrivalPattern: undefined, arrivalRate: undefined, numRequests: undefined };
    const trace = await readTrace(text);
    const { requests, warnings } = simulate(tinyConfig({ workload: { ...none, trace } }));
    expect([...requests.arrivalTime]).toEqual([0, 0]);
    expect(warnings).toEqual([expect.stringMatching(/^trace: says nothing of arrival times/)]);
  });
});

describe("times that decrease", () => {
  const text = "arrival_s,input_tokens,output_tokens\n3,1,1\n1,2,1\n2,3,1\n4,4,1\n";

  test("are sorted, with a warning that counts them", async () => {
    const { rows, warnings } = await readTrace(text);
    expect(rows.map((row) => row.numPromptTokens)).toEqual([2, 3, 1, 4]);
    expect(warnings).toEqual([
      "sorted by arrival: 2 of 4 requests stood below one that arrives later",
    ]);
  });

  test("that are equal keep their order, without a warning", async () => {
    const { rows, warnings } = await readTrace(
      "arrival_s,input_tokens,output_tokens\n1,9,1\n1,8,1\n",
    );
    expect(rows.map((row) => row.numPromptTokens)).toEqual([9, 8]);
    expect(warnings).toEqual([]);
  });
});
