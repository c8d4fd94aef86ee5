/** README and guides as their readers follow them: every file is written, every command and program run, every output compared. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { codeBlocks, userProject } from "../../scripts/guide.mjs";
import { guides, renderGuide } from "../../scripts/readme.mjs";
import { createProgram } from "../../src/cli/program.js";
import { annotatedJsonSchema, type JsonSchema } from "../../src/config/json-schema.js";
import { typeErrors } from "../support/type-errors.js";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const textOf = new Map(guides.map((name) => [name, readFileSync(name, "utf8")]));

/** Of all blocks, so that a new one is looked at. */
const MAX_SHARE_NOT_RUN = 0.15;

describe.concurrent("the blocks", () => {
  let numRun = 0;
  let notRun: string[] = [];

  test.each(guides)(
    "of %s run, and print what it says (npm run readme makes it so)",
    async (name) => {
      const guide = await renderGuide(name);
      expect(guide.differences.join("\n")).toBe("");
      expect(guide.text).toBe(guide.written);
      numRun += guide.numRun;
      notRun = [...notRun, ...guide.notRun];
    },
  );

  afterAll(() => {
    console.log(`${numRun} blocks of guides run; not run:\n${notRun.sort().join("\n")}`);
    expect(notRun.length).toBeLessThanOrEqual(MAX_SHARE_NOT_RUN * (numRun + notRun.length));
  });
});

describe("the TypeScript", () => {
  let project: string;
  beforeAll(async () => {
    project = await userProject();
  });
  afterAll(() => rm(project, { recursive: true }));

  test("of all guides compiles in a strict project that has the package installed", () => {
    const places = new Map<string, string>();
    for (const [name, text] of textOf) {
      const folder = join(project, basename(dirname(resolve(name))), basename(name, ".md"));
      mkdirSync(folder, { recursive: true });
      for (const { language, code, line, file } of codeBlocks(text)) {
        if (language !== "ts") continue;
        const path = join(folder, file ?? `block-${line}.ts`);
        writeFileSync(path, file === undefined ? `${code}export {};\n` : code);
        places.set(path, `${name}:${line}`);
      }
    }
    expect(places.size).toBeGreaterThan(10);
    expect(typeErrors(places)).toEqual([]);
  });
});

test("links lead to files, and to headings in them", () => {
  const faults = [...textOf].flatMap(([name, text]) =>
    [...withoutBlocks(text).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)/g)]
      .filter(([, path, anchor]) => !leadsSomewhere(name, path!, anchor))
      .map(([link]) => `${name}: ${link}`),
  );
  expect(faults).toEqual([]);
});

test("the npm scripts that they name exist", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
    scripts: Record<string, string>;
  };
  const unknown = [...textOf].flatMap(([name, text]) =>
    [...text.matchAll(/\bnpm run ([\w:-]+)/g)]
      .filter(([, script]) => !(script! in scripts))
      .map(([command]) => `${name}: ${command}`),
  );
  expect(unknown).toEqual([]);
});

test("links of README.md lead to what is packed, so that they work where the package is shown", () => {
  const { files } = JSON.parse(readFileSync("package.json", "utf8")) as { files: string[] };
  const isPacked = (path: string) =>
    files.some((pattern) => matchesGlob(path, pattern) || path.startsWith(`${pattern}/`));
  const paths = [...textOf.get("README.md")!.matchAll(/\]\((?!https?:)([^)#\s]+)/g)];
  expect(paths.length).toBeGreaterThan(10);
  expect(paths.map(([, path]) => path!).filter((path) => !isPacked(path))).toEqual([]);
});

test("the library example of README.md is the quick start of the examples", () => {
  const [code] = codeBlocks(textOf.get("README.md")!).filter(({ language }) => language === "ts");
  const body = code!.code.split("\n").slice(2).join("\n"); // without the import
  expect(readFileSync("examples/quick-start.mjs", "utf8")).toContain(body);
});

test("the index of the guides names each of them", () => {
  const index = textOf.get("docs/README.md")!;
  const names = guides.filter((name) => name.startsWith("docs/") && name !== "docs/README.md");
  expect(names.filter((name) => !index.includes(`(${basename(name)})`))).toEqual([]);
});

test("the site has all of them", () => {
  const { projectDocuments } = JSON.parse(readFileSync("typedoc.json", "utf8")) as {
    projectDocuments: string[];
  };
  expect(projectDocuments.toSorted()).toEqual(
    [...guides, "CHANGELOG.md"].filter((name) => name !== "README.md").toSorted(),
  );
});

test("the reference of the command line shows the help of every command", () => {
  const reference = textOf.get("docs/command-line.md")!;
  const program = createProgram(
    {} as never,
    { stdout: process.stdout, stderr: process.stderr } as never,
  );
  const names = (command: typeof program, path: string): string[] => [
    path,
    ...command.commands.flatMap((inner) => names(inner, `${path} ${inner.name()}`)),
  ];
  const all = names(program, "inference-lab");
  expect(all.length).toBeGreaterThan(8);
  expect(all.filter((name) => !reference.includes(`\n${name} --help\n`))).toEqual([]);
});

test("every number of a config has a unit in the schema, or none on purpose", () => {
  const without = (node: unknown, path: string): string[] => {
    if (typeof node !== "object" || node === null) return [];
    const { type, unit, ...rest } = node as JsonSchema;
    const isNumber = type === "number" || type === "integer";
    const inner = Object.entries(rest).flatMap(([key, value]) =>
      ["default", "examples"].includes(key) ? [] : without(value, `${path}.${key}`),
    );
    return isNumber && unit === undefined ? [path, ...inner] : inner;
  };
  const NO_UNIT = /\.(seed|value)$/;
  expect(without(annotatedJsonSchema(), "$").filter((path) => !NO_UNIT.test(path))).toEqual([]);
});

test("every Markdown file for readers is among the guides", () => {
  const files = readdirSync(".").filter((name) => name.endsWith(".md"));
  const others = ["CHANGELOG.md", "THIRD_PARTY_NOTICES.md"];
  expect(files.filter((name) => !guides.includes(name) && !others.includes(name))).toEqual([]);
});

const withoutBlocks = (text: string) => text.replace(/^```.*?^```$/gms, "");

function leadsSomewhere(from: string, path: string, anchor?: string): boolean {
  const target = path === "" ? from : join(dirname(from), path);
  if (!existsSync(target)) return false;
  if (anchor === undefined || !target.endsWith(".md")) return true;
  const headings = withoutBlocks(readFileSync(target, "utf8")).matchAll(/^#+ (.*)$/gm);
  return [...headings].some(([, heading]) => anchorOf(heading!) === anchor);
}

/** `*` stands for any part of a name. */
function matchesGlob(path: string, pattern: string): boolean {
  const [start, end] = pattern.split("*");
  if (end === undefined) return path === pattern;
  return path.startsWith(start!) && path.endsWith(end) && !path.slice(start!.length).includes("/");
}

/** As GitHub and npm make them. */
function anchorOf(heading: string): string {
  const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}
