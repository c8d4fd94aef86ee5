import { gzipSync } from "node:zlib";
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { TraceError } from "../../src/base/errors.js";
import { readTrace, type ByteSource } from "../../src/io/index.js";
import { forEachLine } from "../../src/io/text-lines.js";
import { gapsOf } from "../support/statistics.js";

const PLAIN = "arrival_s,input_tokens,output_tokens\n";
const AZURE = "TIMESTAMP,ContextTokens,GeneratedTokens\n";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const gzip = (text: string): Uint8Array => new Uint8Array(gzipSync(text));

const rowsOf = async (source: ByteSource) => (await readTrace(source)).rows;

async function* inPieces(data: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < data.length; i += size) yield data.subarray(i, i + size);
}

const row = (
  arrivalTime: number,
  numPromptTokens: number,
  numOutputTokens: number,
  more = {},
): object => ({
  arrivalTime,
  numPromptTokens,
  numOutputTokens,
  ...more,
});

describe("the plain format", () => {
  test("takes times as they are", async () => {
    expect(await rowsOf(`${PLAIN}0.5,10,20\n1.25,30,40\n`)).toEqual([
      row(0.5, 10, 20),
      row(1.25, 30, 40),
    ]);
  });

  test("may have priorities and abort times, empty where a row has none", async () => {
    const text = "arrival_s,input_tokens,output_tokens,priority,abort_s\n0,1,2,-3,4.5\n1,1,2,,\n";
    expect(await rowsOf(text)).toEqual([
      row(0, 1, 2, { priority: -3, abortTime: 4.5 }),
      row(1, 1, 2),
    ]);
  });
});

describe("the Azure format", () => {
  test("counts seconds from the first request, exact to the last of seven digits", async () => {
    const text = `${AZURE}2023-11-16 18:15:46.6805900,374,44\n2023-11-16 18:15:50.9951690,396,109\n2023-11-17 00:00:00,1,1\n`;
    expect(await rowsOf(text)).toEqual([
      row(0, 374, 44),
      row(4.314579, 396, 109),
      row(20653.31941, 1, 1),
    ]);
  });

  test("crosses the end of February and of the year as the calendar does", async () => {
    const text = `${AZURE}2023-12-31 23:59:59,1,1\n2024-01-01 00:00:00,1,1\n2024-02-28 00:00:00,1,1\n2024-03-01 00:00:00,1,1\n`;
    expect(gapsOf((await rowsOf(text)).map((r) => r.arrivalTime))).toEqual([
      1,
      58 * 86400,
      2 * 86400,
    ]);
  });

  test("knows the offsets of the 2024 files", async () => {
    const text = `${AZURE}2024-05-10 00:00:00.009930+00:00,2162,5\n2024-05-10 02:00:01.009930+02:00,1,1\n`;
    expect(await rowsOf(text)).toEqual([row(0, 2162, 5), row(1, 1, 1)]);
  });

  test("a request without generated tokens counts as one token", async () => {
    expect(await rowsOf(`${AZURE}2023-11-16 18:15:46,7,0\n`)).toEqual([row(0, 7, 1)]);
  });

  test("out of order starts at the earliest row", async () => {
    const text = `${AZURE}2023-11-16 18:15:46.1,2,1\n2023-11-16 18:15:45.8,1,1\n2023-11-16 18:15:46.1,3,1\n`;
    expect(await rowsOf(text)).toEqual([row(0, 1, 1), row(0.3, 2, 1), row(0.3, 3, 1)]);
  });
});

describe("text", () => {
  test.each([
    ["columns in another order and case", "Output_Tokens,ARRIVAL_S,input_tokens\n2,0,1\n"],
    ["Windows line ends", `${PLAIN}0,1,2\n`.replaceAll("\n", "\r\n")],
    ["no line end at the end", `${PLAIN}0,1,2`],
    ["a byte order mark", `\uFEFF${PLAIN}0,1,2\n`],
    ["blank lines", `\n${PLAIN}\n0,1,2\n\n  \n`],
    ["quotes and blanks", `"arrival_s", "input_tokens" ,output_tokens\n"0", 1 ,"2"\n`],
    ["numbers written as floats", `${PLAIN}0e0,1.0,2.0\n`],
  ])("may have %s", async (_, text) => {
    const expected = [row(0, 1, 2)];
    expect(await rowsOf(text)).toEqual(expected);
    expect(await rowsOf(bytes(text))).toEqual(expected);
    expect(await rowsOf(gzip(text))).toEqual(expected);
  });

  property.prop([fc.integer({ min: 1, max: 60 }), fc.boolean()], { numRuns: 20 })(
    "reads the same in pieces of any size, gzipped or not",
    async (size, zipped) => {
      const text = `\uFEFF${PLAIN}0,1,2\r\n1.5,"3",4\r\n`;
      const source = inPieces(zipped ? gzip(text) : bytes(text), size);
      expect(await rowsOf(source)).toEqual([row(0, 1, 2), row(1.5, 3, 4)]);
    },
  );

  test("may come as a web stream, or as a file of a page", async () => {
    const blob = new Blob([gzip(`${PLAIN}0,1,2\n`) as Uint8Array<ArrayBuffer>]);
    expect(await rowsOf(blob.stream())).toEqual([row(0, 1, 2)]);
    expect(await rowsOf(blob)).toEqual([row(0, 1, 2)]);
  });
});

describe("errors name the source and the line", () => {
  const cases: [string, string, RegExp][] = [
    ["an empty file", "", /^t\.csv: the trace is empty$/],
    ["blank lines only", "\n \n", /^t\.csv: the trace is empty$/],
    ["only a header", PLAIN, /^t\.csv: the trace has no rows$/],
    [
      "an unknown header",
      "a,b\n1,2\n",
      /^t\.csv, line 1: unknown header "a,b"; accepted are arrival_s.*TIMESTAMP/,
    ],
    ["no header", "0,1,2\n", /line 1: unknown header "0,1,2"/],
    [
      "a misspelt column",
      "arrival_s,input_tokens,output_tokens,priorty\n",
      /line 1: unknown column "priorty"/,
    ],
    [
      "a column that comes twice",
      "arrival_s,input_tokens,output_tokens,input_tokens\n",
      /line 1: .*twice/,
    ],
    ["a missing field", `${PLAIN}0,1,2\n1,2\n`, /line 3: 2 columns where the header has 3/],
    ["an extra field", `${PLAIN}0,1,2,3\n`, /line 2: 4 columns where the header has 3/],
    ["an empty field", `${PLAIN}0,,2\n`, /line 2: input_tokens is empty/],
    ["a word", `${PLAIN}0,many,2\n`, /line 2: input_tokens is "many", not a finite number/],
    ["NaN", `${PLAIN}nan,1,2\n`, /line 2: arrival_s is "nan"/],
    ["infinity", `${PLAIN}1e999,1,2\n`, /line 2: arrival_s is "1e999"/],
    ["hexadecimal", `${PLAIN}0,0x10,2\n`, /line 2: input_tokens is "0x10"/],
    ["a negative time", `${PLAIN}-1,1,2\n`, /line 2: arrival_s is -1; times must not be negative/],
    ["no prompt", `${PLAIN}0,0,2\n`, /line 2: input_tokens is 0; it must be an integer from 1/],
    ["no output", `${PLAIN}0,1,0\n`, /line 2: output_tokens is 0/],
    ["a negative length", `${PLAIN}0,-5,2\n`, /line 2: input_tokens is -5/],
    ["half a token", `${PLAIN}0,1.5,2\n`, /line 2: input_tokens is 1.5/],
    ["too many tokens", `${PLAIN}0,2147483648,2\n`, /line 2: input_tokens is 2147483648/],
    ["an open quote", `${PLAIN}0,"1,2\n`, /line 2: a quoted field is not closed/],
    [
      "an abort before the arrival",
      "arrival_s,input_tokens,output_tokens,abort_s\n2,1,1,1\n",
      /line 2: abort_s is 1/,
    ],
    [
      "a broken timestamp",
      `${AZURE}16.11.2023 18:15,1,1\n`,
      /line 2: TIMESTAMP is "16.11.2023 18:15"/,
    ],
    [
      "a day that is none",
      `${AZURE}2023-02-29 00:00:00,1,1\n`,
      /line 2: TIMESTAMP is "2023-02-29 00:00:00"/,
    ],
  ];
  test.each(cases)("%s", async (_, text, message) => {
    const reading = readTrace(text, { name: "t.csv" });
    await expect(reading).rejects.toThrow(TraceError);
    await expect(reading).rejects.toThrow(message);
  });

  test("a format that is asked for and not found names that format only", async () => {
    const reading = readTrace(`${PLAIN}0,1,2\n`, { format: "azure" });
    await expect(reading).rejects.toThrow(
      /accepted are TIMESTAMP,ContextTokens,GeneratedTokens \[Azure/,
    );
  });

  test("bytes that are not text", async () => {
    await expect(readTrace(Uint8Array.of(0xff, 0xfe, 0x41, 0))).rejects.toThrow(
      "trace, line 1: this is not UTF-8 text",
    );
  });

  property.prop([fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 })], {
    numRuns: 400,
    examples: [[8, 33]], // one piece ends within a character, the next one behind an emoji
  })(
    "bytes that are not text are on the line that is named, however the file comes in pieces",
    async (line, size) => {
      const rows = Array.from(
        { length: 9 },
        (_, i) => `"${i}","1","Größe 😀 ${i + 1 === line ? "#" : ""}"\n`,
      );
      const data = bytes(rows.join("")).map((byte) => (byte === 0x23 ? 0xff : byte));
      let numLines = 0;
      const reading = forEachLine(inPieces(data, size), "t", () => void numLines++);
      await expect(reading).rejects.toThrow(`t, line ${line}: this is not UTF-8 text`);
      expect(numLines).toBeLessThan(line);
    },
  );
});

describe("gzip", () => {
  const text =
    PLAIN +
    Array.from({ length: 2000 }, (_, i) => `${i},${i + 1},${((i * 7919) % 1000) + 1}\n`).join("");
  const whole = gzip(text);

  test.each([
    [2, 1],
    [3, 1],
    [10, 1],
    [whole.length - 8, 2002],
    [whole.length - 1, 2002],
  ])(
    "data cut off after %d bytes is an error that names the first line which is not complete",
    async (length, line) => {
      await expect(readTrace(whole.subarray(0, length), { name: "t.csv.gz" })).rejects.toThrow(
        `t.csv.gz, line ${line}: the gzip data is cut off here`,
      );
    },
  );

  test("data cut off in the middle has all lines before the one that is named", async () => {
    const lines: string[] = [];
    const half = whole.subarray(0, whole.length >> 1);
    const error = await forEachLine(half, "t", (line) => lines.push(line)).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ line: lines.length + 1 });
    expect(lines).toEqual(text.split("\n").slice(0, lines.length));
    expect(lines.length).toBeGreaterThan(500);
  });

  test("a wrong checksum is an error", async () => {
    const broken = whole.slice();
    broken[broken.length - 6]! ^= 1;
    await expect(readTrace(broken)).rejects.toThrow("the gzip data is broken here");
  });

  test("a bad row in the middle ends the reading with its line", async () => {
    const pieces = inPieces(gzip(text.replace("\n7,8,", "\n7,zero,")), 100);
    await expect(readTrace(pieces)).rejects.toThrow("trace, line 9: input_tokens");
  });

  test("an error of the source itself comes through unchanged", async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield whole.subarray(0, 100);
      throw new Error("network down");
    }
    await expect(readTrace(failing())).rejects.toThrow("network down");
  });
});
