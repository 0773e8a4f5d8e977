import pino from 'pino';
import { startTestServer, type TestServer } from '../testing/testServer';
import { describeError } from './describeError';

const secret = 'what-somebody-wrote';
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** The line of the log for a query that PostgreSQL really refuses. */
async function logged(sql: string, parameters: unknown[]): Promise<string> {
  const lines: string[] = [];
  const logger = pino(
    { serializers: { err: describeError } },
    { write: (line: string) => void lines.push(line) },
  );
  const error: unknown = await server.container.dataSource.query(sql, parameters).then(
    () => undefined,
    (failure: unknown) => failure,
  );
  logger.error({ err: error }, 'a query failed');
  return lines.join('');
}

test.each([
  ['a value of a wrong type', 'SELECT $1::uuid', [secret]],
  ['a number out of range', 'SELECT length($2::text), $1::int', ['99999999999', secret]],
  [
    'a repeated key',
    `WITH one AS (SELECT $1::text AS name)
     INSERT INTO user_account (id, name) SELECT gen_random_uuid(), one.name FROM one, generate_series(1, 2)`,
    [secret],
  ],
  ['a missing table', 'SELECT $1::text FROM nowhere', [secret]],
])('%s is logged with the query, without its parameters', async (_what, sql, parameters) => {
  const line = await logged(sql, parameters);
  expect(line).toContain('QueryFailedError');
  expect(line).toContain(JSON.stringify(sql).slice(1, 40));
  expect(line).not.toContain(secret);
  expect(line).toMatch(/"code":"[0-9A-Z]{5}"/);
});

test('other errors keep their message, place and cause', () => {
  const error = new TypeError('nothing to read', { cause: new Error('no file') });
  expect(describeError(error)).toMatchObject({
    type: 'TypeError',
    message: 'nothing to read',
    stack: expect.stringContaining('describeError.integration.test') as string,
    cause: { message: 'no file' },
  });
});
