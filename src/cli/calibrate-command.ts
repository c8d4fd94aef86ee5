/** Factors for a deployment from its own benchmark results. */
import { readFile } from "node:fs/promises";
import {
  calibrate,
  type CalibrationProfile,
  type Measurement,
  profileOf,
  type Residual,
} from "../calibration/index.js";
import { parseJson } from "../config/json.js";
import { InferenceLabError } from "../index.js";
import { fromBenchServe, fromStepCsv } from "../io/index.js";
import { readConfig } from "../node/load-config.js";
import { reasonOf } from "../node/read-error.js";
import { formatDuration, formatNumber, formatPercent } from "./number-format.js";
import { openOutput } from "./output-file.js";
import { requireFile } from "./run-command.js";
import type { Terminal } from "./terminal.js";

export interface CalibrateOptions {
  /** Path of the config that was measured. */
  readonly config: string;
  /** Where to write the profile. */
  readonly output?: string;
}

/** Prints what was measured and predicted, and writes or prints the profile. */
export async function calibrateCommand(
  files: readonly string[],
  options: CalibrateOptions,
  { stdout }: Pick<Terminal, "stdout">,
): Promise<void> {
  requireFile(options.config);
  const config = await readConfig(options.config);
  const measurements = (await Promise.all(files.map(readMeasurements))).flat();
  const profile = calibrate(profileOf(config), measurements, config);
  const json = `${JSON.stringify(profile, null, 2)}\n`;
  if (options.output === undefined) return void stdout.write(json);
  const output = await openOutput(options.output);
  try {
    await output.commit(json);
  } finally {
    await output.discard();
  }
  stdout.write(`${formatProfile(profile, options.output)}\n`);
}

/** A profile that `calibrate` has written. */
export async function readProfile(path: string): Promise<CalibrationProfile> {
  const profile = parseJson(await read(path), path) as CalibrationProfile | null;
  if (profile?.kind === "inference-lab calibration profile" && profile.version === 1) {
    return profile;
  }
  throw new InferenceLabError(
    `${path} is no calibration profile: inference-lab calibrate writes one`,
  );
}

async function readMeasurements(path: string): Promise<Measurement[]> {
  const text = await read(path);
  return path.endsWith(".csv")
    ? fromStepCsv(text, path)
    : [fromBenchServe(parseJson(text, path), path)];
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new InferenceLabError(`cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

function formatProfile({ device, model, factors, residuals }: CalibrationProfile, path: string) {
  const factorTexts = Object.entries(factors).map(
    ([name, factor]) => `${name} × ${formatNumber(factor)}`,
  );
  return [
    `${model} on ${device}: ${factorTexts.join(", ")}`,
    ...residuals.map(formatResidual),
    `written to ${path}; simulate with it: inference-lab --profile ${path}`,
  ].join("\n");
}

function formatResidual({ label, metric, measured, before, after }: Residual): string {
  const error = (predicted: number) => formatPercent(predicted / measured - 1);
  return `  ${label}: ${metric.toUpperCase()} ${formatDuration(measured)}, off by ${error(before)} before and ${error(after)} now`;
}
