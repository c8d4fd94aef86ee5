import { InferenceLabError } from "../base/errors.js";

/** A policy breaks a law. The message has the law, what was seen, the smallest case found, and the seed that leads to it again. */
export class PolicyLawError extends InferenceLabError {
  override name = "PolicyLawError";
  /** The name of the policy. */
  readonly policy: string;
  /** The law, as a sentence. */
  readonly law: string;
  /** The smallest case found in which it is broken; undefined where the law is about no case. */
  readonly counterexample: unknown;
  readonly seed: number;

  constructor(
    policy: string,
    law: string,
    finding: string,
    { counterexample, seed }: { readonly counterexample?: unknown; readonly seed: number },
    cause?: unknown,
  ) {
    const example =
      counterexample === undefined ? "" : `\n  counterexample: ${JSON.stringify(counterexample)}`;
    super(`policy "${policy}" breaks the law: ${law}\n  ${finding}${example}\n  seed: ${seed}`, {
      cause,
    });
    this.policy = policy;
    this.law = law;
    this.counterexample = counterexample;
    this.seed = seed;
  }
}
