import type { SchedulingPolicy } from "../policy.js";

/** First come, first served; the most recently admitted request gives way. vLLM's default. */
export const fcfs = (): SchedulingPolicy => ({ name: "fcfs", isStarvationFree: true });
