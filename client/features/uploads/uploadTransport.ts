import type { ApolloClient } from '@apollo/client';
import {
  UploadCompleteDocument,
  UploadCreateTicketsDocument,
  UploadPageDocument,
  type UploadCompleteMutation,
} from '../../gql/operations';
import {
  PermanentUploadError,
  TicketGoneError,
  type Ticket,
  type UploadAnswer,
  type UploadTransport,
} from './uploadTypes';

/** A connection without progress for this long counts as lost. */
const stallTimeoutMs = 60_000;

type Result = NonNullable<UploadCompleteMutation['completeUploads']['results']>[number];

const answerOf = (result: Result): UploadAnswer => ({
  ticketId: result.ticketId,
  duplicate: result.duplicate,
  archive: result.import !== null,
  ...(result.refusal && { refusal: result.refusal }),
});

/** The server answers `{"message": "…"}`, but a proxy may answer anything. */
function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' ? message : '';
  } catch {
    return '';
  }
}

/** 409 means that an earlier attempt has arrived. Its completion can be repeated. */
export const hasArrived = (status: number) => (status >= 200 && status < 300) || status === 409;

/** Turns the HTTP status of a failed PUT into an error that says whether a retry helps. */
export function failureOf(status: number, text: string): Error {
  const message = messageOf(text);
  if (status === 404 || status === 410)
    return new TicketGoneError(message || 'The upload ticket has expired.');
  if (status === 413)
    return new PermanentUploadError(message || 'The file is too large.', 'TOO_LARGE');
  const isTransient = status === 0 || status === 408 || status === 429 || status >= 500;
  if (isTransient) return new Error(message || 'The connection was lost.');
  return new PermanentUploadError(message || `The server refused the file (HTTP ${status}).`);
}

/** Uses XMLHttpRequest, because fetch does not report upload progress. */
function put(
  ticket: Ticket,
  file: Blob,
  onProgress: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const lost = () => reject(failureOf(0, ''));
    let stall = setTimeout(() => request.abort(), stallTimeoutMs);
    request.upload.onprogress = ({ loaded }) => {
      clearTimeout(stall);
      stall = setTimeout(() => request.abort(), stallTimeoutMs);
      onProgress(loaded);
    };
    request.onload = () =>
      hasArrived(request.status)
        ? resolve()
        : reject(failureOf(request.status, request.responseText));
    request.onerror = lost;
    request.onabort = lost;
    request.onloadend = () => clearTimeout(stall);
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.open('PUT', ticket.url);
    request.withCredentials = true;
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.send(file);
  });
}

const hasArchive = (results: Result[]) => results.some((result) => result.import);

export function createUploadTransport(client: ApolloClient, datasetId: string): UploadTransport {
  return {
    put,
    async createTickets(files) {
      const { data } = await client.mutate({
        mutation: UploadCreateTicketsDocument,
        variables: { input: { datasetId, files } },
      });
      const payload = data?.createUploads;
      if (payload?.error) throw new PermanentUploadError(payload.error.message);
      if (payload?.tickets?.length !== files.length)
        throw new Error('The server returned no tickets.');
      return payload.tickets;
    },
    async complete(ticketIds) {
      const { data } = await client.mutate({
        mutation: UploadCompleteDocument,
        variables: { input: { ticketIds } },
        fetchPolicy: 'no-cache',
      });
      const payload = data?.completeUploads;
      if (payload?.error) throw new PermanentUploadError(payload.error.message);
      const results = payload?.results ?? [];
      // A new import is missing in the cached list. Later changes arrive as events.
      if (hasArchive(results)) void client.refetchQueries({ include: [UploadPageDocument] });
      return results.map(answerOf);
    },
  };
}
