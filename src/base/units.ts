/**
 * Base units of the whole project. Names carry a unit only where it is not the base one.
 * These are plain numbers: the alias documents, it does not brand.
 */

/** An instant or a duration, in seconds of simulated time. */
export type Seconds = number;
/** A count of tokens; an exact integer below 2^53. */
export type Tokens = number;
/** A count of bytes. */
export type Bytes = number;
/** Floating-point operations; one multiply-add counts as two. */
export type Flops = number;
