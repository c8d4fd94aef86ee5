/** Measurements for a calibration: results of `vllm bench serve`, or steps in a CSV file. */
import { TraceError } from "../base/errors.js";
import type { BenchmarkMeasurement, StepMeasurement } from "../calibration/calibrate.js";

/**
 * One result file of `vllm bench serve --save-result`; how far lengths spread is known where `--save-detailed` was given too.
 *
 * @throws TraceError naming what is missing
 */
export function fromBenchServe(json: unknown, source = "result"): BenchmarkMeasurement {
  const fail = (message: string): never => {
    throw new TraceError(message, source);
  };
  if (typeof json !== "object" || json === null) return fail("it is no JSON object");
  const fields = json as Readonly<Record<string, unknown>>;
  const number = (...keys: string[]): number | undefined => {
    const value = keys.map((key) => fields[key]).find((one) => typeof one === "number");
    return typeof value === "number" && Number.isFinite(value) ? value : undefined;
  };
  const required = (...keys: string[]): number =>
    number(...keys) ?? fail(`"${keys[0]}" is missing, or no number`);
  const completed = required("completed", "num_prompts");
  // Benchmarks write 0 where they measured none: answers of one token have no TPOT.
  const positive = (key: string) => ((number(key) ?? 0) > 0 ? number(key) : undefined);
  const ttft = positive("mean_ttft_ms");
  const tpot = positive("mean_tpot_ms");
  if (ttft === undefined && tpot === undefined)
    fail('neither "mean_ttft_ms" nor "mean_tpot_ms" is above 0');
  const rate = fields.request_rate === "inf" ? Infinity : number("request_rate");
  const concurrency = number("max_concurrency");
  const lengthSpread = spreadOf(fields.input_lens, fields.output_lens);
  return {
    type: "benchmark",
    label: source,
    ...(concurrency !== undefined && { concurrency }),
    ...(rate !== undefined && { requestRate: rate }),
    numRequests: completed,
    inputTokens: required("total_input_tokens", "total_input") / completed,
    outputTokens: required("total_output_tokens", "total_output") / completed,
    ...(lengthSpread !== undefined && { lengthSpread }),
    ...(ttft !== undefined && { ttft: ttft / 1000 }),
    ...(tpot !== undefined && { tpot: tpot / 1000 }),
  };
}

const WIDEST = 0.99;

/** Uniform lengths that deviate as much as these, which `--save-detailed` writes; undefined where there are none. */
function spreadOf(...lists: readonly unknown[]): number | undefined {
  const spreads = lists.flatMap((list) => {
    const lengths = Array.isArray(list) ? list.filter((one) => typeof one === "number") : [];
    const mean = lengths.reduce((sum, one) => sum + one, 0) / lengths.length;
    const variance = lengths.reduce((sum, one) => sum + (one - mean) ** 2, 0) / lengths.length;
    return mean > 0 ? [Math.sqrt(3 * variance) / mean] : [];
  });
  if (spreads.length === 0) return undefined;
  return Math.min(WIDEST, spreads.reduce((sum, one) => sum + one, 0) / spreads.length);
}

/** Columns of a CSV file of steps; each prompt is computed from its start. */
const COLUMNS = ["num_prefills", "prefill_tokens", "num_decodes", "decode_context", "seconds"];

/**
 * Steps from a CSV file with the columns num_prefills, prefill_tokens (in all), num_decodes, decode_context (tokens that all
 * decodes read together) and seconds. Prompts of one step are taken to be equally long, and attention to be full.
 *
 * @throws TraceError naming the line
 */
export function fromStepCsv(text: string, source = "steps.csv"): StepMeasurement[] {
  const [head = "", ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const names = head.split(",").map((name) => name.trim());
  const missing = COLUMNS.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new TraceError(`columns are missing: ${missing.join(", ")}`, source, 1);
  }
  return lines.map((line, i) => {
    const fields = line.split(",");
    const [numPrefills, numPrefillTokens, numDecodes, decodeKvTokens, seconds] = COLUMNS.map(
      (name) => {
        const value = Number(fields[names.indexOf(name)]);
        if (value >= 0 && Number.isFinite(value)) return value;
        throw new TraceError(`${name} must be a number of at least 0`, source, i + 2);
      },
    ) as [number, number, number, number, number];
    const each = numPrefills > 0 ? numPrefillTokens / numPrefills : 0;
    return {
      type: "step",
      label: `${source}, line ${i + 2}`,
      seconds,
      shape: {
        numPrefills,
        numDecodes,
        numPrefillTokens,
        numSamples: numPrefills + numDecodes,
        attention: [
          {
            window: Infinity,
            prefillPairs: (numPrefillTokens * (each + 1)) / 2,
            prefillKvTokens: numPrefillTokens,
            decodeKvTokens,
          },
        ],
      },
    };
  });
}
