/** The head of the queue that found no room: it is looked up again only when something has changed for it. */
import type { Tokens } from "../base/units.js";
import type { Request } from "../request/request.js";

export class BlockedHead {
  #request: Request | undefined = undefined;
  #numTokens: Tokens = 0;
  #numNewTokens: Tokens = 0;
  /** The first key of its prefix that was not found. */
  missingKey = 0;

  /** There is no room for so many new tokens of a request; 0: however few they are. */
  block(request: Request, numNewTokens: Tokens, missingKey: number): void {
    this.#request = request;
    this.#numTokens = request.numTokens;
    this.#numNewTokens = numNewTokens;
    this.missingKey = missingKey;
  }

  /** It is this request, it would be given no fewer new tokens than then, and no block was given back since. */
  is(request: Request, maxNewTokens: Tokens): boolean {
    return (
      request === this.#request &&
      request.numTokens === this.#numTokens &&
      maxNewTokens >= this.#numNewTokens
    );
  }

  /** Blocks were given back. */
  release(): void {
    this.#request = undefined;
  }
}
