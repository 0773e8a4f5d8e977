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

/** Faults that pass: the server is starting, overloaded, or the session has to be renewed first. */
const passing = new Set<unknown>(['INTERNAL_SERVER_ERROR', 'UNAUTHENTICATED', undefined]);

function rethrow(error: unknown): never {
  if (CombinedGraphQLErrors.is(error)) {
    const lasting = error.errors.find(({ extensions }) => !passing.has(extensions?.code));
    if (lasting) throw new RequestRefused(lasting.message);
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

/** Sends entries through the public API; answers go together, each succeeds or fails on its own. */
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
      if (payload?.results?.length !== entries.length) throw new Error('Answers are missing');
      return payload.results.map(outcomeOf);
    },
    async sendUndo({ id, labelId }: UndoEntry & { labelId: string }) {
      const { data } = await client
        .mutate({
          mutation: OutboxUndoLabelDocument,
          variables: { input: { labelId, clientMutationId: id } },
        })
        .catch(rethrow);
      if (!data) throw new Error('The answer is missing');
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
