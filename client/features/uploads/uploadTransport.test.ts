import { failureOf } from './uploadTransport';
import { PermanentUploadError, TicketGoneError } from './uploadTypes';

describe('failureOf', () => {
  it.each([404, 409, 410])('asks for a fresh ticket after %i', (status) => {
    expect(failureOf(status, '')).toBeInstanceOf(TicketGoneError);
  });

  it.each([0, 408, 429, 500, 503])('lets %i be tried again', (status) => {
    expect(failureOf(status, '')).not.toBeInstanceOf(PermanentUploadError);
    expect(failureOf(status, '')).not.toBeInstanceOf(TicketGoneError);
  });

  it('keeps the server’s sentence of a refusal, and never a page of HTML', () => {
    expect(failureOf(413, 'At most 50 MB.')).toMatchObject({
      reason: 'TOO_LARGE',
      message: 'At most 50 MB.',
    });
    expect(failureOf(400, '<html>…').message).toBe('The server refused it (HTTP 400).');
  });
});
