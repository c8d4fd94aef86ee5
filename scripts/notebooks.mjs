/**
 * Runs the notebooks of examples/notebooks as a user would, in a folder in which the packed library and the charting library are installed, and
 * checks what they show. Needs jupyter (nbconvert), and deno and tslab on the PATH; a notebook whose kernel is missing is skipped.
 *
 *   npm run build && npm run notebooks          keeps nothing
 *   npm run build && npm run notebooks -- DIR   writes the notebooks with their outputs there
 */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const KERNELS = {
  deno: {
    argv: ["deno", "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
  },
  tslab: {
    argv: ["tslab", "kernel", "--config-path", "{connection_file}"],
    display_name: "TypeScript",
  },
};
/** The least that each notebook shows. */
const NUM_CHARTS = 6;
const NUM_TABLES = 5;
const VEGA_LITE = "application/vnd.vegalite.v5+json";

const keep = process.argv[2] === undefined ? undefined : resolve(process.argv[2]);
const folder = await mkdtemp(join(tmpdir(), "inference-lab-notebooks-"));
const env = { ...process.env, JUPYTER_PATH: join(folder, "jupyter"), NO_COLOR: "1" };
const run = (command, args, cwd = folder) =>
  promisify(execFile)(command, args, { cwd, env, timeout: 300_000 });
const isInstalled = (command) =>
  run(command, ["--version"]).then(
    () => true,
    () => false,
  );

async function install() {
  await cp(join(root, "examples/notebooks"), folder, { recursive: true });
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], root);
  const [tarball] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  await writeFile(join(folder, "package.json"), "{}\n");
  const { devDependencies } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const charting = ["vega", "vega-lite"].map((name) => `${name}@${devDependencies[name]}`);
  await run("npm", ["install", "--no-audit", "--no-fund", `./${tarball}`, ...charting]);
  for (const [name, kernel] of Object.entries(KERNELS)) {
    const place = join(folder, "jupyter/kernels", name);
    await mkdir(place, { recursive: true });
    await writeFile(
      join(place, "kernel.json"),
      JSON.stringify({ ...kernel, language: "typescript" }),
    );
  }
}

/** What is wrong with the outputs of a notebook. */
function problemsOf({ cells }) {
  const outputs = cells.flatMap((cell) => cell.outputs ?? []);
  const errors = outputs
    .filter(
      ({ output_type: type, name }) => type === "error" || (type === "stream" && name === "stderr"),
    )
    .map(({ evalue, text }) => evalue ?? text.join?.("") ?? text);
  const shown = outputs.flatMap(({ data }) => (data === undefined ? [] : [data]));
  const charts = shown.filter((data) => VEGA_LITE in data);
  const tables = shown.filter((data) => String(data["text/html"] ?? "").includes("<table>"));
  const bare = charts.filter((data) => !String(data["image/svg+xml"] ?? "").includes("<svg"));
  return [
    ...errors,
    ...(charts.length < NUM_CHARTS ? [`${charts.length} charts; expected ${NUM_CHARTS}`] : []),
    ...(tables.length < NUM_TABLES ? [`${tables.length} tables; expected ${NUM_TABLES}`] : []),
    ...(bare.length > 0 ? [`${bare.length} charts without an SVG beside the spec`] : []),
  ];
}

async function execute(name) {
  const start = Date.now();
  const outputFile = `${name}.out.ipynb`;
  const convert = (...args) => run("jupyter", ["nbconvert", ...args]);
  const timeout = "--ExecutePreprocessor.timeout=240";
  await convert(
    "--to",
    "notebook",
    "--execute",
    "--allow-errors",
    timeout,
    "--output",
    outputFile,
    `${name}.ipynb`,
  );
  const problems = problemsOf(JSON.parse(await readFile(join(folder, outputFile), "utf8")));
  if (problems.length > 0) throw new Error(problems.join("\n"));
  if (keep !== undefined) {
    await mkdir(keep, { recursive: true });
    await cp(join(folder, outputFile), join(keep, `${name}.ipynb`));
  }
  console.log(`ok      ${name}.ipynb (${Math.round((Date.now() - start) / 1000)} s)`);
}

try {
  const hasJupyter = await isInstalled("jupyter");
  if (hasJupyter) await install();
  for (const name of Object.keys(KERNELS)) {
    if (!hasJupyter || !(await isInstalled(name))) {
      console.log(`skip    ${name}.ipynb: ${hasJupyter ? name : "jupyter"} is not installed`);
      continue;
    }
    await execute(name).catch((error) => {
      console.log(`FAILED  ${name}.ipynb: ${error.stderr ?? error.message}`);
      process.exitCode = 1;
    });
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
