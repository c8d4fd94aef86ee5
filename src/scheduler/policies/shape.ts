/** What an object must have to be a policy, before anybody asks it anything. */
import { editDistance } from "../../base/suggest.js";
import { type AnyPolicy, type PolicyPlugin, policyApiVersion } from "../policy.js";

const METHODS = ["compareWaiting", "selectVictim", "onArrival", "onAdmission", "onRequestEnd"];
const FLAGS = ["orderChangesWithTime", "needsOutputLength", "isStarvationFree"];

/** Why a value is no policy, as the two ends of a sentence "must be …, found …". */
export interface ShapeProblem {
  readonly must: string;
  readonly found: string;
}

/** What is wrong with a value that should be a policy, or a plug-in that creates one; undefined if nothing is. */
export function shapeProblem(value: unknown): ShapeProblem | undefined {
  const must = "a policy: an object with a name, and compareWaiting or create as functions";
  if (typeof value === "function")
    return { must, found: "a function: call it, and give its result" };
  if (typeof value !== "object" || value === null) return { must, found: String(value) };
  const policy = value as Readonly<Record<string, unknown>>;
  const { name, apiVersion } = policy;
  if (typeof name !== "string" || name === "") return { must, found: "an object without a name" };
  const of = `policy "${name}"`;
  if (apiVersion !== undefined && apiVersion !== policyApiVersion) {
    return {
      must: `made for version ${policyApiVersion} of the policy interface`,
      found: `${of} for version ${shown(apiVersion)}; install a release of it for version ${policyApiVersion}, or the inference-lab that its peerDependencies name`,
    };
  }
  if ("create" in policy) {
    if (typeof policy["create"] === "function") return undefined;
    return { must: "a policy whose create is a function", found: `${of} with another one` };
  }
  for (const [keys, type, article] of [
    [METHODS, "function", "a function"],
    [FLAGS, "boolean", "true or false"],
  ] as const) {
    const wrong = keys.find((key) => policy[key] !== undefined && typeof policy[key] !== type);
    if (wrong !== undefined) {
      return {
        must: `a policy whose ${wrong} is ${article}`,
        found: `${of} with ${shown(policy[wrong])}`,
      };
    }
  }
  const [misspelt, meant] = misspelling(value) ?? [];
  if (misspelt === undefined) return undefined;
  return { must: must, found: `${of} with ${misspelt}; did you mean ${meant}?` };
}

/** A key that nobody reads, and the one that it looks like. */
function misspelling(policy: object): readonly [string, string] | undefined {
  const known = [...METHODS, ...FLAGS, "apiVersion"];
  for (const key in policy) {
    if (known.includes(key)) continue;
    const meant = known.find((other) => !(other in policy) && editDistance(key.toLowerCase(), other.toLowerCase()) <= 2); // prettier-ignore
    if (meant !== undefined) return [key, meant];
  }
  return undefined;
}

function shown(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" || typeof value === "function"
    ? "something else"
    : JSON.stringify(value);
}

/** Whether it makes a policy for each run. */
export function isPolicyPlugin(policy: AnyPolicy): policy is PolicyPlugin {
  return "create" in policy;
}
