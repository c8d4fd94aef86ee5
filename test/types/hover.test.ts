/** What editors show for the names that users meet first: their own words, and no machinery. */
import ts from "typescript";
import { expect, test } from "vitest";

const FILE = "test/types/hover-sample.ts";
const SAMPLE = `
import { lognormal, scenario, simulate, type SimulationConfig } from "../../src/index.js";
declare const config: SimulationConfig;
const result = simulate(config);
const value = result.ttft.p99;
const column = result.requests.finishTime;
const length = lognormal(1, 2);
const base = scenario().hardware(config.hardware).model(config.model);
const policy = config.scheduler.policy;
const missing = base.simulate;
`;

const options: ts.CompilerOptions = {
  strict: true,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  target: ts.ScriptTarget.ES2022,
  resolveJsonModule: true,
  types: [],
};
const service = ts.createLanguageService({
  getCompilationSettings: () => options,
  getScriptFileNames: () => [FILE],
  getScriptVersion: () => "1",
  getScriptSnapshot: (name) => {
    const text = name === FILE ? SAMPLE : ts.sys.readFile(name);
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
  },
  getCurrentDirectory: () => process.cwd(),
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: (name) => name === FILE || ts.sys.fileExists(name),
  readFile: ts.sys.readFile,
});

function hover(name: string): string {
  const info = service.getQuickInfoAtPosition(FILE, SAMPLE.lastIndexOf(name))!;
  return ts.displayPartsToString([...(info.displayParts ?? []), ...(info.documentation ?? [])]);
}

test.each([
  ["result =", "const result: SimulationResult"],
  ["simulate(config)", "(alias) simulate(config: SimulationConfig): SimulationResult"],
  ["ttft", "(property) SimulationResult.ttft: DistributionFirst token time − arrival time."],
  ["p99", "(property) Distribution.p99: number"],
  ["column", "const column: Float64Array<ArrayBufferLike>"],
  ["length =", "const length: LengthConfig"],
  ["base =", 'const base: Scenario<"scheduler" | "workload">'],
  ["missing", 'const missing: Incomplete<"scheduler" | "workload">'],
])("hovering over %s", (name, text) => {
  const shown = hover(name);
  expect(shown).toContain(text);
  expect(shown).not.toMatch(/zod|Zod|z\./);
});
