/** One request as a workload hands it over: what the client sends, and what only the simulator knows. */
import type { Seconds, Tokens } from "../base/units.js";

/** One request of a workload. */
export interface RequestSpec {
  /** When the request reaches the server. */
  readonly arrivalTime: Seconds;
  readonly numPromptTokens: Tokens;
  /** Tokens that the model would generate before it stops by itself (at least 1). No policy sees this. */
  readonly numOutputTokens: Tokens;
  /** The client's bound on the output, which the server knows. Default: `numOutputTokens`. */
  readonly maxTokens?: Tokens;
  /** Lower goes first under the `priority` policy. Default 0. */
  readonly priority?: number;
  /**
   * Identity of the request's full KV blocks, prompt and output together: `blockKeys[i]` stands for tokens
   * 0 … (i + 1) × block size − 1, so equal keys mean an equal prefix. Non-negative integers, kept small and
   * dense by whoever makes them. Blocks beyond the array, or all of them when it is absent, hold content that no other
   * request has.
   */
  readonly blockKeys?: Int32Array;
  /** When the client disconnects; the request is aborted then unless it has finished. Default: never. */
  readonly abortTime?: Seconds;
  /** Who sends it, for policies and for results by tenant. Default: empty, nobody in particular. */
  readonly tenant?: string;
  /** What kind of service it is to get, such as "interactive". Default: empty, none in particular. */
  readonly class?: string;
}
