import { failureOf, hasArrived } from './uploadTransport';
import { PermanentUploadError, TicketGoneError } from './uploadTypes';

describe('failureOf', () => {
  it.each([404, 410])('asks for a fresh ticket after %i', (status) => {
    expect(failureOf(status, '')).toBeInstanceOf(TicketGoneError);
  });

  it.each([0, 408, 429, 500, 503])('lets %i be tried again', (status) => {
    expect(failureOf(status, '')).not.toBeInstanceOf(PermanentUploadError);
    expect(failureOf(status, '')).not.toBeInstanceOf(TicketGoneError);
  });

  it('keeps the server’s sentence of a refusal, and never a page of HTML', () => {
    expect(failureOf(413, '{"message":"At most 50 MB."}')).toMatchObject({
      reason: 'TOO_LARGE',
      message: 'At most 50 MB.',
    });
    expect(failureOf(400, '<html>…').message).toBe('The server refused it (HTTP 400).');
  });

  it('takes a file that had arrived before as arrived', () => {
    expect([200, 204, 409].every(hasArrived)).toBe(true);
    expect([0, 400, 404, 500].some(hasArrived)).toBe(false);
  });
});
