/** Every combination of one item from each list, the last list running fastest. */
export function product<T extends readonly (readonly unknown[])[]>(
  ...lists: T
): { -readonly [K in keyof T]: T[K][number] }[] {
  let rows: unknown[][] = [[]];
  for (const list of lists) rows = rows.flatMap((row) => list.map((item) => [...row, item]));
  return rows as { -readonly [K in keyof T]: T[K][number] }[];
}
