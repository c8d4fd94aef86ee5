import pc from "picocolors";
import { describe, expect, test } from "vitest";
import { simulate } from "../../src/index.js";
import { formatReport } from "../../src/cli/report.js";
import {
  distributionAround,
  emptyDistribution,
  handMadeConfig,
  handMadeResult,
} from "../support/hand-made-result.js";
import { tinyConfig } from "../support/configs.js";

const plain = pc.createColors(false);
const report = (changes: Parameters<typeof handMadeResult>[0] = {}) =>
  formatReport(handMadeResult(changes), plain);

const eventful = {
  counts: {
    total: 1_234_567,
    completed: 1_200_000,
    rejected: 34_000,
    aborted: 500,
    unfinished: 67,
  },
  throughput: {
    inputTokensPerSec: 1234567.8,
    outputTokensPerSec: 234567.8,
    requestsPerSec: 1234.5,
  },
  preemptions: { total: 1_234_567, perRequestMean: 1.000123 },
  prefixCache: { hits: 1_234_567_890, misses: 1000, hitRate: 0.999, evictions: 12_345 },
  slo: { goodput: 3.21, attainment: { ttft: 0.98, tpot: 1, e2e: 0.5, all: 0.49 } },
  rejections: [
    { reason: "prompt of 9,000 tokens, ".repeat(6).trim(), count: 33_999, firstIndex: 3 },
    { reason: "needs 700 blocks, 600 are usable", count: 1, firstIndex: 17 },
  ],
  notes: ["a note of many words ".repeat(9).trim()],
  warnings: ["a warning of many words ".repeat(9).trim()],
  duration: 123456,
  ttft: distributionAround(12345),
  e2e: distributionAround(2e-5),
};

test("the report of a plain run", () => {
  expect(report({ notes: ["tensor_parallel is 2, the smallest that fits."] }))
    .toMatchInlineSnapshot(`
      "Llama-3-70B on 2 × H100, fcfs, seed 42
      100 of 100 requests completed in 20.6 s of simulated time (1,234 steps)

      ┌───────────┬──────────┬──────────┬──────────┬──────────┬──────────┐
      │ Latency   │      min │     mean │      p50 │      p90 │      p99 │
      ├───────────┼──────────┼──────────┼──────────┼──────────┼──────────┤
      │ TTFT      │  55.8 ms │   111 ms │  91.2 ms │   184 ms │   366 ms │
      │ E2E       │   1.92 s │   3.81 s │   3.14 s │   6.32 s │   12.6 s │
      │ Per token │  7.56 ms │  15.0 ms │  12.3 ms │  24.8 ms │  49.5 ms │
      └───────────┴──────────┴──────────┴──────────┴──────────┴──────────┘

      Throughput     Input                5,123 tokens/s
                     Output                 988 tokens/s
                     Requests              4.85 requests/s
      Utilisation    KV cache              12.3 %
                     FLOPS                  4.1 %
                     Bandwidth             56.8 %
      Preemptions    Total                    0 preemptions
                     Per request              0 preemptions
      Requests       Completed              100 requests
                     Rejected                 0 requests

      Note           tensor_parallel is 2, the smallest that fits.
      "
    `);
});

describe("layout", () => {
  test("no line is wider than 80 columns, whatever happened", () => {
    for (const line of report(eventful).split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("no figure has more than four digits after its point", () => {
    expect(report(eventful)).not.toMatch(/\.\d{5}/);
    expect(report()).not.toMatch(/\.\d{5}/);
  });

  test("no line ends in spaces", () => {
    expect(report(eventful)).not.toMatch(/ $/m);
  });

  test("colours change nothing but colours", () => {
    const result = handMadeResult(eventful);
    const coloured = formatReport(result, pc.createColors(true));
    expect(coloured).toContain("\u001b[");
    // eslint-disable-next-line no-control-regex
    expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(formatReport(result, plain));
  });
});

describe("latency", () => {
  test("the figures of a row share one unit", () => {
    const row = report({ e2e: distributionAround(5) })
      .split("\n")
      .find((line) => line.includes("E2E"));
    expect(row).toMatch(/3\.06 s .* 6\.06 s .* 5\.00 s .* 10\.1 s .* 20\.1 s/);
  });

  test("below ten seconds it is milliseconds", () => {
    expect(report({ e2e: distributionAround(1) })).toMatch(/E2E .* 1,000 ms/);
  });

  test("what is not defined is a dash", () => {
    const text = report({
      itl: emptyDistribution,
      throughput: { inputTokensPerSec: NaN, outputTokensPerSec: NaN, requestsPerSec: NaN },
    });
    expect(text).not.toContain("NaN");
    expect(text).toMatch(/^Throughput +Input +–$/m);
    expect(text).toMatch(/Per token(?: │ +–){5} │/);
  });
});

describe("what is shown", () => {
  test("the tenants and classes of requests that have them", () => {
    const workload = {
      arrivalPattern: "batched" as const,
      tenants: [
        { name: "a tenant whose name is longer than a column", weight: 1 },
        { name: "ten\nant", weight: 1 },
      ],
    };
    const text = formatReport(simulate(tinyConfig({ workload })), plain);
    expect(text).toMatch(/^│ Tenant +│ +done │ TTFT p50 │ +p99 │ +E2E p50 │ +p99 │ +out\/s │$/m);
    expect(text).toMatch(/^│ a tenant w… │ +\d+ │/m);
    expect(text).toMatch(/^│ ten ant +│ +\d+ │/m);
    expect(text).not.toContain("Class");
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("of many tenants only the first, and how many more there are", () => {
    const tenants = Array.from({ length: 30 }, (_, i) => ({ name: `t${100 + i}`, weight: 1 }));
    const result = simulate(tinyConfig({ workload: { numRequests: 2000, tenants } }));
    const text = formatReport(result, plain);
    expect(text.match(/│ t1\d\d/g)).toHaveLength(20);
    expect(text).toContain("and 10 more; -o has all");
  });

  test("every rejection with its count, its reason and where it began", () => {
    expect(report(eventful).replace(/\s+/g, " ")).toContain(
      "1 × needs 700 blocks, 600 are usable (the first: request 17)",
    );
  });

  test("the prefix cache, where it was of use, or could not be", () => {
    const cachedTokens = { ...emptyDistribution, mean: 4570, p50: 4210 };
    const prefixCache = { hits: 9, misses: 1, hitRate: 0.9, evictions: 1 };
    const text = report({ prefixCache, cachedTokens });
    expect(text).toMatch(/Prefix cache +Hits +9 tokens\n +Hit rate +90\.0 %\n/);
    expect(text).toMatch(/ +Per request +4,570 tokens\n +Median +4,210 tokens\n/);
    expect(text).toMatch(/ +Evictions +1 block\n/);
    expect(report({ prefixCache: { ...prefixCache, hits: 0 } })).toContain("Evictions");
    expect(report({ prefixCache: { ...prefixCache, hits: 0, evictions: 0 } })).not.toContain(
      "Prefix cache",
    );
  });

  test("one of something is no plural", () => {
    const counts = { total: 1, completed: 0, rejected: 1, aborted: 0, unfinished: 0 };
    const preemptions = { total: 1, perRequestMean: NaN };
    const text = report({ counts, preemptions, numSteps: 1 });
    expect(text).toMatch(/0 of 1 request completed/);
    expect(text).toMatch(/\(1 step\)/);
    expect(text).toMatch(/Rejected +1 request$/m);
    expect(text).toMatch(/Total +1 preemption$/m);
  });

  test("SLO lines only for the targets given", () => {
    const text = report({ slo: { goodput: 4.1, attainment: { ttft: 0.981, all: 0.981 } } });
    expect(text).toMatch(/SLO +Goodput +4\.10 requests\/s/);
    expect(text).toMatch(/TTFT met +98\.1 %/);
    expect(text).not.toContain("TPOT met");
    expect(report()).not.toContain("SLO");
  });

  test("notes and warnings", () => {
    const text = report({ notes: ["first", "second"], warnings: ["third"] });
    expect(text).toMatch(/^Note +first\nNote +second\nWarning +third\n$/m);
  });

  test("that a result is partial, and what was left unfinished", () => {
    expect(report()).not.toContain("PARTIAL");
    const counts = { total: 10, completed: 4, rejected: 0, aborted: 0, unfinished: 6 };
    const text = report({ partial: true, counts });
    expect(text).toContain("PARTIAL RESULT");
    expect(text).toMatch(/Unfinished +6 requests/);
  });

  test("the name of a plug-in policy", () => {
    const scheduler = { ...handMadeConfig.scheduler, policy: { name: "my-policy" } };
    expect(report({ config: { ...handMadeConfig, scheduler } })).toContain("my-policy, seed 42");
  });
});
