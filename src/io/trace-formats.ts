/** The table of trace formats. Each tells itself by its content: by the columns of a table, or by the keys of a record. */
import { agentic } from "./formats/agentic.js";
import { azure, burstgpt, lengths, plain, type CsvFormat } from "./formats/csv-formats.js";
import type { JsonFormat } from "./formats/json-format.js";
import { llmservingsim } from "./formats/llmservingsim.js";
import { mooncake } from "./formats/mooncake.js";
import { requests } from "./formats/requests.js";
import { sharegpt } from "./formats/sharegpt.js";
import { vllmBench } from "./formats/vllm-bench.js";

export const csvFormats = { plain, lengths, azure, burstgpt } satisfies Record<string, CsvFormat>;

export const jsonFormats = {
  requests,
  mooncake,
  llmservingsim,
  agentic,
  sharegpt,
  "vllm-bench": vllmBench,
} satisfies Record<string, JsonFormat>;

export type CsvFormatName = keyof typeof csvFormats;
export type JsonFormatName = keyof typeof jsonFormats;
/** The formats that traces are recognized in. */
export type TraceFormatName = CsvFormatName | JsonFormatName;

/** What tells the formats, for messages. */
export function describeFormats(names?: readonly string[]): string {
  const described = [
    ...Object.entries(csvFormats).map(
      ([name, { title, columns, optionalColumns }]: [string, CsvFormat]) => {
        const optional =
          optionalColumns.length === 0 ? "" : ` (optional: ${optionalColumns.join(",")})`;
        return [name, `${columns.join(",")}${optional} [${title}]`] as const;
      },
    ),
    ...Object.entries(jsonFormats).map(([name, { title, keys }]: [string, JsonFormat]) => {
      const records = keys.map((list) => `{${list.join(", ")}}`).join(" or ");
      return [name, `JSON records ${records} [${title}]`] as const;
    }),
  ];
  return described
    .filter(([name]) => names === undefined || names.includes(name))
    .map(([, text]) => text)
    .join("; ");
}
