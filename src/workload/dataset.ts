/** Requests of a dataset: prompts as they were written, outputs as long as a distribution says. */
import type { Seconds, Tokens } from "../base/units.js";
import type { RequestSpec } from "../request/request-spec.js";
import type { Bodies } from "./bodies.js";
import type { LabelSampler } from "./labels.js";
import { LengthSampler, type LengthConfig } from "./lengths.js";
import type { PrefixKeys } from "./prefix-keys.js";
import type { PrefixIds } from "./trace-row.js";
import type { WeightedSampler } from "./weighted-sampler.js";
import type { LengthDistribution } from "./workload.js";

/** One request of a dataset. What the model would answer is not in it. */
export interface DatasetRow {
  readonly numPromptTokens: Tokens;
  /** The client's bound on the output. Default: the workload's, else what the model's length leaves. */
  readonly maxTokens?: Tokens;
  /** What its prompt has in common with others. Default: nothing. */
  readonly prefix?: PrefixIds;
}

/** What all requests of a dataset have in common. */
export interface DatasetSettings {
  readonly outputLenDist: LengthConfig | LengthDistribution;
  /** The bound of rows that have none. Default: what `maxSeqLen` leaves. */
  readonly maxTokens: Tokens | undefined;
  readonly maxSeqLen: Tokens;
  readonly priorities: WeightedSampler<number> | undefined;
  readonly labels: LabelSampler;
  readonly seed: number;
}

/** Request i is row i, and after the last row the first again, with an output length of its own each time. */
export class DatasetBodies implements Bodies {
  readonly #rows: readonly DatasetRow[];
  readonly #keys: PrefixKeys | undefined;
  readonly #settings: DatasetSettings;
  readonly #outputLengths: LengthSampler;

  /** @param keys undefined where nobody looks at them */
  constructor(
    rows: readonly DatasetRow[],
    keys: PrefixKeys | undefined,
    settings: DatasetSettings,
  ) {
    this.#rows = rows;
    this.#keys = keys;
    this.#settings = settings;
    this.#outputLengths = new LengthSampler(
      settings.outputLenDist,
      settings.seed,
      "output-lengths",
    );
  }

  request(index: number, arrivalTime: Seconds): RequestSpec {
    const { maxTokens, maxSeqLen, priorities, labels } = this.#settings;
    const numRows = this.#rows.length;
    const position = index % numRows;
    const row = this.#rows[position]!;
    const room = Math.max(maxSeqLen - row.numPromptTokens, 1); // without room it will be rejected
    return {
      arrivalTime,
      numPromptTokens: row.numPromptTokens,
      numOutputTokens: this.#outputLengths.at(index),
      maxTokens: row.maxTokens ?? maxTokens ?? room,
      priority: priorities === undefined ? 0 : priorities.at(index),
      blockKeys: this.#keys?.of(position, (index - position) / numRows),
      abortTime: undefined,
      tenant: labels.tenantAt(index),
      class: labels.classAt(index),
    };
  }
}
