/** Loads TypeScript sources as they are, so that scripts about them need no build. */
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
// The compiler that the build uses.
const { buildSync } = createRequire(createRequire(import.meta.url).resolve("tsup"))("esbuild");

/**
 * The exports of these source files together, in one bundle, so that they share their modules.
 *
 * @param {string[]} files below src/
 */
export async function loadSource(files) {
  const folder = join(tmpdir(), `inference-lab-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, "source.mjs");
  buildSync({
    stdin: {
      contents: files.map((file) => `export * from "./src/${file}";`).join("\n"),
      resolveDir: root,
    },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "error",
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
  });
  return import(pathToFileURL(outfile));
}
