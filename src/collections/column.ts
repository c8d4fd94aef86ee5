/** Columns of numbers that grow at their end. Their owner counts rows and capacity once for all its columns. */

type TypedArray = Float64Array | Int32Array | Uint8Array;

/** A longer array that starts with the values of `column` and goes on with zeros. */
export function grown<Values extends TypedArray>(column: Values, length: number): Values {
  const longer = new (column.constructor as new (length: number) => Values)(length);
  longer.set(column);
  return longer;
}

/**
 * The first `length` values of `column` in an array of exactly that length. A copy, unless `share` is set and the column is exactly
 * full: then it is the column itself, for a column that is not written any more.
 */
export function toArray<Values extends TypedArray>(
  column: Values,
  length: number,
  share = false,
): Values {
  return share && length === column.length ? column : (column.slice(0, length) as Values);
}
