import { ArgsType, Field, Int, ObjectType } from 'type-graphql';
import { limits } from '../../shared/limits';
import { InvalidInputError, LimitExceededError } from './domainErrors';

@ArgsType()
export class PageArgs {
  @Field(() => Int, { defaultValue: 50 })
  first!: number;

  @Field(() => String, { nullable: true })
  after?: string;
}

@ObjectType()
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => Boolean)
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true })
  startCursor!: string | null;

  @Field(() => String, { nullable: true })
  endCursor!: string | null;
}

/** A page of nodes with the sort key each one's cursor is made of. */
export interface Page<T> {
  nodes: T[];
  keys: SortKey[];
  hasNextPage: boolean;
}
export type SortKey = (string | number | null)[];

export interface PageRequest {
  first: number;
  /** Sort key of the row to go on after. */
  after?: SortKey;
}

export interface Connection<T> {
  edges: { cursor: string; node: T }[];
  nodes: T[];
  pageInfo: PageInfo;
}

const encodeCursor = (key: SortKey) => Buffer.from(JSON.stringify(key)).toString('base64url');

function decodeCursor(cursor: string, length: number): SortKey {
  try {
    const key = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown;
    const isKey =
      Array.isArray(key) &&
      key.length === length &&
      key.every((part) => part === null || ['string', 'number'].includes(typeof part));
    if (isKey) return key as SortKey;
  } catch {
    // falls through to the typed error
  }
  throw new InvalidInputError(
    'after',
    'This is not a cursor of this list. Use pageInfo.endCursor.',
  );
}

/** @throws InvalidInputError, LimitExceededError */
export function pageRequest(args: PageArgs, keyLength: number): PageRequest {
  if (args.first < 0) throw new InvalidInputError('first', 'Ask for 0 or more.');
  if (args.first > limits.maxPageSize)
    throw new LimitExceededError('entries on a page', limits.maxPageSize, args.first);
  return {
    first: args.first,
    ...(args.after && { after: decodeCursor(args.after, keyLength) }),
  };
}

/** Rows were asked for one more than the page holds; `keyOf` is what the cursor is made of. */
export function toPage<T>(rows: T[], first: number, keyOf: (row: T) => SortKey): Page<T> {
  const nodes = rows.slice(0, first);
  return { nodes, keys: nodes.map(keyOf), hasNextPage: rows.length > first };
}

export function toConnection<T>(page: Page<T>, request: PageRequest): Connection<T> {
  const edges = page.nodes.map((node, index) => ({
    node,
    cursor: encodeCursor(page.keys[index] ?? []),
  }));
  return {
    edges,
    nodes: page.nodes,
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: request.after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
