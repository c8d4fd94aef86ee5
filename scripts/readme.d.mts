/** The text of README.md with all that follows from the built package made anew. */
export function renderReadme(text: string): Promise<string>;

/** The text of a guide with what its commands print made anew; throws what a command fails with. */
export function renderGuide(text: string): Promise<string>;

/** The fenced blocks of a Markdown text, in order. */
export function codeBlocks(text: string): { language: string; code: string }[];

/** A directory in which the package is installed, as in a project of a user. The caller removes it. */
export function userProject(): Promise<string>;
