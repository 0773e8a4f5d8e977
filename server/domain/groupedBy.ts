/** Groups rows by a key. Every key that was asked for has a group; a row of another key is left out. */
export function groupedBy<Row>(
  keys: readonly string[],
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): Map<string, Row[]> {
  const groups = new Map(keys.map((key): [string, Row[]] => [key, []]));
  for (const row of rows) groups.get(keyOf(row))?.push(row);
  return groups;
}
