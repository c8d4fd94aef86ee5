/** Whom requests come from, and what service they are to get: labels that a workload draws by weight. */
import { WeightedSampler } from "./weighted-sampler.js";

/** A label and how often it comes, in proportion to the other weights. */
export interface LabelWeight {
  readonly name: string;
  readonly weight: number;
}

/** What may be drawn. Default: nothing, so that requests keep what labels they have. */
export interface LabelSettings {
  readonly tenants?: readonly LabelWeight[];
  readonly classes?: readonly LabelWeight[];
}

/** Draws the labels of a request, or of all requests of a session: they are one user's. */
export class LabelSampler {
  readonly #tenants: WeightedSampler<string> | undefined;
  readonly #classes: WeightedSampler<string> | undefined;

  constructor({ tenants, classes }: LabelSettings, seed: number) {
    this.#tenants = tenants && samplerOf(tenants, seed, "tenants");
    this.#classes = classes && samplerOf(classes, seed, "classes");
  }

  /** Whether anything is to be drawn. */
  get draws(): boolean {
    return this.#tenants !== undefined || this.#classes !== undefined;
  }

  /** Of request or session `index`; undefined where none is to be drawn. */
  tenantAt(index: number): string | undefined {
    return this.#tenants?.at(index);
  }

  /** Of request or session `index`; undefined where none is to be drawn. */
  classAt(index: number): string | undefined {
    return this.#classes?.at(index);
  }
}

function samplerOf(labels: readonly LabelWeight[], seed: number, stream: string) {
  const choices = labels.map(({ name, weight }) => ({ value: name, weight }));
  return new WeightedSampler(choices, seed, stream);
}
