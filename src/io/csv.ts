/** One line of CSV to its fields. Numbers and timestamps hold no line ends, so a quoted field ends on its line. */

/**
 * The fields of a line, quotes removed ("" inside quotes stands for one quote), outer blanks trimmed. Undefined when a
 * quoted field is not closed.
 */
export function splitCsvLine(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(",").map((field) => field.trim());
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!;
    if (char === '"' && quoted && line[i + 1] === '"') {
      field += '"';
      i++;
    } else if (char === '"') {
      quoted = !quoted;
    } else if (char === "," && !quoted) {
      fields.push(field.trim());
      field = "";
    } else {
      field += char;
    }
  }
  fields.push(field.trim());
  return quoted ? undefined : fields;
}
