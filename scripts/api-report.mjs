/**
 * Writes etc/ENTRY.api.md: the declaration of every public name of an entry, and of what they use, without comments. A change of the API
 * shows as a change of these files.
 *
 *   npm run build && npm run api       writes them
 *   npm run build && npm run api:check fails if they are not up to date
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import ts from "typescript";

const pkg = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const printer = ts.createPrinter({ removeComments: true });

/** Entries and their declarations, from the package's exports. */
const entries = Object.entries(pkg.exports)
  .filter(([, target]) => target?.import?.types !== undefined)
  .map(([entry, target]) => ({
    name: entry === "." ? "index" : entry.slice(2),
    file: fileURLToPath(new URL(`../${target.import.types}`, import.meta.url)),
  }));

const program = ts.createProgram(
  entries.map(({ file }) => file),
  { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, types: [] },
);
const checker = program.getTypeChecker();

/** Symbols that were told, and where: an entry that exports what another one does points there. */
const told = new Map();

function report({ name, file }) {
  const source = program.getSourceFile(file);
  if (source === undefined) throw new Error(`${file} is missing: run npm run build first`);
  const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(source)).map(resolveAlias);
  const pointers = entries
    .map((entry) => [entry.name, symbols.filter((symbol) => told.get(symbol) === entry.name)])
    .filter(([, again]) => again.length > 0)
    .map(([entry, again]) => `As in \`${specifier(entry)}\`: ${names(again).join(", ")}.`);
  const exported = symbols.filter((symbol) => !told.has(symbol));
  exported.forEach((symbol) => told.set(symbol, name));
  const hidden = usedBy(exported);
  hidden.forEach((symbol) => told.set(symbol, name));
  return [
    `# ${specifier(name)}`,
    ...pointers,
    ...declarations(exported),
    ...(hidden.length === 0 ? [] : ["Not exported, and part of these:", ...declarations(hidden)]),
  ].join("\n\n");
}

const specifier = (name) => (name === "index" ? pkg.name : `${pkg.name}/${name}`);
const names = (symbols) => symbols.map((symbol) => symbol.name).toSorted();
const resolveAlias = (symbol) =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

function declarations(symbols) {
  const texts = symbols
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((symbol) => symbol.declarations.map(print).join("\n"));
  return texts.length === 0 ? [] : [`\`\`\`ts\n${texts.join("\n\n")}\n\`\`\``];
}

/** A declaration as it is written, but for what only the class itself may use. */
function print(declaration) {
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const text = printer.printNode(ts.EmitHint.Unspecified, statement, declaration.getSourceFile());
  return text.replace(/^(export |declare )+/, "").replace(/^ *#private;\n/m, "");
}

/** Declarations of the package that no entry has told so far, and that those of `symbols` name, or what these name. */
function usedBy(symbols) {
  const found = new Set();
  const visit = (node) => {
    if (ts.isIdentifier(node)) {
      const symbol = checker.getSymbolAtLocation(node);
      if (symbol !== undefined) add(resolveAlias(symbol));
    }
    ts.forEachChild(node, visit);
  };
  const add = (symbol) => {
    const declaration = symbol.declarations?.[0];
    const isOwn = declaration?.getSourceFile().fileName.startsWith(dist);
    const isTopLevel = isOwn && ts.isSourceFile(declaration.parent);
    if (!isTopLevel || told.has(symbol) || found.has(symbol)) return;
    found.add(symbol);
    symbol.declarations.forEach(visit);
  };
  for (const symbol of symbols) symbol.declarations.forEach(visit);
  return [...found];
}

const stale = [];
for (const entry of entries) {
  const text = await format(report(entry), { parser: "markdown", printWidth: 100 });
  const url = new URL(`../etc/${entry.name}.api.md`, import.meta.url);
  if (existsSync(url) && readFileSync(url, "utf8") === text) continue;
  if (!process.argv.includes("--check")) writeFileSync(url, text);
  stale.push(`etc/${entry.name}.api.md`);
}
if (stale.length > 0 && process.argv.includes("--check")) {
  console.error(`The public API differs from ${stale.join(", ")}.`);
  console.error("If that is meant: npm run api, and tell users in CHANGELOG.md.");
  process.exitCode = 1;
} else {
  console.log(
    stale.length === 0 ? "The API reports are up to date." : `Wrote ${stale.join(", ")}.`,
  );
}
