/**
 * One hash over every bit of every result column, for configs that use every arrival pattern, length distribution and built-in policy,
 * sessions, priorities, preemptions, a replayed trace, and every device and model of the catalog under the calibrated cost model. It has to be one on all hosts. Plain JavaScript with the library handed in, so that
 * each host can bring it in its own way.
 */

/** @param {typeof import("inference-lab/notebook")} lab */
export async function probe(lab) {
  const hash = new Hash();
  const trace = await lab.readTrace(TRACE);
  const { dense, sliding, trafficMix } = configs(lab);
  for (const workload of [...trafficMix, { trace, rateScale: 1.5, traceJitter: 0.01, seed: 3 }]) {
    for (const deployment of [dense, sliding])
      addResult(hash, lab.simulate({ ...deployment, workload }));
  }
  for (const policy of ["priority", "sof", "sif", "stf", "lif", "lof", "ltf"]) {
    const scheduler = { ...dense.scheduler, policy };
    addResult(hash, lab.simulate({ ...dense, scheduler, workload: trafficMix[0] }));
  }
  addCatalog(hash, lab, {
    scheduler: dense.scheduler,
    workload: { ...trafficMix[0], numRequests: 20 },
  });
  return hash.toString();
}

/** Every model on a large device, and every device with a small model. */
function addCatalog(hash, { hardwareNames, modelNames, simulate, withPresets }, rest) {
  const pairs = [
    ...modelNames.map((model) => ["b200-sxm", model]),
    ...hardwareNames.map((hardware) => [hardware, "llama-3.2-1b"]),
  ];
  for (const [hardware, model] of pairs) {
    const scheduler = { ...rest.scheduler, numGpuBlocks: undefined };
    const deployment = {
      hardware: { preset: hardware },
      model: { preset: model, maxSeqLen: 4096 },
    };
    addResult(hash, simulate(withPresets({ ...deployment, scheduler, workload: rest.workload })));
    hash.numPresets++;
  }
}

const TRACE = `arrival_s,input_tokens,output_tokens
${Array.from({ length: 60 }, (_, i) => `${(i * 37) / 64},${100 + ((i * 131) % 900)},${1 + ((i * 17) % 50)}`).join("\n")}
`;

function configs({ fixed, lognormal, normal, uniform }) {
  const hardware = { computeFlops: 989e12, memoryBandwidth: 3.35e12, memoryCapacity: 80 * 2 ** 30 };
  const model = {
    numParameters: 8.03e9,
    numLayers: 32,
    hiddenDim: 4096,
    numHeads: 32,
    numKvHeads: 8,
  };
  const scheduler = {
    maxNumBatchedTokens: 1024,
    maxNumSeqs: 32,
    blockSize: 16,
    enableChunkedPrefill: true,
  };
  const dense = {
    hardware: { ...hardware, bytesPerParam: 2 },
    model: { ...model, maxSeqLen: 8192 },
    scheduler: { ...scheduler, numGpuBlocks: 500 }, // so few that requests are preempted
    slo: { ttft: 0.5, tpot: 0.02 },
  };
  const sliding = {
    ...dense,
    model: { ...dense.model, numActiveParameters: 3e9, slidingWindow: 512, numSlidingLayers: 24 },
    scheduler: {
      ...dense.scheduler,
      asyncScheduling: true,
      maxNumPartialPrefills: 2,
      watermark: 0.01,
    },
  };
  const shared = { numRequests: 300, arrivalRate: 40, seed: 20 };
  const priorities = [0, 1, 2].map((value) => ({ value, weight: value + 1 }));
  const trafficMix = [
    {
      arrivalPattern: "poisson",
      inputLenDist: lognormal(6, 0.8),
      outputLenDist: lognormal(4, 0.6),
      priorities,
    },
    { arrivalPattern: "uniform", inputLenDist: normal(400, 200), outputLenDist: uniform(1, 80) },
    {
      arrivalPattern: "fixed_rate",
      inputLenDist: uniform(10, 900),
      outputLenDist: fixed(40),
      maxTokens: 60,
    },
    {
      arrivalPattern: "burst",
      burstSize: 7,
      inputLenDist: fixed(300),
      outputLenDist: normal(50, 30),
    },
    {
      arrivalPattern: "batched",
      batchSize: 25,
      inputLenDist: normal(200, 90),
      outputLenDist: lognormal(3, 1),
    },
    {
      arrivalPattern: "gamma",
      burstiness: 0.4,
      inputLenDist: lognormal(5, 1),
      outputLenDist: uniform(5, 60),
    },
    {
      arrivalPattern: "closed_loop",
      numConcurrentUsers: 12,
      inputLenDist: uniform(50, 500),
      outputLenDist: fixed(20),
    },
    {
      arrivalPattern: "poisson",
      inputLenDist: lognormal(4, 0.5),
      outputLenDist: lognormal(4, 0.5),
      sessions: { turns: uniform(1, 6), thinkTime: 0.5, numPrefixGroups: 3, prefixLen: 200 },
    },
  ].map((traffic) => ({ ...shared, ...traffic }));
  return { dense, sliding, trafficMix };
}

/** Every number of a result, columns by their bits, but not its config. The order of the keys is part of it. */
function addResult(hash, { ...result }) {
  delete result.config;
  hash.numPreemptions += result.preemptions.total;
  hash.numPrefixHits += result.prefixCache.hits;
  addAll(hash, result);
}

function addAll(hash, value) {
  if (typeof value === "number") hash.add(Float64Array.of(value));
  else if (value instanceof Float64Array) hash.add(value);
  else if (ArrayBuffer.isView(value)) hash.add(Float64Array.from(value));
  else if (typeof value === "object" && value !== null)
    Object.values(value).forEach((inner) => addAll(hash, inner));
}

/** Two FNV-1a hashes, with different starts, over words of 32 bits. */
class Hash {
  numPreemptions = 0;
  numPrefixHits = 0;
  numPresets = 0;
  #a = 0x811c9dc5;
  #b = 0x01234567;
  #numValues = 0;

  add(values) {
    this.#numValues += values.length;
    // Hosts differ in the bits of NaN, which say nothing. No result is negative.
    const words = new Uint32Array(values.map((value) => (Number.isNaN(value) ? -1 : value)).buffer);
    for (const word of words) {
      this.#a = Math.imul(this.#a ^ word, 0x01000193);
      this.#b = Math.imul((this.#b ^ word) + (this.#b >>> 15), 0x01000193);
    }
  }

  toString() {
    const hex = (word) => (word >>> 0).toString(16).padStart(8, "0");
    const told = `${this.#numValues} values, ${this.numPreemptions} preemptions, ${this.numPrefixHits} prefix hits, ${this.numPresets} presets`;
    return `${hex(this.#a)}${hex(this.#b)} (${told})`;
  }
}
