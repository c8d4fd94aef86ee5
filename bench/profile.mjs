/**
 * Where the time of one row goes, by part of the code: `node bench/profile.mjs "poisson 60 %"`. Runs the sources, bundled, a second time when the
 * compiler is warm, and samples every 100 µs.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { Session } from "node:inspector/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { rows } from "./rows.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const name = process.argv[2];
if (!(name in rows)) {
  console.error(`no row "${name}"; there are: ${Object.keys(rows).join(", ")}`);
  process.exit(1);
}

const folder = await mkdtemp(join(root, "bench/profile-"));
try {
  await bundle(folder);
  const file = join(folder, "lab.js");
  const lab = await import(pathToFileURL(file).href);
  const config = await rows[name].make(lab);
  if (config === undefined) throw new Error("its data are not there");
  lab.simulate(config);
  const { profile, result, seconds } = await sample(() => lab.simulate(config));
  const source = sourceOfLines(await readFile(file, "utf8"));
  const perRequest = (seconds * 1e6) / result.counts.total;
  console.log(
    `${name}: ${perRequest.toFixed(2)} µs a request, ${(result.numSteps / result.counts.total).toFixed(1)} steps a request`,
  );
  for (const [part, share] of sharesOf(profile, source)) {
    if (share < 0.005) continue;
    console.log(
      `${(100 * share).toFixed(1).padStart(5)} %  ${(share * perRequest).toFixed(2)} µs  ${part}`,
    );
  }
} finally {
  await rm(folder, { recursive: true });
}

async function bundle(outdir) {
  await build({
    stdin: {
      contents: `export * from "./src/index.ts"; export * from "./src/io/index.ts"; export * from "./src/catalog/index.ts";`,
      resolveDir: root,
    },
    outfile: join(outdir, "lab.js"),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["@huggingface/*"],
  });
}

async function sample(run) {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 100 });
  await session.post("Profiler.start");
  const start = process.hrtime.bigint();
  const result = run();
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const { profile } = await session.post("Profiler.stop");
  return { profile, result, seconds };
}

/** The bundle has a comment with the path before each module. */
function sourceOfLines(text) {
  let current = "";
  return text
    .split("\n")
    .map((line) => (current = /^\/\/ ([\w./-]+\.\w+)$/.exec(line)?.[1] ?? current));
}

/** Share of the samples for each file, the largest first. */
function sharesOf({ nodes, samples }, source) {
  const partOf = new Map(
    nodes.map(({ id, callFrame: { url, functionName, lineNumber } }) => [
      id,
      url.endsWith("lab.js") ? source[lineNumber] : functionName,
    ]),
  );
  const counts = new Map();
  for (const id of samples) {
    const part = partOf.get(id);
    counts.set(part, (counts.get(part) ?? 0) + 1 / samples.length);
  }
  return [...counts].toSorted((a, b) => b[1] - a[1]);
}
