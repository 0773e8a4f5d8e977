import { ArgsType, Field, Int, ObjectType } from 'type-graphql';
import { validate as isUuid } from 'uuid';
import { limits } from '../../shared/limits';
import { InvalidInputError, LimitExceededError } from '../domain/errors';
import type { KeyPart, Page, PageRequest, SortKey } from '../domain/page';

@ArgsType()
export class PageArgs {
  @Field(() => Int, { defaultValue: 50, description: 'Maximum number of entries.' })
  first!: number;

  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the last entry of the previous page.',
  })
  after?: string;
}

@ObjectType({ description: 'The position of a page in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether there are more entries after this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether there are entries before this page.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first entry.' })
  startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the last entry. Send it as `after` to get the next page.',
  })
  endCursor!: string | null;
}

export interface Connection<T> {
  edges: { cursor: string; node: T }[];
  nodes: T[];
  pageInfo: PageInfo;
}

const encodeCursor = (key: SortKey) => Buffer.from(JSON.stringify(key)).toString('base64url');

const maxInteger = 2 ** 31 - 1;
const fraction = /^\d+(\.\d+)?(e-\d+)?$/;
const instant = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)*$/;
const isPart: Record<KeyPart, (value: unknown) => boolean> = {
  uuid: isUuid,
  integer: (value) => Number.isInteger(value) && Math.abs(value as number) <= maxInteger,
  text: (value) => typeof value === 'string' && !value.includes('\0'),
  // PostgreSQL's text of a real between 0 and 1, and of a timestamptz
  fraction: (value) => typeof value === 'string' && fraction.test(value) && Number(value) <= 1,
  instant: (value) =>
    typeof value === 'string' && instant.test(value) && !isNaN(Date.parse(value.slice(0, 19))),
};

function decodeCursor(cursor: string, parts: readonly KeyPart[]): SortKey {
  try {
    const key = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown;
    const isKey =
      Array.isArray(key) &&
      key.length === parts.length &&
      parts.every((part, index) => isPart[part](key[index]));
    if (isKey) return key as SortKey;
  } catch {
    // falls through to the typed error
  }
  throw new InvalidInputError(
    'after',
    'This is not a cursor of this list. Use pageInfo.endCursor.',
  );
}

/**
 * Checks the arguments of a page. `keyParts` describes the list's cursors. @throws
 * InvalidInputError, LimitExceededError
 */
export function pageRequest(args: PageArgs, keyParts: readonly KeyPart[]): PageRequest {
  if (args.first < 0) throw new InvalidInputError('first', 'Ask for 0 or more.');
  if (args.first > limits.maxPageSize)
    throw new LimitExceededError('entries on a page', limits.maxPageSize, args.first);
  return {
    first: args.first,
    ...(args.after != null && { after: decodeCursor(args.after, keyParts) }),
  };
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
