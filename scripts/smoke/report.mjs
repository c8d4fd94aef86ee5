/** What each host has to show. Throws what is wrong, and returns the hash of all results. */
import { probe } from "./probe.mjs";

/**
 * @param entries the modules of the package, `charts` of its notebook entry among them
 * @param {() => Promise<unknown>} [importUnknown] imports an entry that does not exist
 */
export async function report({ notebook, ...entries }, importUnknown) {
  const lab = Object.assign({}, ...Object.values(entries), notebook);
  const hash = await probe(lab);
  await expectError(importUnknown, "no such entry", "notebook");
  await drawChart(lab);
  return hash;
}

/** The charting library is not installed in the folder; if one lies above it, it draws. */
async function drawChart({ charts, exampleConfig, parseConfig, simulate }) {
  const result = simulate(parseConfig(exampleConfig()));
  const chart = await charts(result)
    .latency()
    .catch(({ message }) => {
      if (!message.includes("npm install vega@6 vega-lite@6")) throw new Error(message);
    });
  if (chart !== undefined && !chart.svg.startsWith("<svg")) throw new Error("the chart is no SVG");
}

async function expectError(action, ...words) {
  if (action === undefined) return; // not asked of this host
  const message = await action().then(
    () => "no error",
    (error) => error.message,
  );
  const missing = words.filter((word) => !message.includes(word));
  if (missing.length > 0) throw new Error(`"${missing.join('", "')}" not in: ${message}`);
}
