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
  await expectError(lab.charts && (() => drawChart(lab)), "npm install vega@6 vega-lite@6");
  return hash;
}

/** The charting library is not installed. */
function drawChart({ charts, exampleConfig, parseConfig, simulate }) {
  return charts(simulate(parseConfig(exampleConfig()))).latency();
}

async function expectError(action, ...words) {
  if (action === undefined) return;
  const message = await action().then(
    () => "no error",
    (error) => error.message,
  );
  const missing = words.filter((word) => !message.includes(word));
  if (missing.length > 0) throw new Error(`"${missing.join('", "')}" not in: ${message}`);
}
