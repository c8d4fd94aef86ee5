import { InvariantError } from "./errors.js";

/** States an invariant; throws {@link InvariantError} naming it when it does not hold. */
export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new InvariantError(`invariant broken: ${invariant}`);
}
