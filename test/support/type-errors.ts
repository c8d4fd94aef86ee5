/** What a strict compiler says of TypeScript that users write. */
import ts from "typescript";

/** @param places what to call each file, by its path in a directory in which the package is installed */
export function typeErrors(places: ReadonlyMap<string, string>): string[] {
  const program = ts.createProgram([...places.keys()], {
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    types: ["node"],
    typeRoots: ["node_modules/@types"],
  });
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const message = ts.flattenDiagnosticMessageText(messageText, "\n");
    if (file === undefined) return message;
    const { line } = file.getLineAndCharacterOfPosition(start);
    return `${places.get(file.fileName) ?? file.fileName}, line ${line + 1} of the block: ${message}`;
  });
}
