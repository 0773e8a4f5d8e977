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

/** A connection that has moved no byte for this long is taken as lost. */
const STALL_MS = 60_000;

type Result = NonNullable<UploadCompleteMutation['completeUploads']['results']>[number];

const answerOf = (result: Result): UploadAnswer => ({
  ticketId: result.ticketId,
  duplicate: result.duplicate,
  archive: result.import !== null,
  ...(result.refusal && { refusal: result.refusal }),
});

/** The server answers `{"message": "…"}`; a proxy in between may answer anything. */
function sentenceOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' ? message : '';
  } catch {
    return '';
  }
}

/** 409: an earlier try had arrived after all, and its completion may be repeated. */
export const hasArrived = (status: number) => (status >= 200 && status < 300) || status === 409;

/** What an HTTP answer to the PUT means for the file. */
export function failureOf(status: number, text: string): Error {
  const sentence = sentenceOf(text);
  if (status === 404 || status === 410)
    return new TicketGoneError(sentence || 'The upload ticket ran out.');
  if (status === 413) return new PermanentUploadError(sentence || 'Too large.', 'TOO_LARGE');
  const passing = status === 0 || status === 408 || status === 429 || status >= 500;
  if (passing) return new Error(sentence || 'The connection was lost.');
  return new PermanentUploadError(sentence || `The server refused it (HTTP ${status}).`);
}

/** XMLHttpRequest because fetch still tells nothing of upload progress. */
function put(
  ticket: Ticket,
  file: Blob,
  onProgress: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const lost = () => reject(failureOf(0, ''));
    let stall = setTimeout(() => request.abort(), STALL_MS);
    request.upload.onprogress = ({ loaded }) => {
      clearTimeout(stall);
      stall = setTimeout(() => request.abort(), STALL_MS);
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
      if (payload?.tickets?.length !== files.length) throw new Error('The server gave no tickets.');
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
      // A new import is not in the cached list yet; from then on events keep it fresh.
      if (hasArchive(results)) void client.refetchQueries({ include: [UploadPageDocument] });
      return results.map(answerOf);
    },
  };
}
