import { describe, expect, test } from "vitest";
import { formatRow, readTrace, traceStats, type TraceRow } from "../../src/io/index.js";
import {
  publishedStatistics,
  publishedTraces,
  readPublished,
} from "../support/published-traces.js";

const row = (arrivalTime: number, numPromptTokens = 1, more: Partial<TraceRow> = {}): TraceRow => ({
  arrivalTime,
  numPromptTokens,
  numOutputTokens: 1,
  ...more,
});

describe("statistics of a trace", () => {
  test("quantiles lie between ranks", () => {
    const { input } = traceStats([10, 40, 20, 30].map((length, i) => row(i, length)));
    expect(input).toEqual({ mean: 25, p50: 25, p90: 37, p99: expect.closeTo(39.7, 10), max: 40 });
  });

  test("evenly spaced arrivals have no variation", () => {
    const { rate, cvInterarrival, dispersion } = traceStats(
      Array.from({ length: 1201 }, (_, i) => row(i / 4)),
    );
    expect({ rate, cvInterarrival }).toEqual({ rate: 4, cvInterarrival: 0 });
    expect(dispersion).toEqual({ s1: 0, s10: 0, s60: 0 });
  });

  test("a request by itself has no rate, gaps or correlation", () => {
    const { count, rate, cvInterarrival, zeroGapShare, correlation, prefix } = traceStats([row(5)]);
    expect([count, rate, cvInterarrival, zeroGapShare, correlation, prefix]).toEqual([
      1,
      NaN,
      NaN,
      NaN,
      NaN,
      undefined,
    ]);
  });

  test("only blocks at the start of a prompt hit, and no more tokens than the prompt has", () => {
    const prefix = (...runs: number[]) => ({
      prefix: { blockSize: 10, runs: Int32Array.from(runs) },
    });
    const { prefix: stats } = traceStats([
      row(0, 30, prefix(0, 3)),
      row(1, 30, prefix(0, 1, 9, 1, 2, 1)), // its third block was there, but behind another
      row(2, 15, prefix(0, 1, 9, 1)),
      row(3, 25),
    ]);
    expect(stats).toEqual({
      uniqueBlocks: 4,
      totalBlocks: 8,
      blockHitRate: 3 / 8,
      tokenHitRate: (10 + 15) / 100,
      fullHitShare: 1 / 4,
    });
  });

  test("a prefix that a row tells is hit in whole", () => {
    const rows = [row(0, 30), row(1, 50, { prefix: { row: 0, numTokens: 31 } })];
    expect(traceStats(rows).prefix).toMatchObject({ totalBlocks: 0, tokenHitRate: 31 / 80 });
  });

  test("follow-ups and sessions are counted", () => {
    const rows = [
      row(0, 1, { session: 4 }),
      row(1, 1, { session: 4, after: { row: 0, delay: 1 } }),
      row(2, 1, { session: 5 }),
    ];
    expect(traceStats(rows)).toMatchObject({ numFollowUps: 1, numSessions: 1 });
  });
});

describe.skipIf(publishedTraces() === undefined)("published traces", () => {
  test.each([
    ["azure_2023_code", "azure_2023_code.csv.gz", "plain"],
    ["azure_2023_conv", "azure_2023_conv.csv.gz", "plain"],
    ["mooncake_conversation", "mooncake_fast25_conversation.jsonl.gz", "mooncake"],
    ["mooncake_synthetic", "mooncake_fast25_synthetic.jsonl.gz", "mooncake"],
    ["vidur_arxiv_summarization", "vidur_arxiv_summarization_lengths.csv.gz", "lengths"],
    ["lss_sharegpt_llama31_8b", "llmservingsim_sharegpt300_llama31_8b.jsonl.gz", "llmservingsim"],
  ])("%s has its published statistics, to the last digit", async (name, file, format) => {
    const trace = await readPublished(file);
    expect(trace).toMatchObject({ format, numSkipped: 0, warnings: [] });
    const { input, output, dispersion, prefix, ...stats } = traceStats(trace);
    const figures: Record<string, number | undefined> = {
      rows: stats.count,
      ...lengths("in", input),
      ...lengths("out", output),
      corr_io: stats.correlation,
      dur_s: stats.duration,
      rate_rps: stats.rate,
      cv_interarrival: stats.cvInterarrival,
      iod_1s: dispersion.s1,
      iod_10s: dispersion.s10,
      iod_60s: dispersion.s60,
      peak_over_mean_60s: stats.peakOverMean60s,
      zero_gap_frac: stats.zeroGapShare,
      unique_blocks: prefix?.uniqueBlocks,
      total_blocks: prefix?.totalBlocks,
      prefix_block_hit: prefix?.blockHitRate,
      prefix_token_hit: prefix?.tokenHitRate,
      full_hit_req_frac: prefix?.fullHitShare,
    };
    const published = publishedStatistics(name);
    for (const [column, figure] of Object.entries(figures)) {
      expect(rounded(figure ?? NaN), column).toBe(published(column));
    }
  });

  test("the agentic sessions are read in whole, and reuse 96 % within sessions", async () => {
    const trace = await readPublished("claude_code_agentic_sessions.jsonl.gz");
    expect(trace).toMatchObject({ numRead: 44_483, numSkipped: 0, warnings: [] });
    expect(trace.rows).toHaveLength(44_483);
    expect(new Set(trace.rows.map((r) => r.session)).size).toBe(676);
    expect(trace.rows.filter((r) => r.after === undefined)).toHaveLength(676);
    expect(trace.rows.every((r, i) => r.after === undefined || r.after.row < i)).toBe(true);
    // Ids are a session's own, so a hit is one within the session.
    expect(traceStats(trace.rows).prefix!.tokenHitRate).toBeCloseTo(0.9622, 4);
  }, 60_000);

  test.each(["mooncake_fast25_synthetic.jsonl.gz", "azure_2023_code.csv.gz"])(
    "%s is the same after conversion to request lines",
    async (file) => {
      const { rows } = await readPublished(file);
      const converted = await readTrace(rows.map((r) => `${formatRow(r)}\n`).join(""));
      expect(converted.rows).toEqual(rows);
    },
  );
});

function lengths(name: string, stats: object): Record<string, number> {
  return Object.fromEntries(Object.entries(stats).map(([key, value]) => [`${name}_${key}`, value]));
}

/** As the published table is. */
const rounded = (figure: number) => Math.round(figure * 1e4) / 1e4;
