import { startFailure } from './startErrors';

const needs = {
  dataFolder: '/srv/labelloop/data',
  host: '10.0.0.9',
  port: 4000,
  databaseUrl: 'postgresql://app:secret@db.example:5432/labels',
};
const failed = (facts: object, message = 'failed') => Object.assign(new Error(message), facts);

test.each([
  ['a port in use', { code: 'EADDRINUSE', syscall: 'listen' }, 'LABELLOOP_PORT'],
  ['a low port', { code: 'EACCES', syscall: 'listen' }, 'above 1023'],
  ['a wrong address', { code: 'EADDRNOTAVAIL', syscall: 'listen' }, 'no address 10.0.0.9'],
  ['a full disk', { code: 'ENOSPC' }, 'The disk of /srv/labelloop/data is full'],
  ['a read-only disk', { code: 'EROFS', path: '/srv/labelloop/data/x' }, 'read-only'],
  [
    'a folder of another account',
    { code: 'EACCES', path: '/srv/labelloop/data' },
    '/srv/labelloop,',
  ],
  ['a file as data folder', { code: 'EEXIST', path: '/srv/labelloop/data' }, 'is not a folder'],
  ['a stopped database', { code: 'ECONNREFUSED' }, 'No PostgreSQL answers at db.example:5432'],
  ['an unknown host', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }, 'is not known'],
  ['a wrong password', { code: '28P01' }, 'refuses the user app'],
  ['a missing database', { code: '3D000' }, 'no database labels'],
  ['a user without rights', { code: '42501' }, 'owner of the database'],
  ['a database without connections', { code: '53300' }, 'DATABASE_POOL'],
  ['a database without disk', { code: '53100' }, 'The disk of PostgreSQL at db.example:5432'],
  ['a socket of another account', { code: 'EACCES', syscall: 'connect' }, 'may not connect'],
  ['a database that starts', { code: '57P03' }, 'is starting or stopping'],
])('%s is told with what to do', (_what, facts, told) => {
  const sentence = startFailure(failed(facts), needs);
  expect(sentence).toContain(told);
  expect(sentence).not.toContain('secret');
});

test('the last words of PostgreSQL about a full disk count as a full disk', () => {
  const words = 'PostgreSQL ended with 1: FATAL: could not write: No space left on device';
  expect(startFailure(new Error(words), { ...needs, databaseUrl: undefined })).toContain('is full');
});

test('a database that does not answer is told as one', () => {
  const error = new Error('timeout expired');
  expect(startFailure(error, needs)).toContain('does not answer');
});

test('errors of our own keep their sentence', () => {
  const sentence = 'Labelloop already runs on /srv/labelloop/data (process 7).';
  expect(startFailure(new Error(sentence), needs)).toBe(sentence);
});
