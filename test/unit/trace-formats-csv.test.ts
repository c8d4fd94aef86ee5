import { describe, expect, test } from "vitest";
import { readTrace } from "../../src/io/index.js";

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
      "2 of 4 requests were skipped: without response tokens, which means failed",
      "1 of 4 requests were skipped: without request tokens",
    ]);
  });

  test("of failures only is an error that says so", async () => {
    const reading = readTrace(`${BURSTGPT}5,ChatGPT,1,0,1,API log\n`, { name: "b.csv" });
    await expect(reading).rejects.toThrow(/^b\.csv: .*no rows that can be used; 1 of 1 requests/);
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

describe("times that decrease", () => {
  const text = "arrival_s,input_tokens,output_tokens\n3,1,1\n1,2,1\n2,3,1\n4,4,1\n";

  test("are sorted, with a warning that counts them", async () => {
    const { rows, warnings } = await readTrace(text);
    expect(rows.map((row) => row.numPromptTokens)).toEqual([2, 3, 1, 4]);
    expect(warnings).toEqual([
      "2 of 4 requests arrive before one that stands above them; they were sorted by arrival",
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
