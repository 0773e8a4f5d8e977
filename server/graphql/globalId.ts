import { validate as isUuid } from 'uuid';
import { NotFoundError } from '../domain/errors';
import type { NodeName } from '../domain/ids';

/** Returns an id that is unique over all types and opaque to clients. */
export function toGlobalId(type: NodeName, id: string): string {
  return Buffer.from(`${type}:${id}`).toString('base64url');
}

/** Longer than the longest name of a type with a uuid. */
const maxGlobalIdLength = 100;

export function parseGlobalId(globalId: string): { type: string; id: string } | undefined {
  if (globalId.length > maxGlobalIdLength) return undefined;
  const [type, id, ...rest] = Buffer.from(globalId, 'base64url').toString().split(':');
  if (!type || !id || rest.length > 0 || !isUuid(id)) return undefined;
  return { type, id };
}

/**
 * The client sent something that is not a global id of this type. It is returned as it was sent, or
 * its beginning.
 */
export class InvalidGlobalIdError extends NotFoundError {
  readonly globalId: string;

  constructor(type: NodeName, globalId: string) {
    super(type, globalId.slice(0, maxGlobalIdLength));
    this.globalId = globalId.slice(0, maxGlobalIdLength);
  }
}

/** @throws InvalidGlobalIdError */
export function fromGlobalId(type: NodeName, globalId: string): string {
  const parsed = parseGlobalId(globalId);
  if (parsed?.type !== type) throw new InvalidGlobalIdError(type, globalId);
  return parsed.id;
}

type Optional = null | undefined;
type RequiredIds<T> = {
  [K in keyof T as T[K] extends string | string[] ? K : never]?: NodeName;
};
type OptionalIds<T> = {
  [K in keyof T as T[K] extends string | Optional ? K : never]?: NodeName;
};

/**
 * Copies a resolver's input with plain ids in place of global ones. An optional id may be null, missing or empty.
 *
 * An id is decoded when the service reads it, so the service decides the order of its checks: a viewer who is not
 * signed in, for example, is refused before an invalid class id is.
 */
export function withPlainIds<T extends object>(
  input: T,
  required: RequiredIds<T>,
  optional: OptionalIds<T> = {},
): T {
  const copy = { ...input };
  const define = (key: string, get: () => unknown) =>
    Object.defineProperty(copy, key, { get, enumerable: true });
  for (const [key, type] of entriesOf(required))
    define(key, () => {
      const value = input[key as keyof T] as string | string[];
      return typeof value === 'string'
        ? fromGlobalId(type, value)
        : value.map((id) => fromGlobalId(type, id));
    });
  for (const [key, type] of entriesOf(optional))
    define(key, () => {
      const value = input[key as keyof T] as string | Optional;
      return value ? fromGlobalId(type, value) : null;
    });
  return copy;
}

const entriesOf = (types: object) => Object.entries(types) as [string, NodeName][];
