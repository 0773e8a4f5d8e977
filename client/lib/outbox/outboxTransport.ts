import type { ApolloClient } from '@apollo/client';
import { CombinedGraphQLErrors, ServerError } from '@apollo/client/errors';
import {
  OutboxRecordLabelsDocument,
  OutboxUndoLabelDocument,
  type RecordLabelInput,
} from '../../gql/operations';
import {
  type LabelEntry,
  type OutboxTransport,
  type Outcome,
  RequestRefused,
  type UndoEntry,
} from './outboxTypes';

/** Codes of temporary errors: the server is starting or overloaded, or the session has expired. */
const temporary = new Set<unknown>(['INTERNAL_SERVER_ERROR', 'UNAUTHENTICATED', undefined]);

function rethrow(error: unknown): never {
  if (CombinedGraphQLErrors.is(error)) {
    const permanent = error.errors.find(({ extensions }) => !temporary.has(extensions?.code));
    if (permanent) throw new RequestRefused(permanent.message);
  }
  if (ServerError.is(error) && [400, 413, 422].includes(error.statusCode))
    throw new RequestRefused('The server refused the request.');
  throw error;
}

const inputOf = (entry: LabelEntry): RecordLabelInput => ({
  imageId: entry.image.id,
  classId: entry.class.id,
  leaseToken: entry.leaseToken,
  expectedVersion: entry.expectedVersion,
  clientMutationId: entry.id,
});

/**
 * Sends entries through the public API. Answers share a request, but each succeeds or fails alone.
 */
export function createOutboxTransport(client: ApolloClient): OutboxTransport {
  return {
    async sendLabels(entries) {
      const { data } = await client
        .mutate({
          mutation: OutboxRecordLabelsDocument,
          variables: { input: { labels: entries.map(inputOf) } },
        })
        .catch(rethrow);
      const payload = data?.recordLabels;
      if (payload?.error) throw new RequestRefused(payload.error.message);
      if (payload?.results?.length !== entries.length)
        throw new Error('The server returned too few results.');
      return payload.results.map(outcomeOf);
    },
    async sendUndo({ id, labelId }: UndoEntry & { labelId: string }) {
      const { data } = await client
        .mutate({
          mutation: OutboxUndoLabelDocument,
          variables: { input: { labelId, clientMutationId: id } },
        })
        .catch(rethrow);
      if (!data) throw new Error('The server returned no result.');
      return outcomeOf(data.undoLabel);
    },
  };
}

type Refused = Extract<Outcome, { error: unknown }>;

interface Payload {
  label: { id: string } | null;
  error: (Refused['error'] & { image?: Refused['image'] }) | null;
}

function outcomeOf({ label, error }: Payload): Outcome {
  return error ? { error, image: error.image } : { labelId: label?.id };
}
