/** Lines of text within the width that everything the command line prints keeps to. */

/** Fits the narrowest terminal in common use. */
export const WIDTH = 80;

/** Breaks text between words into lines; a longer word stands on a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}

/** Width of the label column of {@link labelled}. */
export const LABEL_WIDTH = 15;

/** Lines beside a label: the label before the first, space before the others. */
export function labelled(
  label: string,
  lines: readonly string[],
  paint: (label: string) => string,
): string[] {
  return lines.map((line, i) =>
    i === 0 ? paint(label) + " ".repeat(LABEL_WIDTH - label.length) + line : indent(line),
  );
}

function indent(line: string): string {
  return " ".repeat(LABEL_WIDTH) + line;
}
