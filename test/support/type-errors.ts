/** What a strict compiler says of TypeScript that users write. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** @param project a directory in which the package is installed */
export function typeErrors(programs: readonly string[], project: string): string[] {
  const files = programs.map((code, i) => {
    const file = join(project, `block-${i}.ts`);
    writeFileSync(file, code);
    return file;
  });
  const program = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    types: [],
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}
