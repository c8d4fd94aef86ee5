/**
 * Runs a config once and keeps what its mean latencies are made of: which steps, and how much each counts in mean TTFT and TPOT. In a
 * closed loop the order of steps hardly depends on how long they take, so that another cost model can be tried on the same steps
 * without a simulation.
 */

/**
 * @returns {{ steps: object[], ttft: number, tpot: number }} steps: shapes that are alike taken together, with their weights; latencies
 *   as simulated
 */
export function record(lab, config, costModel) {
  const log = new StepLog(costModel);
  const simulation = new lab.Simulation({ ...config, costModel: log.costModel });
  const starts = [];
  for (const event of simulation) if (event.type === "step") starts.push(event.time);
  const result = simulation.result();
  const { inTtft, inTpot } = weigh(log, starts, result.requests);
  return { steps: gather(log, inTtft, inTpot), ttft: result.ttft.mean, tpot: result.tpot.mean };
}

/** A cost model that writes down what it is asked. */
class StepLog {
  windows = [];
  width = 0;
  rows = [];
  durations = [];

  constructor(inner) {
    this.costModel = {
      name: "step log",
      peakFlops: inner.peakFlops,
      peakBandwidth: inner.peakBandwidth,
      stepCost: (shape, out) => {
        inner.stepCost(shape, out);
        this.windows = shape.attention.map(({ window }) => window);
        const { numPrefills, numDecodes, numPrefillTokens, numSamples } = shape;
        const row = [numPrefills, numDecodes, numPrefillTokens, numSamples];
        for (const sums of shape.attention) {
          row.push(sums.prefillPairs, sums.prefillKvTokens, sums.decodeKvTokens);
        }
        this.rows.push(row);
        this.durations.push(out.seconds);
      },
    };
  }
}

/** Per step: how often it counts in the mean TTFT and in the mean TPOT. Exact: Σ weight × duration is the mean. */
function weigh({ durations }, starts, requests) {
  const n = durations.length;
  const inTtft = new Float64Array(n + 1);
  const inTpot = new Float64Array(n + 1);
  const parts = new Float64Array(n);
  let numFinished = 0;
  for (let i = 0; i < requests.length; i++) {
    const arrival = requests.arrivalTime[i];
    const first = requests.firstTokenTime[i];
    const last = requests.finishTime[i];
    if (!(last >= first)) continue;
    numFinished++;
    const during = lastAtOrBefore(starts, arrival);
    const end = during < 0 ? -Infinity : starts[during] + durations[during];
    // A step that is under way when the request arrives counts by what is left of it.
    if (end > arrival) parts[during] += (end - arrival) / durations[during];
    const decoding = lastAtOrBefore(starts, first - 1e-12) + 1;
    inTtft[during + 1]++;
    inTtft[decoding]--;
    const numGaps = requests.numOutputTokens[i] - 1;
    if (numGaps > 0) {
      inTpot[decoding] += 1 / numGaps;
      inTpot[lastAtOrBefore(starts, last - 1e-12) + 1] -= 1 / numGaps;
    }
  }
  for (let i = 1; i <= n; i++) {
    inTtft[i] += inTtft[i - 1];
    inTpot[i] += inTpot[i - 1];
  }
  return {
    inTtft: parts.map((part, i) => (inTtft[i] + part) / numFinished),
    inTpot: inTpot.subarray(0, n).map((weight) => weight / numFinished),
  };
}

function lastAtOrBefore(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Steps that are alike, as one step of their mean shape: a few hundred for ten thousands. */
function gather({ rows, windows }, inTtft, inTpot) {
  const groups = new Map();
  rows.forEach((row, i) => {
    const key = keyOf(row);
    let group = groups.get(key);
    if (group === undefined) {
      group = { inTtft: 0, inTpot: 0, n: 0, sums: new Float64Array(row.length) };
      groups.set(key, group);
    }
    group.n++;
    group.inTtft += inTtft[i];
    group.inTpot += inTpot[i];
    row.forEach((value, j) => (group.sums[j] += value));
  });
  return [...groups.values()].map(({ inTtft: ttft, inTpot: tpot, n, sums }) => ({
    inTtft: ttft,
    inTpot: tpot,
    shape: {
      numPrefills: sums[0] / n,
      numDecodes: Math.round(sums[1] / n),
      numPrefillTokens: Math.round(sums[2] / n),
      numSamples: Math.round(sums[3] / n),
      attention: windows.map((window, w) => ({
        window,
        prefillPairs: sums[4 + 3 * w] / n,
        prefillKvTokens: sums[5 + 3 * w] / n,
        decodeKvTokens: sums[6 + 3 * w] / n,
      })),
    },
  }));
}

function keyOf([numPrefills, numDecodes, numPrefillTokens, , pairs, , decodeKvTokens]) {
  if (numPrefills === 0) {
    const decodes = numDecodes > 256 ? 300 + bucket(numDecodes, 0.05) : Math.ceil(numDecodes / 8);
    return `d ${numDecodes <= 2 ? -numDecodes : decodes} ${bucket(decodeKvTokens, 0.12)}`;
  }
  const tokens = bucket(numPrefillTokens + numDecodes, 0.08);
  const prefills = numPrefills < 4 ? numPrefills : 4 + bucket(numPrefills, 0.3);
  return `p ${prefills} ${tokens} ${bucket(pairs, 0.25)} ${bucket(decodeKvTokens, 0.3)} ${bucket(numDecodes, 0.3)}`;
}

function bucket(value, width) {
  return value <= 0 ? 0 : Math.floor(Math.log(value) / width);
}

/** Mean TTFT and TPOT of recorded steps with another cost model. */
export function reprice(steps, costModel) {
  const cost = { seconds: 0, flops: 0, bytes: 0 };
  let ttft = 0;
  let tpot = 0;
  for (const { shape, inTtft, inTpot } of steps) {
    costModel.stepCost(shape, cost);
    ttft += inTtft * cost.seconds;
    tpot += inTpot * cost.seconds;
  }
  return { ttft, tpot };
}
