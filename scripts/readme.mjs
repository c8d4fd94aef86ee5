/**
 * Brings README.md and the guides up to date with the built package: the tables of config keys, and what their blocks print.
 *
 *   npm run readme                     all of them
 *   npm run readme -- docs/traces.md   these
 */
import { readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { configReference } from "./config-reference.mjs";
import { runGuide } from "./guide.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The files whose blocks are run, by their paths from the root. */
export const guides = [
  "README.md",
  "CONTRIBUTING.md",
  "src/README.md",
  "examples/README.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** What `runGuide` gives, with the parts that follow from the schema made anew too, and in the format of the repository. */
export async function renderGuide(name) {
  const written = await readFile(join(root, name), "utf8");
  const { text, ...run } = await runGuide(name, await withParts(written));
  const options = { parser: "markdown", printWidth: 100 };
  return { ...run, written, text: await format(text, options) };
}

async function withParts(text) {
  const part = /(?<=<!-- config tables -->\n).*?(?=<!-- end -->)/s;
  if (!part.test(text)) return text;
  const tables = await configReference();
  return text.replace(part, () => `\n${tables}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , ...names] = process.argv;
  for (const name of names.length > 0 ? names : guides) {
    try {
      const { written, text, numRun, notRun } = await renderGuide(name);
      if (text !== written) await writeFile(join(root, name), text);
      const state = text === written ? "is up to date" : "has changed";
      console.log(`${name} ${state}: ${numRun} blocks run, ${notRun.length} not`);
      for (const reason of notRun) console.log(`  not run: ${reason}`);
    } catch (error) {
      console.error(error.message);
      process.exitCode = 1;
    }
  }
}
