/** Shows what `vllm serve` would choose for the config's device and model, beside what the config means. */
import Table from "cli-table3";
import { type SimulationConfig, vllmServeDefaults } from "../index.js";
import { readConfig } from "../node/load-config.js";
import { keyToSnake } from "../simulation/case.js";
import { resolve } from "../simulation/resolve.js";
import { formatCount } from "./number-format.js";
import { requireFile } from "./run-command.js";
import { type Colors, colorsFor, type Terminal } from "./terminal.js";

export async function defaultsCommand(
  path: string,
  { color }: { readonly color: boolean },
  terminal: Terminal,
): Promise<void> {
  requireFile(path);
  // The files that a config names change nothing of this, and may need more options.
  const { config } = resolve(await readConfig(path), { filesLater: true });
  terminal.stdout.write(formatDefaults(config, colorsFor(terminal.stdout, terminal, color)));
}

/** One row per setting; `config` is resolved. */
export function formatDefaults(config: SimulationConfig, { bold, yellow }: Colors): string {
  const { hardware, model, scheduler } = config;
  const chosen = vllmServeDefaults({
    memoryCapacity: hardware.memoryCapacity,
    deviceName: hardware.name,
    maxModelLen: model.maxSeqLen,
  });
  const ours: Readonly<Record<string, unknown>> = { ...hardware, ...scheduler };
  const table = new Table({
    head: ["Setting", "vllm serve", "this config", ""].map(bold),
    colAligns: ["left", "right", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const [key, value] of Object.entries(chosen)) {
    const cells = [formatSetting(value), formatSetting(ours[key])] as const;
    const mark = cells[0] === cells[1] ? "" : yellow("differs");
    table.push([keyToSnake(key), ...cells, mark]);
  }
  return `${table.toString()}\n`;
}

function formatSetting(value: unknown): string {
  if (value === undefined) return "not set";
  if (typeof value === "number") return formatCount(value);
  if (typeof value === "object" && value !== null && "name" in value) return String(value.name);
  return String(value as string | boolean | null);
}
