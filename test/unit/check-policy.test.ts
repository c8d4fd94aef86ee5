/** The property suite of policies: ours pass it, and each way to be bad is caught and named. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AnyPolicy, OraclePolicy, RequestView, SchedulingPolicy } from "../../src/index.js";
import { policiesByName } from "../../src/scheduler/policies/by-name.js";
import { arbitraries, checkPolicy, PolicyLawError } from "../../src/testing/index.js";
import { simulate } from "../../src/index.js";

const numRuns = 60;

/** What the suite says of a policy that breaks a law. */
async function findingOn(policy: unknown, options = {}): Promise<PolicyLawError> {
  const error = await checkPolicy(policy as AnyPolicy, { numRuns, ...options }).then(
    () => expect.unreachable("all laws held"),
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(PolicyLawError);
  return error as PolicyLawError;
}

const byPrompt = (a: RequestView, b: RequestView) => a.numPromptTokens - b.numPromptTokens;

/** Tenants take turns: who was admitted least often goes first. */
function turns(): SchedulingPolicy {
  const admitted = new Map<string, number>();
  const of = ({ tenant }: RequestView) => admitted.get(tenant) ?? 0;
  return {
    name: "turns",
    orderChangesWithTime: true,
    compareWaiting: (a, b) => of(a) - of(b),
    onAdmission: (r) => void admitted.set(r.tenant, of(r) + 1),
    isStarvationFree: true,
  };
}

test("what a policy throws during a run is told once, under its name", async () => {
  const { message } = await findingOn({
    name: "late",
    onRequestEnd: () => {
      throw new Error("too late");
    },
  });
  expect(message).toContain("\n  onRequestEnd threw: too late\n");
});

describe("policies that keep the laws", () => {
  test.each(Object.entries(policiesByName))("built-in %s", async (_, create) => {
    const laws = await checkPolicy(create(), { numRuns });
    expect(laws).toContain("equal configs give equal results");
  });

  test("only first come, first served of them promises that nobody starves", async () => {
    expect(await checkPolicy(policiesByName["fcfs"]!(), { numRuns })).toContainEqual(
      expect.stringContaining("nobody waits for ever"),
    );
    expect(await checkPolicy(policiesByName["sif"]!(), { numRuns })).not.toContainEqual(
      expect.stringContaining("nobody waits for ever"),
    );
  });

  test("an ageing one that promises it", async () => {
    const rank = (r: RequestView) => r.numPromptTokens + r.arrivalTime;
    const aged: SchedulingPolicy = {
      name: "aged",
      compareWaiting: (a, b) => rank(a) - rank(b),
      isStarvationFree: true,
    };
    await checkPolicy(aged, { numRuns });
  });

  test("one that goes by the time, and says so", async () => {
    const late = (r: RequestView, now: number) => now - r.arrivalTime > 0.01;
    await checkPolicy(
      {
        name: "late first",
        orderChangesWithTime: true,
        compareWaiting: (a, b, now) =>
          Number(late(b, now)) - Number(late(a, now)) || byPrompt(a, b),
      },
      { numRuns },
    );
  });

  test("an oracle that asks for what it knows", async () => {
    const oracle: OraclePolicy = {
      name: "oracle",
      needsOutputLength: true,
      compareWaiting: (a, b) => a.stopLength - b.stopLength,
    };
    await checkPolicy(oracle, { numRuns });
  });

  test("one that remembers, made anew for each run", async () => {
    await checkPolicy({ name: "turns", create: turns }, { numRuns });
  });
});

const bad: readonly (readonly [string, unknown, law: RegExp, finding: RegExp])[] = [
  ["an intransitive order",
    { compareWaiting: (a: RequestView, b: RequestView) => { const d = (((a.numPromptTokens - b.numPromptTokens) % 3) + 3) % 3; return d === 1 ? 1 : d === 2 ? -1 : 0; } },
    /transitive/, /request \d+ .* and .*, but request/],
  ["ties that are not transitive",
    { compareWaiting: (a: RequestView, b: RequestView) => { const d = byPrompt(a, b); return d * d < 10 ? 0 : d; } },
    /transitive, ties included/, /ties with/],
  ["a random order", { compareWaiting: () => Math.random() - 0.5 }, /asked the same again/, /asked again/],
  ["an order of one side", { compareWaiting: () => -1 }, /whichever is named first/, /before/],
  ["an order by the clock that does not say so",
    { compareWaiting: (a: RequestView, b: RequestView, now: number) => (now > 500 ? byPrompt(a, b) : byPrompt(b, a)) },
    /does not change while requests wait/, /at \d+ s request/],
  ["a victim out of range", { selectVictim: (running: readonly RequestView[]) => running.length }, /it answers/, /returned \d; it must return an index of/],
  ["a victim that is no index", { selectVictim: () => undefined }, /it answers/, /returned undefined/],
  ["a random victim", { selectVictim: (running: readonly RequestView[]) => Math.floor(Math.random() * running.length) }, /asked the same again/, /its victim is/],
  ["an order that is NaN", { compareWaiting: (a: RequestView) => a.priority / 0 - a.priority / 0 }, /it answers/, /returned NaN/],
  ["an order that throws", { compareWaiting: (a: RequestView) => { if (a.tenant === "b") throw new Error("no b here"); return 0; } }, /it answers/, /compareWaiting threw: no b here/],
  ["a hook that throws", { onRequestEnd: () => { throw new Error("out of books"); } }, /it answers/, /onRequestEnd threw: out of books/],
  ["a look at the future", { compareWaiting: (a: { stopLength: number }, b: { stopLength: number }) => a.stopLength - b.stopLength }, /what a server knows/, /reads stopLength/],
  ["a look at what there is not", { compareWaiting: (a: { prompt?: number }) => a.prompt ?? 0 }, /what a server knows/, /reads prompt, which requests do not have/],
  ["a hand on a request", { compareWaiting: (a: { priority: number }) => ((a.priority = 1), 0) }, /changes nothing/, /writes priority/],
  ["a hand on a request, hidden", { compareWaiting: (a: { priority: number }) => { try { a.priority = 1; } catch { /* hush */ } return 0; } }, /changes nothing/, /writes priority/],
  ["a hand on the list", { selectVictim: (running: RequestView[]) => { running.sort(byPrompt); return 0; } }, /changes nothing/, /toSorted/],
  ["a memory that outlives its run", turns(), /equal (configs|results)/, /in a second run .*create/],
  ["shortest first that promises too much", { compareWaiting: byPrompt, isStarvationFree: true }, /nobody waits for ever/, /under first come, first served/],
  ["ageing that is too slow for its promise",
    { compareWaiting: (a: RequestView, b: RequestView) => a.numPromptTokens - b.numPromptTokens + (a.arrivalTime - b.arrivalTime) * 1e-6, isStarvationFree: true },
    /nobody waits for ever/, /patience/],
]; // prettier-ignore

describe("policies that break one", () => {
  test.each(bad)("%s", async (_, policy, law, finding) => {
    const error = await findingOn({ ...(policy as object), name: "bad" });
    expect(error.message).toMatch(/^policy "bad" breaks the law: /);
    expect(error.law).toMatch(law);
    expect(error.message).toMatch(finding);
    expect(error.message).toMatch(/\n {2}counterexample: \{.*\n {2}seed: 42$/);
    expect(error.counterexample).toBeTypeOf("object");
  });

  test.each<[string, unknown, RegExp]>([
    ["a factory", () => ({ name: "x" }), /found a function: call it/],
    ["nothing", undefined, /found undefined/],
    ["no name", { compareWaiting: () => 0 }, /without a name/],
    ["another version", { name: "old", apiVersion: 2 }, /version 1 .* found policy "old" for version 2; install/],
    ["a misspelt method", { name: "x", compareWaitng: () => 0 }, /did you mean compareWaiting\?/],
    ["a method that is none", { name: "x", selectVictim: 3 }, /whose selectVictim is a function/],
    ["a flag that is none", { name: "x", orderChangesWithTime: "yes" }, /is true or false/],
    ["an oracle in disguise", { name: "x", create: () => ({ name: "x", needsOutputLength: true }) }, /set needsOutputLength beside create/],
    ["a plug-in that creates nothing", { name: "x", create: () => undefined }, /create must return a policy/],
  ])("%s, without a case", async (_, policy, message) => {
    expect((await findingOn(policy)).message).toMatch(message);
  }); // prettier-ignore

  test("an order that changes only with what it remembers is caught at work", async () => {
    const create = (): SchedulingPolicy => {
      let last = "";
      const of = ({ tenant }: RequestView) => Number(tenant === last);
      return {
        name: "alternating",
        compareWaiting: (a, b) => of(a) - of(b),
        onAdmission: (r) => void (last = r.tenant),
      };
    };
    expect((await findingOn({ name: "alternating", create }, { numRuns: 500 })).law).toMatch(
      /does not change while requests wait/,
    );
  });
});

test("equal seeds find equal counterexamples, and it is named", async () => {
  const broken = { name: "bad", compareWaiting: () => -1 };
  const [one, same, other] = [
    await findingOn(broken, { seed: 7 }),
    await findingOn(broken, { seed: 7 }),
    await findingOn(broken, { seed: 8 }),
  ];
  expect(one.message).toBe(same.message);
  expect([one.seed, other.seed]).toEqual([7, 8]);
});

test("labels are those that are asked for", async () => {
  const rank: Readonly<Record<string, number>> = { gold: 0, lead: 1, "": 2 };
  const strict: SchedulingPolicy = {
    name: "two classes",
    compareWaiting: (a, b) => rank[a.class]! - rank[b.class]!,
  };
  expect((await findingOn(strict)).message).toContain("returned NaN");
  await checkPolicy(strict, { numRuns, classes: ["gold", "lead"] });
});

test("arbitraries are for properties of one's own", async () => {
  const { config, workload, trace } = await arbitraries();
  fc.assert(
    fc.property(config, (c) => simulate(c).counts.unfinished === 0),
    { numRuns: 20 },
  );
  expect(fc.sample(workload, 3)).toHaveLength(3);
  expect(fc.sample(trace, 3)[0]!.length).toBeGreaterThan(0);
});
