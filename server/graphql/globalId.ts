import { validate as isUuid } from 'uuid';
import { NotFoundError } from '../domain/errors';

/** Names that global ids may carry: the GraphQL type names of what implements Node. */
export type NodeName =
  | 'User'
  | 'Dataset'
  | 'Class'
  | 'Image'
  | 'Label'
  | 'RetrainRun'
  | 'Certificate'
  | 'Import'
  | 'Export'
  | 'UploadTicket';

/** An id that is unique over all types, opaque to clients. */
export function toGlobalId(type: NodeName, id: string): string {
  return Buffer.from(`${type}:${id}`).toString('base64url');
}

export function parseGlobalId(globalId: string): { type: string; id: string } | undefined {
  const [type, id, ...rest] = Buffer.from(globalId, 'base64url').toString().split(':');
  if (!type || !id || rest.length > 0 || !isUuid(id)) return undefined;
  return { type, id };
}

/** @throws NotFoundError for an id of another type, or one that is none. */
export function fromGlobalId(type: NodeName, globalId: string): string {
  const parsed = parseGlobalId(globalId);
  if (parsed?.type !== type) throw new NotFoundError(type.toLowerCase(), globalId);
  return parsed.id;
}
