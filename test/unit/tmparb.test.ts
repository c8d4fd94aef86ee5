import { fc, test } from "@fast-check/vitest";
import { StalledError } from "../../src/base/errors.js";
import { simulate } from "../../src/simulation/simulation.js";
import { arbConfig, tinyConfig } from "../support/configs.js";
const stats: Record<string, number> = {}; let n=0;
const t0=performance.now();
test("arb simulates", () => {
 for (const config of fc.sample(arbConfig, {numRuns: 3000, seed: 5})) {
  n++; let r; try { r = simulate(config); } catch (e) { console.log(JSON.stringify(config), String(e)); if (!(e instanceof StalledError)) {console.log(JSON.stringify(config), e);throw e;} stats.stall=(stats.stall??0)+1; continue; }
  for (const [k,v] of Object.entries({pre:+(r.preemptions.total>0), rej:+(r.counts.rejected>0), done:+(r.counts.completed>0), ab:+(r.counts.aborted>0), hits:+(r.prefixCache.hits>0), zero:+(r.counts.total===0), allrej:+(r.counts.completed===0), norej:+(r.counts.rejected===0),reqs:r.counts.total, rejreqs:r.counts.rejected, steps:r.numSteps, tp:+((r.config.hardware.tensorParallel??1)>1), warn:+(r.warnings.length>0)})) stats[k]=(stats[k]??0)+v;
 }
 console.log(n, performance.now()-t0, stats);
});
