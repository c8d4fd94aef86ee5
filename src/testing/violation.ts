/** A law seen broken in one case, before it is known which case is the smallest. */
export class Violation extends Error {
  readonly law: string;

  constructor(law: string, finding: string) {
    super(finding);
    this.law = law;
  }
}

/** The violation that an error comes from, however often it was wrapped. */
export function violationIn(error: unknown): Violation | undefined {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if (inner instanceof Violation) return inner;
  }
  return undefined;
}
