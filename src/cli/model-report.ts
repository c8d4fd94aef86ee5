/** The facts of a model for people, in 80 columns. */
import Table from "cli-table3";
import type { LayerClass } from "../spec/model-description.js";
import type { ModelFacts } from "./model-command.js";
import { formatBytes, formatCount, formatLarge, formatSi } from "./number-format.js";
import type { Colors } from "./terminal.js";
import { labelled, LABEL_WIDTH, WIDTH, wrap } from "./text.js";

export function formatModel(path: string, model: ModelFacts, { bold }: Colors): string {
  const row = (label: string, text: string) =>
    labelled(label, wrap(text, WIDTH - LABEL_WIDTH), bold);
  const { numActiveParameters: active, stateBytesPerSequence } = model;
  const lines = [
    ...wrap(bold(model.name ?? path), WIDTH),
    "",
    ...row(
      "Parameters",
      `${formatLarge(model.numParameters)}, ${formatLarge(active)} of them for one token`,
    ),
    ...row("Weights", formatBytes(model.weightBytes)),
    ...row(
      "KV cache",
      `${formatBytes(model.kvBytesPerToken)} per token in ${model.kvPrecision}` +
        (stateBytesPerSequence > 0 ? `, ${formatBytes(stateBytesPerSequence)} per sequence` : ""),
    ),
    ...row(
      "Arithmetic",
      `${formatSi(model.flopsPerToken, "FLOP")} for the first token, ${formatSi(model.flopsPerTokenAt32k, "FLOP")} for one after 32,767 others`,
    ),
    ...row("Context", `up to ${formatCount(model.maxSeqLen)} tokens`),
    ...model.layers.flatMap((layer, i) => row(i === 0 ? "Layers" : "", describeLayers(layer))),
    ...(model.source === undefined
      ? []
      : row("Source", `${model.source}${model.verified === false ? " (unverified)" : ""}`)),
    "",
    weightTable(model, bold),
  ];
  return `${lines.join("\n")}\n`;
}

function describeLayers(layer: LayerClass): string {
  const count = `${layer.numLayers} with`;
  switch (layer.type) {
    case "attention": {
      const { numHeads, numKvHeads, headDim, window, chunk } = layer;
      const reach =
        window !== undefined
          ? `, window of ${formatCount(window)}`
          : chunk !== undefined
            ? `, chunks of ${formatCount(chunk)}`
            : "";
      return `${count} attention: ${numHeads} heads of ${headDim}, ${numKvHeads} KV${reach}`;
    }
    case "mla": {
      const sparse = layer.index ? `, the best ${formatCount(layer.index.topK)} keys` : "";
      return `${count} latent attention: ${layer.numHeads} heads, ${layer.kvLoraRank} + ${layer.qkRopeHeadDim}${sparse}`;
    }
    case "recurrent":
      return `${count} a state of ${formatBytes(layer.stateBytes)} per sequence`;
  }
}

function weightTable({ weights }: ModelFacts, bold: Colors["bold"]): string {
  const table = new Table({
    head: ["Weights", "Stored as", "Parameters", "One token", "Bytes"].map(bold),
    colAligns: ["left", "left", "right", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const { role, precision, parameters, activeParameters, bytes, routing } of weights) {
    const experts = routing ? ` ${routing.numExpertsPerToken}/${routing.numExperts}` : "";
    table.push([
      `${role}${experts}`,
      precision,
      formatSi(parameters, "").trim(),
      formatSi(activeParameters, "").trim(),
      formatBytes(bytes),
    ]);
  }
  return table.toString();
}
