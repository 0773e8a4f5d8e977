import type { DataSource } from 'typeorm';
import { seededRandom } from '../../models/numeric';
import type { KeyPart } from '../domain/page';
import { textMutations } from '../testing/fuzz/formats';
import { mutate } from '../testing/fuzz/mutate';
import { startTestServer, type TestServer } from '../testing/testServer';
import { isKeyPart } from './keyParts';

/** What a cursor may contain is what PostgreSQL reads: asked of PostgreSQL itself. */
let server: TestServer;
let dataSource: DataSource;

beforeAll(async () => {
  server = await startTestServer();
  ({ dataSource } = server.container);
});
afterAll(() => server.close());

const seeds: Partial<Record<KeyPart, string[]>> = {
  fraction: ['0', '1', '0.25', '1e-07', '1e-45', '0.123456789012'],
  instant: [
    '2026-07-28 09:30:00.123456+00',
    '2024-02-29 23:59:59-15:59:59',
    '0001-01-01 00:00:00+05:30',
    '9999-12-31 23:59:59.999999+15',
  ],
};
const digits = textMutations.concat((input, random) => {
  const copy = Buffer.from(input);
  if (copy.length > 0) copy[random.below(copy.length)] = 48 + random.below(10);
  return copy;
});

/** Texts near the seeds that the check lets through. */
function accepted(part: KeyPart): string[] {
  const random = seededRandom(part);
  const inputs = (seeds[part] ?? []).map((one) => Buffer.from(one));
  const texts = new Set<string>(seeds[part]);
  for (let count = 0; count < 40_000; count++) {
    const input = inputs[random.below(inputs.length)]!;
    const text = mutate(input, random, inputs, digits).toString('utf8');
    if (isKeyPart[part](text)) texts.add(text);
  }
  return [...texts];
}

test.each([
  ['fraction', 'real'],
  ['instant', 'timestamptz'],
] as const)('every accepted %s is a %s', async (part, type) => {
  const texts = accepted(part);
  expect(texts.length).toBeGreaterThan(100);
  const rows: unknown[] = await dataSource.query(
    `SELECT text::${type} FROM unnest($1::text[]) AS given (text)`,
    [texts],
  );
  expect(rows).toHaveLength(texts.length);
});

test.each([
  ['fraction', 'real', '1e-999'],
  ['instant', 'timestamptz', '2026-02-31 09:30:00+00'],
] as const)('PostgreSQL refuses what a %s must not be (%s)', async (part, type, text) => {
  expect(isKeyPart[part](text)).toBe(false);
  await expect(dataSource.query(`SELECT $1::text::${type}`, [text])).rejects.toThrow();
});
