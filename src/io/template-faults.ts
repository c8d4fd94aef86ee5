/**
 * On which line of a Jinja2 template something is wrong, which its library does not tell. Slow, so for templates with a fault only: it is
 * found by looking at what the library does with parts of the template, or with marks in it.
 */

/** What is needed of `@huggingface/jinja`. */
type Jinja = Pick<typeof import("@huggingface/jinja"), "parse" | "Template" | "tokenize">;

export interface TemplateFault {
  readonly reason: string;
  /** From 1. */
  readonly line: number;
}

/** What makes a template no Jinja2; undefined where it is. */
export function syntaxFault(template: string, jinja: Jinja): TemplateFault | undefined {
  const options = { lstrip_blocks: true, trim_blocks: true };
  let tokens: ReturnType<Jinja["tokenize"]>;
  try {
    tokens = jinja.tokenize(template, options);
  } catch (error) {
    return { reason: reasonOf(error), line: lineOfBadToken(template, jinja) };
  }
  let last = -1; // the token that the parser looked at last
  const watched = new Proxy(tokens, {
    get(target, key) {
      const index = typeof key === "string" ? Number(key) : NaN;
      if (index >= 0) last = Math.max(last, index);
      return Reflect.get(target, key) as unknown;
    },
  });
  try {
    jinja.parse(watched);
    return undefined;
  } catch (error) {
    const numTags = tokens.slice(0, last + 1).filter(({ type }) => isOpening(type)).length;
    // The parser runs off the end of its tokens where a block is not closed.
    const isCut = last >= tokens.length;
    const reason = isCut ? "it ends inside a block" : reasonOf(error);
    return { reason, line: lineAt(template, tagsOf(template)[numTags - 1] ?? 0) };
  }
}

const isOpening = (type: string) => type === "OpenStatement" || type === "OpenExpression";

/**
 * Of the first line with which the template cannot be cut into tokens. That the template is cut off within a tag, or in a comment, is no fault of
 * its last line, but of where that begins.
 */
function lineOfBadToken(template: string, { tokenize }: Jinja): number {
  const lines = template.split("\n");
  for (let line = 1; line < lines.length; line++) {
    try {
      tokenize(`${lines.slice(0, line).join("\n")}\n `);
    } catch (error) {
      if (!/end of (input|comment)/i.test(reasonOf(error))) return line;
    }
  }
  const opening = Math.max(...["{{", "{%", "{#"].map((mark) => template.lastIndexOf(mark)));
  return lineAt(template, Math.max(opening, 0));
}

/** The line of the tag that a template which does not render had come to. A condition of `elif` counts to the tag before it. */
export function renderedUpTo(
  template: string,
  variables: Readonly<Record<string, unknown>>,
  { Template }: Jinja,
): number | undefined {
  let line: number | undefined;
  const mark = (at: number): string => {
    line = at;
    return "";
  };
  let marked = "";
  let end = 0;
  for (const tag of tagsOf(template)) {
    marked += `${template.slice(end, tag)}{{ line_mark(${lineAt(template, tag)}) }}`;
    end = tag;
  }
  try {
    new Template(marked + template.slice(end)).render({ ...variables, line_mark: mark });
  } catch {
    return line;
  }
  return undefined;
}

/** Where `{{` and `{%` begin; not in comments and texts, and not the tags that the library takes away unread. */
function tagsOf(template: string): number[] {
  const parts = /\{#[^]*?#\}|\{[{%](?:"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|[^"'])*?[%}]\}/g;
  return [...template.matchAll(parts)]
    .filter(([tag]) => !/^\{#|^\{%-?\s*(?:end)?generation\s*-?%\}$/.test(tag))
    .map(({ index }) => index);
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
