/**
 * Replays one recorded scenario of the real vLLM scheduler on ours and finds the first difference, if any.
 *
 * A scenario says what arrives when; a recorded trace has one row per schedule() call. The levels:
 * L1 decisions (sch, new, res, pre, fin) · L2 also queues and free blocks (run, wait, free, free2) · L3 also block ids (blk).
 */

const LEVELS = {
  L1: ["s", "add", "abort", "sch", "new", "res", "pre", "fin"],
  L2: ["run", "wait", "free", "free2"],
  L3: ["blk"],
};

/**
 * @param {object} entry one line of a scenario file
 * @param {typeof import("inference-lab/scheduler")} lab
 * @returns {Record<"L1" | "L2" | "L3", { step: number, field: string, recorded: unknown, ours: unknown } | undefined>}
 *   the first difference at each level; a level includes those before it
 */
export function compareScenario(entry, lab) {
  const differences = {};
  for (const way of WAYS) {
    // One row more than recorded is a difference; a scheduler that comes to no end shall not make us wait for it.
    const rows = replayScenario(entry.scenario, lab, way, entry.trace.length + 1);
    const fields = [];
    for (const level of Object.keys(LEVELS)) {
      fields.push(...LEVELS[level]);
      differences[level] ??= firstDifference(entry.trace, rows, fields);
    }
  }
  return differences;
}

/**
 * By the plain rule, with a key for every block, and as simulations run it: steady decodes are not visited, and only content
 * that others have too has keys.
 */
const WAYS = [{ keepAllKeys: true }, { useDecodeSet: true }];

function firstDifference(recorded, ours, fields) {
  for (let i = 0; i < Math.max(recorded.length, ours.length); i++) {
    if (recorded[i] === undefined || ours[i] === undefined) {
      const step = (recorded[i] ?? ours[i]).s;
      return { step, field: "row", recorded: recorded[i], ours: ours[i] };
    }
    for (const field of fields) {
      const [a, b] = [normal(recorded[i][field]), normal(ours[i][field])];
      if (JSON.stringify(a) !== JSON.stringify(b)) {
        return { step: recorded[i].s, field, recorded: a, ours: b };
      }
    }
  }
  return undefined;
}

/** Missing keys are empty; the order of an object's keys says nothing. */
function normal(value) {
  if (value === undefined) return [];
  if (typeof value !== "object" || Array.isArray(value)) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => Number(a) - Number(b));
  return entries.length === 0 ? [] : Object.fromEntries(entries);
}

/** Runs a scenario and records it as the real scheduler was recorded, up to `maxRows` rows. */
export function replayScenario(scenario, lab, options = {}, maxRows = Infinity) {
  const system = createSystem(scenario, lab, options);
  const { scheduler, kvCache, requests, newBatch } = system;
  const depth = scenario.scheduler.async_scheduling ? 2 : 1;
  const rows = [];
  /** Batches that were formed and not processed yet, the oldest first. */
  const inFlight = [];
  let step = 0;
  let nextArrival = 0;
  const pending = scenario.requests.map((spec, i) => ({ spec, i }));
  pending.sort((a, b) => a.spec.arrival_step - b.spec.arrival_step || a.i - b.i);
  let hasEnded = false;

  for (;;) {
    const isIdle = !scheduler.hasRequests && inFlight.length === 0 && !hasEnded;
    if (rows.length >= maxRows) return rows;
    if (isIdle) {
      if (nextArrival === pending.length) return rows;
      step = Math.max(step, pending[nextArrival].spec.arrival_step);
    }
    const row = { s: step, add: [], abort: [] };
    while (nextArrival < pending.length && pending[nextArrival].spec.arrival_step <= step) {
      const { i } = pending[nextArrival++];
      scheduler.add(requests[i]);
      row.add.push(i);
    }
    scenario.requests.forEach(({ abort_step: abortStep, arrival_step: arrivalStep }, i) => {
      if (abortStep !== step || arrivalStep > step || !isAlive(requests[i], lab)) return;
      scheduler.abort(requests[i]);
      row.abort.push(i);
      hasEnded = true;
    });

    if (scheduler.hasRequests || hasEnded) {
      hasEnded = false;
      const batch = newBatch();
      const before = requests.map((request) => tableLengths(request));
      scheduler.schedule(step, batch);
      inFlight.push(batch);
      describe(row, batch, before, system);
    }
    row.free = kvCache.numFreeBlocks;
    const mustWait =
      inFlight.length < depth && (inFlight.at(-1)?.isEmpty === false || scheduler.hasRequests);
    const oldest = mustWait ? undefined : inFlight.shift();
    if (oldest !== undefined) {
      scheduler.update(step, oldest);
      row.fin = oldest.finished.map(system.indexOf);
      hasEnded ||= oldest.finished.length > 0;
    }
    row.run = scheduler.running.map(system.indexOf);
    row.wait = scheduler.waitingRequests().map(system.indexOf);
    row.free2 = kvCache.numFreeBlocks;
    if (!isEmpty(row)) rows.push(row);
    step++;
  }
}

/** Nothing happened in such a row and nothing is left, so the recording has none. */
function isEmpty(row) {
  const lists = [row.sch, row.add, row.abort, row.pre, row.fin, row.run, row.wait];
  return lists.every((list) => list === undefined || list.length === 0);
}

function isAlive(request, { RequestStatus }) {
  const { Finished, Aborted } = RequestStatus;
  return request.status !== Finished && request.status !== Aborted;
}

function tableLengths(request) {
  return request.blockTables?.tables.map((table) => table.length) ?? [];
}

function describe(row, batch, before, { indexOf, requests, seen, scheduler }) {
  const entries = batch.scheduled.toArray();
  const numTokens = new Map(entries.map((entry) => [entry.request, entry.numTokens]));
  for (const request of scheduler.running) if (request.isSteady) numTokens.set(request, 1);
  const scheduled = [...numTokens.keys()].toSorted((a, b) => a.admissionOrder - b.admissionOrder);
  row.sch = scheduled.map((request) => [indexOf(request), numTokens.get(request)]);
  row.new = [];
  row.res = [];
  for (const { request, numCachedTokens } of batch.admitted) {
    const index = indexOf(request);
    (seen.has(index) ? row.res : row.new).push([index, numCachedTokens]);
    seen.add(index);
    before[index] = [];
  }
  const preempted = batch.preempted.toArray();
  row.pre = preempted.map(({ request, numLostTokens }) => [indexOf(request), numLostTokens]);
  row.blk = {};
  for (const request of scheduled) {
    const index = indexOf(request);
    const added = request.blockTables.tables.map((table, g) => table.slice(before[index][g] ?? 0));
    if (added.every((blocks) => blocks.length === 0)) continue;
    row.blk[index] = requests[index].blockTables.tables.length === 1 ? added[0] : added;
  }
}

/** What a recording may name. */
const POLICIES = ["fcfs", "priority"];
const GROUP_TYPES = ["full", "swa", "chunked_local"];

function checkName(kind, name, known) {
  if (known.includes(name)) return;
  throw new Error(`unknown ${kind} ${JSON.stringify(name)}; known are ${known.join(", ")}`);
}

function createSystem({ scheduler: s, kv, model, requests: specs }, lab, options) {
  checkName("policy", s.policy, POLICIES);
  for (const group of kv.groups) checkName("group type", group.type, GROUP_TYPES);
  const groups = kv.groups.map((group) => ({
    type: group.type,
    blockSize: group.block_size ?? kv.block_size,
    ...(group.type === "swa" && { slidingWindow: group.sliding_window }),
    ...(group.type === "chunked_local" && { attentionChunkSize: group.attention_chunk_size }),
  }));
  const maxModelLen = model.max_model_len;
  const kvCache = new lab.PagedKvCache({
    numBlocks: kv.num_blocks,
    groups,
    enablePrefixCaching: kv.enable_prefix_caching,
    retentionInterval: kv.retention_interval,
    maxModelLen,
    maxNumBatchedTokens: s.max_num_batched_tokens,
    asyncScheduling: s.async_scheduling,
  });
  const scheduler = new lab.Scheduler(
    {
      maxNumBatchedTokens: s.max_num_batched_tokens,
      maxNumSeqs: s.max_num_seqs,
      maxModelLen,
      enableChunkedPrefill: s.enable_chunked_prefill,
      longPrefillTokenThreshold: s.long_prefill_token_threshold,
      asyncScheduling: s.async_scheduling,
      schedulerReserveFullIsl: s.scheduler_reserve_full_isl,
      watermark: s.watermark,
      maxNumPartialPrefills: undefined,
      enablePreemptionFree: false,
    },
    kvCache,
    lab.policiesByName[s.policy](),
    options,
  );
  const keys = kv.enable_prefix_caching
    ? prefixKeys(specs, kvCache.hashBlockSize).map(options.keepAllKeys ? same : withoutPrivateTail)
    : specs.map(() => undefined);
  // vLLM breaks ties of arrival time by id, as strings.
  const byId = specs.map((_, i) => i).toSorted((a, b) => (specs[a].id < specs[b].id ? -1 : 1));
  const requests = [];
  byId.forEach((i, rank) => {
    const { arrival_time: arrivalTime, priority, output_len: numOutputTokens } = specs[i];
    const spec = {
      arrivalTime,
      numPromptTokens: promptLength(specs[i]),
      numOutputTokens,
      priority,
      blockKeys: keys[i],
    };
    requests[i] = new lab.Request(spec, rank, maxModelLen, arrivalTime);
  });
  return {
    scheduler,
    kvCache,
    requests,
    indexOf: (request) => byId[request.index],
    newBatch: () => new lab.Batch([Infinity]),
    seen: new Set(),
  };
}

function promptLength({ prompt }) {
  return prompt.reduce((sum, [, , length]) => sum + length, 0);
}

/**
 * Gives equal prefixes equal keys. Token k of segment s is s × 2^20 + k, and output token j of a request is its
 * out_segment × 2^20 + j, so the content of a block is its runs of tokens.
 */
function prefixKeys(specs, blockSize) {
  const keyOf = new Map();
  return specs.map((spec) => {
    const runs = [...spec.prompt, [spec.out_segment, 0, spec.output_len]];
    const numBlocks = Math.floor((promptLength(spec) + spec.output_len) / blockSize);
    const keys = new Int32Array(numBlocks);
    let parent = -1;
    let run = 0;
    let offset = 0;
    for (let block = 0; block < numBlocks; block++) {
      let content = `${parent}`;
      let previous = NaN;
      for (let missing = blockSize; missing > 0;) {
        const [segment, start, length] = runs[run];
        const taken = Math.min(missing, length - offset);
        const first = segment * 2 ** 20 + start + offset;
        if (taken > 0) {
          // Runs that continue one another are one run.
          content += first === previous ? "" : `,${blockSize - missing}:${first}`;
          previous = first + taken;
        }
        missing -= taken;
        offset += taken;
        if (offset === length && missing >= 0 && run < runs.length - 1) {
          run++;
          offset = 0;
        } else if (taken === 0) break;
      }
      if (!keyOf.has(content)) keyOf.set(content, keyOf.size);
      parent = keys[block] = keyOf.get(content);
    }
    return keys;
  });
}

const same = (keys) => keys;

/** A workload gives keys only to content that others have too. */
function withoutPrivateTail(keys, i, all) {
  let length = keys.length;
  while (length > 0 && all.every((other, j) => j === i || other[length - 1] !== keys[length - 1])) {
    length--;
  }
  return keys.subarray(0, length);
}
