/** The client that measured a row, as a workload plug-in. */
import { PROMPTS_PER_USER } from "./protocol.mjs";

export function benchmarkClient(lab, { isl, osl, concurrency, shortest }, seed) {
  const lengths = (longest) => ({
    type: "uniform",
    min: Math.ceil(shortest * longest),
    max: longest,
  });
  return {
    name: "benchmark client",
    seed,
    create: (given) => {
      const labels = new lab.LabelSampler({}, given);
      const bodies = new lab.SyntheticBodies(
        lengths(isl),
        lengths(osl),
        undefined,
        undefined,
        labels,
        given,
      );
      return new lab.BenchmarkClient(concurrency, PROMPTS_PER_USER * concurrency, bodies, given);
    },
  };
}
