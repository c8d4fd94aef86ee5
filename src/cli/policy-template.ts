/** A policy to start from, as a small package with a test: the files by their names. */
import { version } from "../../package.json";

/** @param name of the package and of the policy */
export function policyTemplate(name: string): Readonly<Record<string, string>> {
  return {
    "package.json": `${JSON.stringify(manifest(name), null, 2)}\n`,
    [`${name}.js`]: policyFile(name),
    [`${name}.test.js`]: testFile(name),
    "README.md": readme(name),
  };
}

function manifest(name: string) {
  return {
    name,
    version: "0.1.0",
    description: "A scheduling policy for inference-lab",
    keywords: ["inference-lab-policy"],
    type: "module",
    exports: `./${name}.js`,
    files: [`${name}.js`],
    scripts: { test: "node --test" },
    peerDependencies: { "inference-lab": `^${version}` },
    devDependencies: { "fast-check": "^4.0.0", "inference-lab": `^${version}` },
  };
}

const policyFile = (name: string) => `// @ts-check
/**
 * Shortest prompt first, with ageing: whoever came a second earlier may be \`ageing\` tokens longer.
 *
 * @param {{ ageing?: number }} [options]
 * @returns {import("inference-lab").SchedulingPolicy}
 */
export default function createPolicy({ ageing = 100, ...others } = {}) {
  for (const key of Object.keys(others)) throw new RangeError(\`no option is called \${key}; there is ageing\`);
  if (typeof ageing !== "number" || !(ageing >= 0)) {
    throw new RangeError(\`ageing is \${ageing}; it must be a number of at least 0\`);
  }
  /** @param {import("inference-lab").RequestView} request */
  const rank = (request) => request.numPromptTokens + ageing * request.arrivalTime;
  return {
    name: "${name}",
    apiVersion: 1, // of the policy interface, so that another one refuses it
    isStarvationFree: ageing > 0, // the test holds it to that
    compareWaiting: (a, b) => rank(a) - rank(b),
    selectVictim: (running) => running.length - 1, // the most recently admitted
  };
}
`;

const testFile = (name: string) => `// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "inference-lab";
import { checkPolicy } from "inference-lab/testing";
import createPolicy from "./${name}.js";

test("it keeps the laws of policies", async () => {
  await checkPolicy(createPolicy());
});

test("a short prompt does not wait behind long ones", () => {
  const long = { arrivalTime: 0, numPromptTokens: 4000, numOutputTokens: 100 };
  const short = { arrivalTime: 1, numPromptTokens: 40, numOutputTokens: 10 };
  /** @param {import("inference-lab").SchedulerConfig["policy"]} policy */
  const waitOfShort = (policy) => {
    const { requests } = simulate({
      hardware: {
        computeFlops: 1e15,
        memoryBandwidth: 3e12,
        memoryCapacity: 8e10,
        bytesPerParam: 2,
      },
      model: {
        numParameters: 8e9,
        numLayers: 32,
        hiddenDim: 4096,
        numHeads: 32,
        maxSeqLen: 8192,
      },
      scheduler: {
        maxNumBatchedTokens: 2048,
        maxNumSeqs: 4,
        blockSize: 16,
        enableChunkedPrefill: true,
        policy,
      },
      workload: { trace: [...Array(20).fill(long), short] },
    });
    return requests.firstTokenTime[20] - requests.arrivalTime[20];
  };
  assert.ok(waitOfShort(createPolicy()) < waitOfShort("fcfs") / 2);
});
`;

const readme = (name: string) => `# ${name}

A scheduling policy for [inference-lab](https://www.npmjs.com/package/inference-lab): shortest prompt first, with ageing.

\`\`\`sh
npm install    # inference-lab, and fast-check for the test
npm test
inference-lab -c config.toml --policy ./${name}.js --policy-options '{"ageing": 50}'
\`\`\`

In code: \`scheduler: { …, policy: createPolicy({ ageing: 50 }) }\`.
`;
