/** A source file as tidiness rules see it: what it imports, what it uses, what it says. */
import ts from "typescript";

export interface SourceFile {
  /** From `src/`, with slashes. */
  readonly path: string;
  /** As written; relative ones as paths from `src/`, or from the root where they lead out of it. */
  readonly imports: readonly string[];
  /**
   * What the code uses, one entry per use: identifiers (`console`), properties of them (`Math.random`), `async`, and `**` where
   * the exponent is no integer literal.
   */
  readonly uses: readonly string[];
  readonly comments: readonly string[];
  /** Every statement at the top is an `export … from`. */
  readonly isReExportsOnly: boolean;
}

export function readSource(path: string, text: string): SourceFile {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const uses: string[] = [];
  const visit = (node: ts.Node): void => {
    const use = useOf(node);
    if (use !== undefined) uses.push(use);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return {
    path,
    imports: ts.preProcessFile(text).importedFiles.map(({ fileName }) => resolve(path, fileName)),
    uses,
    comments: [...text.matchAll(/\/\*[^]*?\*\/|\/\/.*/g)].map(([comment]) => comment),
    isReExportsOnly: file.statements.every(
      (node) => ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined,
    ),
  };
}

function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith(".")) return specifier;
  const { pathname } = new URL(specifier, new URL(from, "file:///src/"));
  return pathname.replace(/^\/(src\/)?/, "");
}

function useOf(node: ts.Node): string | undefined {
  if (node.kind === ts.SyntaxKind.AsyncKeyword || ts.isAwaitExpression(node)) return "async";
  if (ts.isPropertyAccessExpression(node)) {
    return ts.isIdentifier(node.expression)
      ? `${node.expression.text}.${node.name.text}`
      : undefined;
  }
  if (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken
  ) {
    return isIntegerLiteral(node.right) ? undefined : "**";
  }
  return ts.isIdentifier(node) && isFree(node) ? node.text : undefined;
}

function isIntegerLiteral(node: ts.Expression): boolean {
  const operand = ts.isPrefixUnaryExpression(node) ? node.operand : node;
  return ts.isNumericLiteral(operand) && Number.isInteger(Number(operand.text));
}

/** Not the name of a property, and not asked for as a class. */
function isFree(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent))
    return parent.name !== node;
  return !(
    ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword
  );
}
