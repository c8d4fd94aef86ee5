/** Tenants and classes of service: from a workload through policies to results. */
import { describe, expect, test } from "vitest";
import { readTrace } from "../../src/io/index.js";
import {
  ConfigError,
  type RequestColumns,
  type SchedulingPolicy,
  simulate,
  type TraceRow,
  type WorkloadConfig,
} from "../../src/index.js";
import { formatRow } from "../../src/io/formats/requests.js";
import { openWorkload, type WorkloadSettings } from "../../src/workload/create.js";
import { tinyConfig } from "../support/configs.js";

const tenants = [
  { name: "acme", weight: 3 },
  { name: "umbrella", weight: 1 },
];
const classes = [{ name: "batch", weight: 1 }];
const labelsOf = (requests: RequestColumns, label: "tenant" | "class") =>
  Array.from(requests[label]!.codes, (code) => requests[label]!.names[code]);
const run = (workload: Partial<WorkloadConfig>, policy?: SchedulingPolicy) =>
  simulate(tinyConfig({ workload, ...(policy && { scheduler: { policy } }) }));

/** The labels of all requests, in the order in which they are sent; each ends the moment it comes. */
function sent(settings: Partial<WorkloadSettings>) {
  const { workload } = openWorkload({
    arrivalPattern: "fixed_rate",
    arrivalRate: 1,
    inputLenDist: { type: "fixed", value: 4 },
    outputLenDist: { type: "fixed", value: 4 },
    ...settings,
  });
  const labels: (readonly [string | undefined, string | undefined])[] = [];
  for (let time = 0; (time = workload.nextArrivalTime()) < Infinity;) {
    const spec = workload.next();
    labels.push([spec.tenant, spec.class]);
    workload.onRequestEnd?.(labels.length - 1, time);
  }
  return labels;
}

describe("where labels come from", () => {
  test("labels are drawn in proportion to their weights", () => {
    const labels = sent({ numRequests: 10_000, tenants, classes });
    const share = labels.filter(([tenant]) => tenant === "acme").length / labels.length;
    expect(share).toBeCloseTo(0.75, 1);
    expect(new Set(labels.map(([, serviceClass]) => serviceClass))).toEqual(new Set(["batch"]));
  });

  test("request i has the same labels whatever the rate and the other labels", () => {
    const one = sent({ numRequests: 50, tenants });
    const other = sent({ numRequests: 50, tenants, classes, arrivalPattern: "poisson" });
    expect(other.map(([tenant]) => tenant)).toEqual(one.map(([tenant]) => tenant));
  });

  test("all turns of a session are one tenant's", () => {
    const turns = { type: "fixed", value: 5 } as const;
    const labels = sent({ tenants, arrivalPattern: "closed_loop", numConcurrentUsers: 1, sessions: { turns, numSessions: 40 } }); // prettier-ignore
    const sessions = Array.from({ length: 40 }, (_, i) => labels.slice(5 * i, 5 * i + 5));
    expect(labels).toHaveLength(200);
    for (const session of sessions) expect(new Set(session.map(([t]) => t)).size).toBe(1);
    expect(new Set(sessions.map(([first]) => first![0])).size).toBe(2);
  });

  const row = (i: number, more: Partial<TraceRow> = {}): TraceRow => ({
    arrivalTime: i,
    numPromptTokens: 4,
    numOutputTokens: 2,
    ...more,
  });

  test("the rows of a trace bring theirs, and drawn ones replace them", () => {
    const trace = [row(0, { tenant: "own", class: "gold" }), row(1)];
    const own = { trace, arrivalPattern: undefined };
    expect(sent(own)).toEqual([
      ["own", "gold"],
      [undefined, undefined],
    ]);
    expect(sent({ ...own, classes }).map(([, c]) => c)).toEqual(["batch", "batch"]);
  });

  test("requests of a trace that follow one another get one tenant", () => {
    const trace = Array.from({ length: 60 }, (_, i) =>
      row(i, i % 3 === 0 ? {} : { after: { row: i - 1, delay: 0 } }),
    );
    const labels = sent({ trace, tenants, arrivalPattern: undefined }).map(([t]) => t);
    for (let i = 0; i < 60; i += 3) expect(new Set(labels.slice(i, i + 3)).size).toBe(1);
    expect(new Set(labels).size).toBe(2);
  });

  test("request lines and plain CSV have them, and what is written can be read", async () => {
    const rows = [row(0, { tenant: "acme", class: "batch" }), row(1)];
    const again = await readTrace(rows.map((one) => `${formatRow(one)}\n`).join(""));
    expect(again.rows.map((r) => [r.tenant, r.class])).toEqual([
      ["acme", "batch"],
      [undefined, undefined],
    ]);
    const csv = await readTrace("arrival_s,input_tokens,output_tokens,tenant,class\n0,1,2,a,\n");
    expect([csv.rows[0]!.tenant, csv.rows[0]!.class]).toEqual(["a", undefined]);
    await expect(
      readTrace('{"arrival_time":0,"num_prompt_tokens":1,"num_output_tokens":1,"tenant":7}'),
    ).rejects.toThrow("tenant is 7, not text");
  });

  test("a plug-in's request may have them", () => {
    const create = () => ({
      isSent: false,
      nextArrivalTime() {
        return this.isSent ? Infinity : 0;
      },
      next() {
        this.isSent = true;
        return { arrivalTime: 0, numPromptTokens: 1, numOutputTokens: 1, tenant: "plugged" };
      },
    });
    const { requests } = simulate({ ...tinyConfig(), workload: { name: "one", create } });
    expect(labelsOf(requests, "tenant")).toEqual(["plugged"]);
  });
});

describe("policies", () => {
  test("see the labels of requests, empty where there are none", () => {
    const seen = new Set<string>();
    const policy: SchedulingPolicy = {
      name: "nosy",
      compareWaiting(a) {
        seen.add(`${a.tenant}/${a.class}`);
        return 0;
      },
    };
    run({ arrivalPattern: "batched", tenants }, policy);
    expect(seen).toEqual(new Set(["acme/", "umbrella/"]));
  });
});

describe("results", () => {
  const labelled = run({ numRequests: 200, tenants, arrivalPattern: "poisson" });

  test("hold the label of each request", () => {
    expect(labelsOf(labelled.requests, "tenant")).toHaveLength(200);
    expect(labelled.requests.tenant!.names[0]).toBe("");
    expect("class" in labelled.requests).toBe(false);
  });

  test("groups are in alphabetical order and add up to the whole", () => {
    const groups = labelled.by("tenant");
    expect(groups.map(({ label }) => label)).toEqual(["acme", "umbrella"]);
    const sum = (of: (group: (typeof groups)[number]) => number) =>
      groups.reduce((total, group) => total + of(group), 0);
    expect(sum((g) => g.counts.completed)).toBe(labelled.counts.completed);
    expect(sum((g) => g.requests.length)).toBe(200);
    expect(sum((g) => g.throughput.outputTokensPerSec)).toBeCloseTo(
      labelled.throughput.outputTokensPerSec,
    );
    expect(sum((g) => g.ttft.mean * g.ttft.count)).toBeCloseTo(
      labelled.ttft.mean * labelled.ttft.count,
    );
    expect(Math.max(...groups.map((g) => g.e2e.max))).toBe(labelled.e2e.max);
  });

  test("a group holds the rows with its label, in order of arrival", () => {
    const [acme] = labelled.by("tenant");
    const { arrivalTime } = labelled.requests;
    const isAcme = labelsOf(labelled.requests, "tenant").map((label) => label === "acme");
    expect([...acme!.requests.arrivalTime]).toEqual([...arrivalTime].filter((_, i) => isAcme[i]));
    expect(new Set(labelsOf(acme!.requests, "tenant"))).toEqual(new Set(["acme"]));
  });

  test("without labels there is one group, and it is the whole", () => {
    const plain = run({});
    const [all, ...others] = plain.by("class");
    expect(others).toEqual([]);
    expect([all!.label, all!.counts, all!.ttft]).toEqual(["", plain.counts, plain.ttft]);
    expect(plain.toJSON().groups).toBeUndefined();
  });

  test("JSON has the groups of the labels that are used", () => {
    const { groups } = labelled.toJSON();
    expect(Object.keys(groups!)).toEqual(["tenant"]);
    expect(groups!.tenant!.map((group) => [group.label, group.requests.completed])).toEqual(
      labelled.by("tenant").map((group) => [group.label, group.counts.completed]),
    );
  });

  test("a label that comes late has a column as long as the others", () => {
    const rows = Array.from({ length: 5000 }, (_, i) => ({
      arrivalTime: i,
      numPromptTokens: 1,
      numOutputTokens: 1,
      ...(i === 2500 && { tenant: "late" }),
    }));
    const { requests } = simulate({ ...tinyConfig(), workload: { trace: rows } });
    expect(requests.tenant!.codes).toHaveLength(5000);
    expect(requests.tenant!.codes.indexOf(1)).toBe(2500);
    expect(requests.tenant!.codes.lastIndexOf(1)).toBe(2500);
  });
});

test.each<[Partial<WorkloadConfig>, string]>([
  [{ tenants: [] }, "workload.tenants: must be a list of at least one { name, weight }"],
  [{ tenants: [{ name: "", weight: 1 }] }, "workload.tenants[0].name: must be a text that is not"],
  [{ classes: [{ name: "a", weight: 0 }] }, "workload.classes[0].weight: must be a number above 0"],
  [{ trace: [{ arrivalTime: 0, numPromptTokens: 1, numOutputTokens: 1, tenant: 3 as never }] },
    "tenant: must be a text, found 3"], // prettier-ignore
])("%j is refused", (workload, message) => {
  expect(() => run(workload)).toThrow(ConfigError);
  expect(() => run(workload)).toThrow(message);
});
