/** What every source file keeps to: who may import whom, and what is not used where. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readSource, type SourceFile } from "./support/source-file.js";

interface Layer {
  /** Other layers that it may import. */
  readonly layers: readonly string[];
  readonly packages?: readonly string[];
}

/** The core, from the bottom up: these, then engine/ and simulation/ above them all. */
const belowEngine: Readonly<Record<string, Layer>> = {
  base: { layers: [] },
  random: { layers: ["base"], packages: ["pure-rand"] },
  collections: { layers: ["base"] },
  spec: { layers: ["base"] },
  request: { layers: ["base"] },
  cost: { layers: ["base", "spec", "request"] },
  "kv-cache": { layers: ["base", "collections", "spec", "request"] },
  scheduler: { layers: ["base", "collections", "request", "kv-cache"] },
  workload: { layers: ["base", "random", "collections", "request"] },
  metrics: { layers: ["base", "collections", "request"] },
};

const core: Readonly<Record<string, Layer>> = {
  ...belowEngine,
  engine: { layers: Object.keys(belowEngine) },
  simulation: { layers: [...Object.keys(belowEngine), "engine"], packages: ["zod"] },
};

const coreLayers = Object.keys(core);

/** The edges, each an entry point of its own. */
const edges: Readonly<Record<string, Layer>> = {
  catalog: { layers: coreLayers },
  config: {
    layers: [...coreLayers, "catalog"],
    packages: ["zod", "smol-toml", "toml-eslint-parser"],
  },
  calibration: { layers: coreLayers },
  io: {
    layers: [...coreLayers, "calibration"],
    packages: ["@huggingface/tokenizers", "@huggingface/jinja"],
  },
  node: { layers: [...coreLayers, "catalog", "config", "io", "package.json"], packages: ["node:"] },
  testing: { layers: coreLayers, packages: ["fast-check"] },
  notebook: {
    layers: [
      ...coreLayers,
      "calibration",
      "catalog",
      "config",
      "io",
      "index.ts",
      "cli/number-format.ts",
    ],
  },
  cli: {
    layers: [
      ...coreLayers,
      "calibration",
      "catalog",
      "config",
      "io",
      "node",
      "index.ts",
      "package.json",
    ],
    packages: ["node:", "commander", "picocolors", "cli-table3", "log-update"],
  },
};

/** They gather what belongs to an entry point from wherever it lies. */
const entryPoints = ["index.ts", "scheduler/index.ts"];

interface Ban {
  readonly what: (use: string) => boolean;
  /** Files, or folders, that may. */
  readonly except: readonly string[];
  readonly instead: string;
}

const is =
  (...names: string[]) =>
  (use: string) =>
    names.includes(use);

/** The same on every engine, to the last bit. */
const exactMath = is(
  ...[
    "abs",
    "ceil",
    "clz32",
    "floor",
    "fround",
    "imul",
    "max",
    "min",
    "round",
    "sign",
    "sqrt",
    "trunc",
  ].map((name) => `Math.${name}`),
);

const bans: readonly Ban[] = [
  {
    what: is("Math.random"),
    except: [],
    instead: "draw from a substream of src/random/rng.ts",
  },
  {
    what: (use) => use === "**" || (use.startsWith("Math.") && !exactMath(use)),
    except: ["base/math.ts", "cli/", "notebook/"],
    instead: "use ln, exp and pow of src/base/math.ts, whose bits are the same on every engine",
  },
  {
    what: is("Date", "Date.now", "performance", "performance.now"),
    except: ["simulation/simulation.ts", "cli/", "io/wall-clock.ts"],
    instead: "take the time as an argument: the engine's clock is the only one",
  },
  {
    what: (use) => use === "console" || use.startsWith("console."),
    except: ["cli/"],
    instead: "return it, or tell an observer; src/cli/ prints",
  },
  {
    what: is("process.exit"),
    except: ["cli/bin.ts"],
    instead: "throw an error of src/base/errors.ts; src/cli/bin.ts decides the exit code",
  },
  {
    what: (use) => use === "process" || use.startsWith("process.") || use === "Buffer",
    except: ["cli/", "node/"],
    instead: "move it to src/node/ or src/cli/: the rest runs in browsers",
  },
  {
    what: is("async"),
    except: ["simulation/", ...Object.keys(edges).map((edge) => `${edge}/`)],
    instead: "stay synchronous: only src/simulation/ and the edges wait for anything",
  },
];

const layerOf = (path: string) => path.split("/")[0]!;
const isOneOf = (path: string, places: readonly string[]) =>
  places.some((place) => path === place || (place.endsWith("/") && path.startsWith(place)));

function forbiddenImports({ path, imports }: SourceFile): string[] {
  if (entryPoints.includes(path)) return [];
  const name = layerOf(path);
  const layer = core[name] ?? edges[name];
  if (layer === undefined)
    return [`src/${path}: ${name}/ is no layer that test/tidy.test.ts knows`];
  const { layers, packages = [] } = layer;
  const mayImport = (target: string) => {
    const isPackage = !target.includes(".ts") && !/\.(js|json)$/.test(target);
    if (isPackage)
      return packages.some((p) => target === p || target.startsWith(p.endsWith(":") ? p : `${p}/`));
    return (
      layerOf(target) === name ||
      layers.includes(target.replace(/\.js$/, ".ts")) ||
      layers.includes(layerOf(target))
    );
  };
  return imports
    .filter((target) => !mayImport(target))
    .map((target) => {
      const allowed = [...layers, ...packages].join(", ") || "nothing";
      return `src/${path} imports ${target}; ${name}/ may import ${allowed}`;
    });
}

const forbiddenUses = ({ path, uses }: SourceFile): string[] =>
  bans
    .filter(({ except }) => !isOneOf(path, except))
    .flatMap(({ what, instead }) =>
      [...new Set(uses.filter(what))].map((use) => `src/${path} uses ${use}: ${instead}`),
    );

/** A comment explains itself: numbers of issues mean nothing to who has only the code. */
const namedIssues = ({ path, comments }: SourceFile): string[] =>
  comments
    .filter((comment) => /\bissues?\s+#?\d|(^|[\s(])#\d+\b/i.test(comment))
    .map((comment) => `src/${path} names an issue: ${comment}`);

const problemsOf = (file: SourceFile) => [
  ...forbiddenImports(file),
  ...forbiddenUses(file),
  ...namedIssues(file),
];

const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".ts"))
  .map((path) => readSource(path, readFileSync(`src/${path}`, "utf8")));

test("every source file keeps to its layer and to the bans", () => {
  expect(sources.length).toBeGreaterThan(50);
  expect(sources.flatMap(problemsOf)).toEqual([]);
});

test("entry points of several layers only re-export", () => {
  const gathering = sources.filter(({ path }) => entryPoints.includes(path));
  expect(gathering.filter((file) => !file.isReExportsOnly).map(({ path }) => path)).toEqual([]);
});

describe("the rules find", () => {
  test.each([
    [
      "scheduler/x.ts",
      'import { roofline } from "../cost/roofline.js";',
      "imports cost/roofline.js",
    ],
    ["engine/x.ts", 'export * from "../simulation/config.js";', "imports simulation/config.js"],
    ["metrics/x.ts", 'import * as z from "zod";', "imports zod"],
    ["io/x.ts", 'const fs = await import("node:fs");', "imports node:fs"],
    ["newcomer/x.ts", "", "no layer"],
    ["workload/x.ts", "const x = Math.random();", "substream"],
    ["cost/x.ts", "const x = Math.log2(8) + 2 ** y;", "base/math.ts"],
    ["simulation/x.ts", "const now = performance.now();", "clock"],
    ["engine/x.ts", "const f = async () => {};", "synchronous"],
    ["node/x.ts", "console.log(1);", "src/cli/ prints"],
    ["cli/x.ts", "process.exit(1);", "bin.ts"],
    ["base/x.ts", "// As decided in issue 12.", "names an issue"],
  ])("in %s: %s", (path, text, problem) => {
    expect(problemsOf(readSource(path, text)).join("\n")).toContain(problem);
  });

  test("nothing in what only looks alike", () => {
    const text = `
      import { ln } from "../base/math.js";
      /** Date.now() and Math.random() are not used: see 3 issues of 1999. */
      const words = "console.log(Math.random())";
      const square = ln(2) ** 2 + value.console + Number(value instanceof Date);
      const record = { async: 1, performance: 2 };
    `;
    expect(problemsOf(readSource("cost/x.ts", text))).toEqual([]);
  });
});
