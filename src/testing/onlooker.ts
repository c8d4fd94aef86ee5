/** Shows requests to a policy such that what it does with them can be seen. */
import type { OracleView } from "../request/request.js";
import { Violation } from "./violation.js";

export const LOOKS_ONLY = "it looks at what a server knows, and changes nothing";

/** Keys that are read without being asked for, by whoever prints or awaits a value. */
const INNOCENT = ["then", "toJSON", "constructor", "toString", "valueOf"];

/** What a policy did with requests that were shown to it. */
export class Onlooker {
  readonly #isOracle: boolean;
  #violation: Violation | undefined;

  constructor(isOracle: boolean) {
    this.#isOracle = isOracle;
  }

  show(request: OracleView): OracleView {
    return new Proxy(request, {
      get: (target, key) => {
        if (typeof key === "symbol" || INNOCENT.includes(key)) return Reflect.get(target, key);
        if (key === "stopLength" && !this.#isOracle) {
          this.#report("reads stopLength, which no server knows: an oracle sets needsOutputLength");
        }
        if (!(key in target)) this.#report(`reads ${key}, which requests do not have`);
        return Reflect.get(target, key);
      },
      set: (_, key) => this.#report(`writes ${String(key)} of a request`),
      defineProperty: (_, key) => this.#report(`writes ${String(key)} of a request`),
      deleteProperty: (_, key) => this.#report(`deletes ${String(key)} of a request`),
    });
  }

  showAll(requests: readonly OracleView[]): readonly OracleView[] {
    return new Proxy(
      requests.map((request) => this.show(request)),
      {
        set: () => this.#report("changes the list of running requests; sort a copy: toSorted"),
        deleteProperty: () => this.#report("changes the list of running requests"),
      },
    );
  }

  /** Throws what it has seen, also if the policy caught the error. */
  judge(): void {
    if (this.#violation !== undefined) throw this.#violation;
  }

  #report(what: string): never {
    this.#violation ??= new Violation(LOOKS_ONLY, `it ${what}`);
    throw this.#violation;
  }
}
