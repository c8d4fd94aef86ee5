/** Reads a config.json by its keys, and remembers which ones were looked for in vain. */
import { ConfigError, type ConfigProblem } from "../base/errors.js";

/** A parsed config.json, as Hugging Face repositories have them. */
export interface HuggingFaceConfig {
  readonly [key: string]: unknown;
}

export class Fields {
  readonly #config: HuggingFaceConfig;
  readonly #missing: ConfigProblem[] = [];

  constructor(config: HuggingFaceConfig) {
    this.#config = config;
  }

  has(key: string): boolean {
    return this.#config[key] !== undefined && this.#config[key] !== null;
  }

  /** The first of several keys that is there: one setting, under the names that different models give it. */
  count(...keys: readonly string[]): number {
    const key = keys.find((name) => this.has(name));
    if (key !== undefined) return this.#number(key);
    const others = keys.length > 1 ? ` (or ${keys.slice(1).join(", ")})` : "";
    this.#missing.push({ path: [keys[0]!], message: `is missing${others}` });
    return NaN;
  }

  countOr(fallback: number, ...keys: readonly string[]): number {
    return keys.some((key) => this.has(key)) ? this.count(...keys) : fallback;
  }

  flag(key: string, fallback = false): boolean {
    const value = this.#config[key] ?? fallback;
    return value === true;
  }

  list(key: string): readonly unknown[] | undefined {
    const value = this.#config[key];
    return Array.isArray(value) ? value : undefined;
  }

  text(key: string): string | undefined {
    const value = this.#config[key];
    return typeof value === "string" ? value : undefined;
  }

  table(key: string): Fields | undefined {
    const value = this.#config[key];
    return isTable(value) ? new Fields(value) : undefined;
  }

  get values(): readonly unknown[] {
    return Object.values(this.#config);
  }

  /** @throws ConfigError naming every key that is missing or no number */
  check(source: string): void {
    if (this.#missing.length > 0) throw new ConfigError(this.#missing, source);
  }

  #number(key: string): number {
    const value = this.#config[key];
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
    const message = `must be a whole number of at least 0, found ${JSON.stringify(value)}`;
    this.#missing.push({ path: [key], message });
    return NaN;
  }
}

export function isTable(value: unknown): value is HuggingFaceConfig {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
