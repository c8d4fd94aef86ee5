/**
 * Packs the library, installs the tarball in an empty folder, and runs it on every host there is: Node 20, 22 and 24 (which npx fetches),
 * Deno and Bun (where they are on the PATH), and Chromium (the executable that CHROMIUM names, or /usr/bin/chromium). The results of all
 * hosts have to be the same, bit for bit.
 *
 *   .ci/runtimes DIR                 installs what is missing (Debian): then DIR/bin belongs on the PATH
 *   npm run build && npm run smoke
 */
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openBrowser } from "./smoke/browser.mjs";
import { cjs, esm, standalone } from "./smoke/programs.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const NODES = [20, 22, 24];
const OLD_NODE = 18;

const folder = await mkdtemp(join(tmpdir(), "inference-lab-smoke-"));
const run = async (command, ...args) => {
  const { stdout } = await promisify(execFile)(command, args, { cwd: folder, timeout: 300_000 });
  return stdout.trim();
};

const hashes = new Map();
let numFailed = 0;

/** Runs one check and says how it went. A check that answers with a hash takes part in the comparison. */
async function check(name, action) {
  try {
    const answer = await action();
    if (answer === undefined) return console.log(`skip    ${name}: not installed`);
    if (/^[\da-f]{16} /.test(answer)) hashes.set(answer, [...(hashes.get(answer) ?? []), name]);
    console.log(`ok      ${name.padEnd(34)} ${answer}`);
  } catch (error) {
    if (error.code === "ENOENT") return console.log(`skip    ${name}: not installed`);
    numFailed++;
    console.log(`FAILED  ${name}: ${error.stderr || error.message}`);
  }
}

async function install() {
  await promisify(execFile)("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], {
    cwd: root,
  });
  const [tarball] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }\n');
  await run("npm", "install", "--no-audit", "--no-fund", `./${tarball}`);
  const programs = { "esm.mjs": esm, "esm.ts": esm, "cjs.cjs": cjs, "standalone.mjs": standalone };
  for (const [name, text] of Object.entries(programs)) await writeFile(join(folder, name), text);
  for (const name of ["probe.mjs", "report.mjs"]) {
    await copyFile(join(root, "scripts/smoke", name), join(folder, name));
  }
  await copyFile(join(root, "examples/configs/quickstart.toml"), join(folder, "config.toml"));
}

/** This Node, if it is of that version; else one that npx fetches. */
function node(major, ...args) {
  if (process.versions.node.startsWith(`${major}.`)) return run(process.execPath, ...args);
  return run("npx", "-y", "-p", `node@${major}`, "node", ...args);
}

const command = "node_modules/inference-lab/dist/bin.js";

/** An old Node is told what to do. */
async function oldNode() {
  const answer = await node(OLD_NODE, command).catch(({ stderr }) => stderr);
  if (!answer.includes("needs Node 20 or later")) throw new Error(`it says: ${answer}`);
  return answer.trim();
}

try {
  await install();
  for (const major of NODES) {
    await check(`Node ${major}, import`, () => node(major, "esm.mjs"));
    await check(`Node ${major}, require`, () => node(major, "cjs.cjs"));
    await check(`Node ${major}, command`, () => node(major, command, "--version"));
  }
  await check(`Node ${OLD_NODE}, command`, oldNode);
  await check("Deno, package, types checked", () => run("deno", "run", "-A", "--check", "esm.ts"));
  await check("Deno, standalone, no permissions", () => run("deno", "run", "standalone.mjs"));
  await check("Bun, import", () => run("bun", "esm.ts"));
  await check("Bun, require", () => run("bun", "cjs.cjs"));
  await check("Bun, standalone", () => run("bun", "standalone.mjs"));
  const browser = await openBrowser(folder);
  try {
    await check("Chromium, page", async () => browser?.onPage());
    await check("Chromium, Web Worker", async () => browser?.inWorker());
    await check("Chromium, dropped trace", async () => {
      const read = await browser?.drop();
      if (read === undefined || read === "200000,19999.9,130") return read;
      throw new Error(`read ${read}`);
    });
  } finally {
    await browser?.close();
  }
} finally {
  await rm(folder, { recursive: true });
}

if (hashes.size > 1) {
  numFailed++;
  for (const [hash, hosts] of hashes) console.log(`FAILED  ${hash}: ${hosts.join("; ")}`);
}
const numCompared = [...hashes.values()].flat().length;
console.log(
  hashes.size === 1
    ? `hash    one on all ${numCompared} hosts: ${[...hashes.keys()].join()}`
    : `hash    ${hashes.size} on ${numCompared} hosts`,
);
process.exitCode = numFailed === 0 && hashes.size === 1 ? 0 : 1;
