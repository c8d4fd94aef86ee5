/** The benchmark client: a closed loop of users who need a moment between an answer and their next prompt. */
import { PROMPTS_PER_USER, ROUND_TRIP } from "./protocol.mjs";

/** A workload plug-in. */
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
      const bodies = new lab.SyntheticBodies(
        lengths(isl),
        lengths(osl),
        undefined,
        undefined,
        new lab.LabelSampler({}, given),
        given,
      );
      const delays = new lab.Substreams(given, "round-trips");
      const { shortest: least, longest } = ROUND_TRIP;
      const total = PROMPTS_PER_USER * concurrency;
      // Ascending; all users begin at once.
      const ready = new Array(concurrency).fill(0);
      let numSent = 0;
      return {
        numRequests: total,
        nextArrivalTime: () => (ready.length > 0 && numSent < total ? ready[0] : Infinity),
        next: () => bodies.request(numSent++, ready.shift()),
        onRequestEnd(index, now) {
          const time = now + least + (longest - least) * delays.at(index).float();
          let i = ready.length;
          while (i > 0 && ready[i - 1] > time) i--;
          ready.splice(i, 0, time);
        },
      };
    },
  };
}
