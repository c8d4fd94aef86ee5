/** Policies from files and packages, as users of the built package write and run them. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"; // prettier-ignore
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 120_000 });

const BIN = resolve("dist/bin.js");
const QUICKSTART = resolve("examples/configs/quickstart.toml");
const run = promisify(execFile);

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "inference-lab-policies-"));
  mkdirSync(join(directory, "node_modules"));
  symlinkSync(resolve("."), join(directory, "node_modules/inference-lab"));
  symlinkSync(resolve("node_modules/jiti"), join(directory, "node_modules/jiti"));
});
afterAll(() => rmSync(directory, { recursive: true }));

const write = (file: string, text: string) => writeFileSync(join(directory, file), text);

/** Exit code and outputs of the command line. */
async function lab(...args: string[]) {
  const outcome = run(process.execPath, [BIN, ...args], { cwd: directory });
  return outcome.then(
    ({ stdout, stderr }) => ({ exitCode: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      ...error,
      exitCode: error.code,
    }),
  );
}

const AGED = `import type { RequestView, SchedulingPolicy } from "inference-lab";
export default ({ ageing = 100 }: { ageing?: number } = {}): SchedulingPolicy => {
  const rank = (r: RequestView): number => r.numPromptTokens + ageing * r.arrivalTime;
  return { name: \`aged \${ageing}\`, apiVersion: 1, compareWaiting: (a, b) => rank(a) - rank(b) };
};
`;

/** Loads each of the files in one process: the name of the policy, or what was wrong. */
async function loadAll(files: Readonly<Record<string, string>>, options = "undefined") {
  for (const [file, text] of Object.entries(files)) write(file, text);
  const script = `
    import { loadPolicy } from "inference-lab/node";
    const outcomes = {};
    for (const file of ${JSON.stringify(Object.keys(files))}) {
      outcomes[file] = await loadPolicy("./" + file, ${options}).then(
        (policy) => policy.name,
        (error) => error.constructor.name + ": " + error.message,
      );
    }
    console.log(JSON.stringify(outcomes));
  `;
  const args = ["--input-type=module", "-e", script];
  const { stdout } = await run(process.execPath, args, { cwd: directory });
  return JSON.parse(stdout) as Record<string, string>;
}

describe("a policy from a file", () => {
  test("is TypeScript or JavaScript, a policy or a function that makes one", async () => {
    const loaded = await loadAll({
      "aged.ts": AGED,
      "enum.ts": 'enum E { A = 7 }\nexport default { name: "enum " + E.A };',
      "object.mjs": 'export default { name: "object" };',
      "common.cjs": 'module.exports = { name: "common" };',
      "compiled.cjs":
        'Object.defineProperty(exports, "__esModule", { value: true }); exports.default = { name: "compiled" };',
      "plugin.mjs": 'export default { name: "plugin", create: () => ({ name: "made" }) };',
    });
    expect(loaded).toEqual({
      "aged.ts": "aged 100",
      "enum.ts": "enum 7",
      "object.mjs": "object",
      "common.cjs": "common",
      "compiled.cjs": "compiled",
      "plugin.mjs": "plugin",
    });
  });

  test("that cannot be one is named with the reason", async () => {
    const broken: readonly (readonly [string, string, string])[] = [
      ["syntax.mjs", "export default {\n  name: 'x',\n  f(a b) {}\n};", "cannot be run: SyntaxError: Unexpected identifier"],
      ["line.mjs", "export default {\n  name: 'x',\n  f(a b) {}\n};", "(line 3)"],
      ["throws.mjs", "const a = 1;\nthrow new Error('boom');", "cannot be run: boom (line 2)"],
      ["imports.mjs", 'import "./nothing.js";', "nothing.js"],
      ["named.mjs", 'export const policy = { name: "named" };', "has no default export (it exports policy): write export default"],
      ["empty.mjs", "", "has no default export (it exports nothing)"],
      ["number.mjs", "export default 3;", "its default export must be a policy: an object with a name"],
      ["nameless.mjs", "export default { compareWaiting() { return 0; } };", "found an object without a name"],
      ["misspelt.mjs", 'export default { name: "m", compareWating() { return 0; } };', "did you mean compareWaiting?"],
      ["version.mjs", 'export default { name: "v", apiVersion: 3 };', 'found policy "v" for version 3; install a release of it for version 1'],
      ["factory.mjs", 'export default () => { throw new RangeError("ageing is bad"); };', "its function threw: ageing is bad"],
      ["async.mjs", 'export default async () => ({ name: "later" });', "is a promise; wait for what it needs at the top"],
      ["void.mjs", "export default () => {};", "what its function returns must be a policy"],
      ["policy.py", "", "must be TypeScript or JavaScript, with one of .ts"],
    ]; // prettier-ignore
    const files = Object.fromEntries(broken.map(([file, text]) => [file, text]));
    const outcomes = await loadAll(files);
    for (const [file, , message] of broken) {
      expect(outcomes[file]).toMatch(new RegExp(`^InferenceLabError: policy \\./${file}: `));
      expect(outcomes[file]).toContain(message);
    }
  });

  test("takes options only if it is a function", async () => {
    const outcomes = await loadAll(
      { "aged.ts": AGED, "object.mjs": 'export default { name: "object" };' },
      "{ ageing: 7 }",
    );
    expect(outcomes["aged.ts"]).toBe("aged 7");
    expect(outcomes["object.mjs"]).toContain("takes no options");
  });
});

describe("--policy", () => {
  test("replaces the config's policy, with options", async () => {
    write("aged.ts", AGED);
    const args = ["-q", "-c", QUICKSTART, "-o", "r.json"];
    const outcome = await lab(...args, "--policy", "./aged.ts", "--policy-options", '{"ageing": 7}'); // prettier-ignore
    expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
    expect(outcome.stdout).toMatch(/^.*, aged 7, seed 42$/m);
    expect(readFileSync(join(directory, "r.json"), "utf8")).toContain('"plugin": "aged 7"');
    expect((await lab(...args, "--policy", "SIF")).stdout).toMatch(/^.*, sif, seed 42$/m);
  });

  test("says of an oracle that it is one", async () => {
    write(
      "oracle.mjs",
      'export default { name: "seer", needsOutputLength: true, compareWaiting: (a, b) => a.stopLength - b.stopLength };',
    );
    const { stdout } = await lab("-q", "-c", QUICKSTART, "--policy", "./oracle.mjs");
    expect(stdout).toMatch(/^.*, seer \(oracle\), seed 42$/m);
    expect(stdout.replace(/\s+/g, " ")).toContain("as no server does");
  });

  test.each([
    [["--policy", "./gone.ts"], "policy ./gone.ts: no such file"],
    [["--policy", "."], "policy .: is a directory; name the file in it"],
    [["--policy", "absent"], "no built-in policy and no package that is installed in"],
    [["--policy", "sif", "--policy-options", "{}"], "the built-in policy sif takes no options"],
    [["--policy-options", "{}"], "--policy-options are for the policy that --policy names"],
    [["--policy", "./nan.mjs"], 'policy "nan": compareWaiting returned NaN; it must return a'],
  ])("%j is an error before the report", async (args, message) => {
    write("nan.mjs", 'export default { name: "nan", compareWaiting: () => NaN };');
    const outcome = await lab("-q", "-c", QUICKSTART, ...args);
    expect(outcome).toMatchObject({ exitCode: 1, stdout: "" });
    expect(outcome.stderr).toMatch(/^error: /);
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr).not.toMatch(/^\s+at |fault of inference-lab/m);
  });
});

describe("init --policy", () => {
  test("writes a package whose test passes, and that --policy finds by its name", async () => {
    const { stdout } = await lab("init", "--policy", "my-policy");
    expect(stdout).toContain("cd my-policy && npm install && npm test");
    const policy = join(directory, "my-policy");
    const files = readdirSync(policy).toSorted();
    expect(files).toEqual(["README.md", "my-policy.js", "my-policy.test.js", "package.json"]);

    mkdirSync(join(policy, "node_modules"));
    symlinkSync(resolve("."), join(policy, "node_modules/inference-lab"));
    const tested = await run(process.execPath, ["--test"], { cwd: policy });
    expect(tested.stdout).toMatch(/^. (pass) 2$/m);

    symlinkSync(policy, join(directory, "node_modules/my-policy"));
    const args = ["-q", "-c", QUICKSTART, "--policy", "my-policy", "--policy-options"];
    expect((await lab(...args, '{"ageing": 5}')).stdout).toMatch(/^.*, my-policy, seed 42$/m);
    expect((await lab(...args, '{"ageing": -5}')).stderr).toContain(
      "policy my-policy: its function threw: ageing is -5; it must be a number of at least 0",
    );
    expect((await lab(...args, '{"agein": 5}')).stderr).toContain(
      "no option is called agein; there is ageing",
    );
  });

  test("leaves alone what exists, and refuses what cannot be a name", async () => {
    write("taken", "");
    mkdirSync(join(directory, "full"), { recursive: true });
    write("full/notes.txt", "mine");
    expect((await lab("init", "--policy", "full")).stderr).toContain("is left as it is");
    expect(readdirSync(join(directory, "full"))).toEqual(["notes.txt"]);
    expect((await lab("init", "--policy", "taken")).exitCode).toBe(1);
    expect((await lab("init", "--policy", "My Policy")).stderr).toContain("cannot name a package");
    expect(existsSync(join(directory, "My Policy"))).toBe(false);
  });
});
