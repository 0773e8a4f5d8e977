import { ArgsType, Field, Int, ObjectType } from 'type-graphql';
import { limits } from '../../shared/limits';
import { InvalidCursorError, InvalidInputError, LimitExceededError } from '../domain/errors';
import type { KeyPart, Page, PageRequest, SortKey } from '../domain/page';
import { isKeyPart } from './keyParts';

/** Longer than the cursor of the longest file name. */
const maxCursorLength = 8_192;

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

function decodeCursor(cursor: string, parts: readonly KeyPart[]): SortKey {
  const key = cursor.length <= maxCursorLength ? parsed(cursor) : undefined;
  const isKey =
    Array.isArray(key) &&
    key.length === parts.length &&
    parts.every((part, index) => isKeyPart[part](key[index]));
  if (isKey) return key as SortKey;
  throw new InvalidCursorError('after');
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}

/**
 * Checks the arguments of a page. `keyParts` describes the list's cursors. @throws
 * InvalidCursorError, InvalidInputError, LimitExceededError
 */
export function pageRequest(args: PageArgs, keyParts: readonly KeyPart[]): PageRequest {
  if (args.first < 0) throw new InvalidInputError('first', 'Enter 0 or a larger number.');
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
