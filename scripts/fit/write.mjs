/** Writes what was fitted as source files of the simulator, formatted as the rest of them. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as prettier from "prettier";
import { parameters } from "./parameters.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Numbers of four digits: more would be noise, and would differ between engines. */
export function rounded(value) {
  if (typeof value === "number") return Number(value.toPrecision(4));
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rounded(inner)]));
}

export async function writeCoefficients(coefficients, kernels, x, { groups, overall }) {
  const percent = (value) => (100 * value).toFixed(1);
  const lines = [
    "Fitted by `npm run fit`; not edited by hand. Sources: kernel tables and measured latencies of ai-dynamo/aiconfigurator",
    "095f58a5 (Apache-2.0), an RTX 4090 run of casys-kaist/LLMServingSim 5daddb21 (MIT).",
    "",
    "Residuals of the fit to whole engines (MAPE in %):",
    ...[...groups.map((g) => [g.group, g]), ["overall", overall]].map(
      ([name, { rows, tpot, ttft }]) =>
        `- ${name}: ${rows} rows, TPOT ${percent(tpot.mape)}, TTFT ${percent(ttft.mape)}`,
    ),
    "",
    "Factors on the coefficients of single kernels, and on estimates of the engine:",
    ...parameters.map(({ name }, i) => `- ${name} × ${Math.exp(x[i]).toFixed(2)}`),
    "",
    "Residuals of the kernel fits (MAPE in %):",
    ...kernels.map((k) => `- ${k.family} ${k.term}: ${percent(k.mape)} of ${k.rows} rows`),
  ];
  await write(
    "src/cost/coefficients-data.ts",
    `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join("\n")}\n */
import type { Coefficients } from "./coefficients.js";

export const defaultCoefficients: Coefficients = ${JSON.stringify(coefficients)};\n`,
  );
}

export async function writeHeldOut(errors) {
  await write(
    "src/cost/held-out-errors-data.ts",
    `/** Fitted by \`npm run fit\`; not edited by hand. Logarithms of predicted over measured latencies that the fit did not see. */
import type { HeldOutErrors } from "./confidence.js";

export const heldOutErrors: HeldOutErrors = ${JSON.stringify(rounded(errors))};\n`,
  );
}

async function write(path, source) {
  const config = await prettier.resolveConfig(root + path);
  const text = await prettier.format(source, { ...config, parser: "typescript" });
  writeFileSync(root + path, text);
  console.log(`wrote ${path}`);
}
