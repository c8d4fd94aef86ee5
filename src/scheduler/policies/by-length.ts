/**
 * Shortest and longest first, by what a server knows of a length: the prompt, and max_tokens as the bound of the output. Who has
 * most left to do gives way, ties the most recently admitted.
 */
import type { RequestView } from "../../request/request.js";
import type { SchedulingPolicy } from "../policy.js";

type Measure = (request: RequestView) => number;

const promptLength: Measure = (r) => r.numPromptTokens;
const outputBound: Measure = (r) => r.maxTokens;
const totalBound: Measure = (r) => r.numPromptTokens + r.maxTokens;
const remainingOutput: Measure = (r) => r.maxTokens - r.numOutputTokens;
const remainingTokens: Measure = (r) => r.numPromptTokens + r.maxTokens - r.numComputedTokens;

/** Shortest input first. */
export const sif = () => byLength("sif", 1, promptLength, promptLength);
/** Longest input first. */
export const lif = () => byLength("lif", -1, promptLength, promptLength);
/** Shortest output first. */
export const sof = () => byLength("sof", 1, outputBound, remainingOutput);
/** Longest output first. */
export const lof = () => byLength("lof", -1, outputBound, remainingOutput);
/** Shortest total first. */
export const stf = () => byLength("stf", 1, totalBound, remainingTokens);
/** Longest total first. */
export const ltf = () => byLength("ltf", -1, totalBound, remainingTokens);

function byLength(name: string, sign: 1 | -1, order: Measure, left: Measure): SchedulingPolicy {
  return {
    name,
    compareWaiting: (a, b) => sign * (order(a) - order(b)),
    selectVictim(running) {
      let victim = 0;
      for (let i = 1; i < running.length; i++) {
        if (left(running[i]!) >= left(running[victim]!)) victim = i;
      }
      return victim;
    },
  };
}
