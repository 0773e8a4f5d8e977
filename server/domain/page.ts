/** The values that a list is sorted by, of one row. They identify its position in the list. */
export type SortKey = (string | number | null)[];

/** The kind of one value of a sort key. A key that a client made up must not reach the database. */
export type KeyPart = 'uuid' | 'integer' | 'text' | 'fraction' | 'instant';

export interface PageRequest {
  first: number;
  /** The page starts after the row with this sort key. */
  after?: SortKey;
}

/** A page of rows. `keys` holds the sort key of each node, in the same order. */
export interface Page<T> {
  nodes: T[];
  keys: SortKey[];
  hasNextPage: boolean;
}

/** Cuts `rows` to a page of `first` rows. Pass one row more to have `hasNextPage` set. */
export function toPage<T>(rows: T[], first: number, keyOf: (row: T) => SortKey): Page<T> {
  const nodes = rows.slice(0, first);
  return { nodes, keys: nodes.map(keyOf), hasNextPage: rows.length > first };
}
