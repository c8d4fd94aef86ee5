/** The programs that the hosts run, in a folder in which the package is installed. Each prints the hash, or fails. */

const ENTRIES = ["calibration", "catalog", "config", "io", "node", "notebook", "scheduler"];
const names = ["core", ...ENTRIES].join(", ");
const specifier = (entry) => (entry === "core" ? "inference-lab" : `inference-lab/${entry}`);

const CHECK_FILES = `
const loaded = await node.loadConfig("config.toml");
if (core.simulate(loaded).counts.completed === 0) throw new Error("nothing of config.toml completed");
`;

const imports = ["core", ...ENTRIES]
  .map((entry) => `import * as ${entry} from "${specifier(entry)}";\n`)
  .join("");

export const esm = `${imports}
import { report } from "./report.mjs";
${CHECK_FILES}
const unknown = "inference-lab/unknown";
console.log(await report({ ${names} }, () => import(unknown)));
`;

const requires = ["core", ...ENTRIES]
  .map((entry) => `const ${entry} = require("${specifier(entry)}");\n`)
  .join("");

export const cjs = `${requires}
(async () => {
  const { report } = await import("./report.mjs");
  ${CHECK_FILES}
  console.log(await report({ ${names} }, async () => require("inference-lab/unknown")));
})();
`;

export const standalone = `
import * as notebook from "./node_modules/inference-lab/dist/standalone/inference-lab.js";
import { report } from "./report.mjs";
console.log(await report({ notebook }));
`;
