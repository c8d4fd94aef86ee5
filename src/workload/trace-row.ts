/** Recorded or generated traffic: of each request its lengths, when it comes, and what its prompt has in common with others. */
import type { Seconds, Tokens } from "../base/units.js";

/** A trace as readers give it: its rows, and what should be said of the rest. */
export interface RecordedTrace {
  readonly rows: readonly TraceRow[];
  /** Requests of the source that are not among the rows. Default 0. */
  readonly numSkipped?: number;
  /** What a user should know of the source. Default: nothing. */
  readonly warnings?: readonly string[];
  /** Whether the source says when requests arrive; if not, all times are 0. Default true. */
  readonly isTimed?: boolean;
}

/** A trace may be given as its rows alone. */
export function recorded(trace: readonly TraceRow[] | RecordedTrace): RecordedTrace {
  return "rows" in trace ? trace : { rows: trace };
}

/** One request of a trace. */
export interface TraceRow {
  /** When it arrives; of a request that follows another one, when it did in the recording. */
  readonly arrivalTime: Seconds;
  readonly numPromptTokens: Tokens;
  readonly numOutputTokens: Tokens;
  /** The client's bound on the output. Default: the workload's, else `numOutputTokens`. */
  readonly maxTokens?: Tokens;
  readonly priority?: number;
  readonly abortTime?: Seconds;
  /** What its tokens are, as far as others may share them. Default: unlike any other's. */
  readonly prefix?: PrefixIds | SharedPrefix;
  /** It arrives `delay` seconds after the end of an earlier row of the same trace. Default: at its own time. */
  readonly after?: { readonly row: number; readonly delay: Seconds };
  /** The session that it belongs to. Default: one of its own. */
  readonly session?: number;
  /** Who sent it. Default: nobody in particular. */
  readonly tenant?: string;
  /** The class of service that it belongs to. Default: none. */
  readonly class?: string;
}

/**
 * Ids of blocks of `blockSize` tokens, from the start of the prompt: id i stands for all tokens up to its end, so equal ids mean
 * an equal prefix. `runs` holds pairs (first id, count) of consecutive ids. The last block may be partly filled.
 */
export interface PrefixIds {
  readonly blockSize: Tokens;
  readonly runs: Int32Array;
}

/** The first `numTokens` tokens are those of an earlier row of the same trace, its prompt and then its output. */
export interface SharedPrefix {
  readonly row: number;
  readonly numTokens: Tokens;
}
