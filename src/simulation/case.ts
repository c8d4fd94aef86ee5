/** Names of the file format and of the typed config: `max_num_seqs` and `maxNumSeqs`, mapped mechanically. */

/** `maxNumSeqs` → `max_num_seqs`. */
export function keyToSnake(key: string): string {
  return key.replace(/(?<=.)[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `max_num_seqs` → `maxNumSeqs`. An underscore that is not between two words stays. */
export function keyToCamel(key: string): string {
  return key.replace(/(?<=[a-z0-9])_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The value with the keys of all plain objects in it in snake_case; arrays are entered, anything else is kept as it is. */
export function toSnakeCase(value: unknown): unknown {
  return mapKeys(value, keyToSnake);
}

/** The value with the keys of all plain objects in it in camelCase; arrays are entered, anything else is kept as it is. */
export function toCamelCase(value: unknown): unknown {
  return mapKeys(value, keyToCamel);
}

function mapKeys(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => mapKeys(item, rename));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [rename(key), mapKeys(item, rename)]),
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
