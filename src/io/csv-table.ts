/** A CSV file whose header has been read: which of the formats it is, and how its lines become rows. */
import { splitCsvLine } from "./csv.js";
import { abbreviated, FieldError } from "./fields.js";
import type { CsvFormat, Field } from "./formats/csv-formats.js";
import type { TraceDraft } from "./trace-draft.js";
import { csvFormats, describeFormats, type CsvFormatName } from "./trace-formats.js";

export interface CsvTable {
  /** Throws FieldError. */
  read(line: string): void;
}

/**
 * @param names of the formats that it may be
 * @param wanted the format that was asked for, for messages
 * @throws FieldError when the header is none of theirs
 */
export function openTable(
  headerLine: string,
  names: readonly CsvFormatName[],
  draft: TraceDraft,
  wanted: string | undefined,
): { readonly name: CsvFormatName; readonly table: CsvTable } {
  const header = split(headerLine);
  const columns = header.map((column) => column.toLowerCase());
  const name = names.find((candidate) =>
    csvFormats[candidate].columns.every((column) => columns.includes(column.toLowerCase())),
  );
  if (name === undefined) {
    throw new FieldError(
      `unknown header "${abbreviated(headerLine)}"; accepted are ${describeFormats(wanted === undefined ? undefined : [wanted])}`,
    );
  }
  const format: CsvFormat = csvFormats[name];
  const known = [...format.columns, ...format.optionalColumns];
  for (const [i, column] of columns.entries()) {
    if (!known.some((other) => other.toLowerCase() === column)) {
      throw new FieldError(
        `unknown column "${abbreviated(header[i]!)}"; accepted is ${describeFormats([name])}`,
      );
    }
    if (columns.indexOf(column) !== i) throw new FieldError(`column "${header[i]}" comes twice`);
  }

  let fields: readonly string[] = [];
  const positions = new Map(known.map((column) => [column, columns.indexOf(column.toLowerCase())]));
  const field: Field = (column) => fields[positions.get(column)!] || undefined;
  const readRow = format.open(draft);
  const table: CsvTable = {
    read(line) {
      fields = split(line);
      if (fields.length !== header.length) {
        throw new FieldError(`${fields.length} columns where the header has ${header.length}`);
      }
      readRow(field);
    },
  };
  return { name, table };
}

function split(line: string): string[] {
  const fields = splitCsvLine(line);
  if (fields === undefined) throw new FieldError("a quoted field is not closed");
  return fields;
}
