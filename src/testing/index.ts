/**
 * Property suites for plug-ins, to be called from a test of any test runner: `inference-lab/testing`. They draw their cases with
 * [fast-check](https://fast-check.dev), which is to be installed beside: `npm install --save-dev fast-check`.
 *
 * @module
 */
export { arbitraries, type Arbitraries } from "./load-arbitraries.js";
export { checkPolicy, type CheckPolicyOptions } from "./check-policy.js";
export { PolicyLawError } from "./policy-law-error.js";
