import { failureOf, hasArrived } from './uploadTransport';
import { PermanentUploadError, TicketGoneError } from './uploadTypes';

describe('failureOf', () => {
  it.each([404, 410])('requests a new ticket after %i', (status) => {
    expect(failureOf(status, '')).toBeInstanceOf(TicketGoneError);
  });

  it.each([0, 408, 429, 500, 503])('allows a retry after %i', (status) => {
    expect(failureOf(status, '')).not.toBeInstanceOf(PermanentUploadError);
    expect(failureOf(status, '')).not.toBeInstanceOf(TicketGoneError);
  });

  it('keeps the message of the server, but not a page of HTML', () => {
    expect(failureOf(413, '{"message":"At most 50 MB."}')).toMatchObject({
      reason: 'TOO_LARGE',
      message: 'At most 50 MB.',
    });
    expect(failureOf(400, '<html>…').message).toBe('The server refused the file (HTTP 400).');
  });

  it('accepts a file that had already arrived', () => {
    expect([200, 204, 409].every(hasArrived)).toBe(true);
    expect([0, 400, 404, 500].some(hasArrived)).toBe(false);
  });
});
