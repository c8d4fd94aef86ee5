export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  /** Counts from 1. */
  readonly line: number;
  readonly file?: string;
}

/** The fenced blocks of a Markdown text, in order. */
export function codeBlocks(text: string): CodeBlock[];

/** What came of running the blocks of a guide. */
export interface GuideRun {
  /** With all outputs made anew. */
  readonly text: string;
  readonly differences: readonly string[];
  readonly numRun: number;
  /** The places of the others, with their reasons. */
  readonly notRun: readonly string[];
}

/** A directory in which the package is installed, as in a project of a user. The caller removes it. */
export function userProject(): Promise<string>;
