import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { ApiClient } from '../../testing/apiClient';
import { createDataset, uploadPhotos, type TestDataset } from '../../testing/factories';
import { startTestServer, type TestServer } from '../../testing/testServer';

interface Transaction {
  statements: string[];
  /** How often a statement was sent while no other one was waiting for its answer. */
  roundTrips: number;
}

const textOf = (statement: unknown): string =>
  typeof statement === 'string' ? statement : (statement as { text: string }).text;

/** Records the transactions of every connection that is opened from now on. */
function watchTransactions(): Transaction[] {
  const transactions: Transaction[] = [];
  const current = new WeakMap<Client, Transaction & { waiting: number }>();
  const send = Reflect.get(Client.prototype, 'query') as (...values: unknown[]) => Promise<unknown>;
  Reflect.set(Client.prototype, 'query', async function (this: Client, ...values: unknown[]) {
    const statement = textOf(values[0]);
    if (statement === 'START TRANSACTION') {
      const started = { statements: [], roundTrips: 0, waiting: 0 };
      current.set(this, started);
      transactions.push(started);
    }
    const own = current.get(this);
    if (!own) return send.apply(this, values);
    if (own.waiting++ === 0) own.roundTrips++;
    own.statements.push(statement);
    if (statement === 'COMMIT') current.delete(this);
    try {
      return await send.apply(this, values);
    } finally {
      own.waiting--;
    }
  });
  return transactions;
}

let transactions: Transaction[];
let server: TestServer;
let ada: ApiClient;

beforeAll(async () => {
  transactions = watchTransactions();
  server = await startTestServer();
  ada = await server.person('Ada');
});
afterAll(() => server.close());

/** Records an answer in a new dataset, and returns its transaction. */
async function answerIn(dataset: TestDataset): Promise<Transaction | undefined> {
  const [imageId] = await uploadPhotos(ada, dataset.id, 1);
  const input = { imageId, classId: dataset.classes[0]?.id, clientMutationId: randomUUID() };
  transactions.length = 0;
  await ada.request(
    `mutation ($input: RecordLabelInput!) { recordLabel(input: $input) { error { message } } }`,
    { input },
  );
  return transactions.find(({ statements }) =>
    statements.some((one) => one.startsWith('INSERT INTO client_mutation')),
  );
}

test('the transaction of an answer waits for the database seven times', async () => {
  const answer = await answerIn(await createDataset(ada, 'round trips'));
  expect(answer?.statements.at(-1)).toBe('COMMIT');
  expect(answer?.statements.length).toBe(11);
  expect(answer?.roundTrips).toBe(7);
});

test('an answer locks second opinions before lanes, as the publication of a run does', async () => {
  const dataset = await createDataset(ada, 'second opinions');
  await ada.request(
    `mutation ($input: UpdateDatasetInput!) { updateDataset(input: $input) { dataset { id } } }`,
    { input: { id: dataset.id, overlapMode: 'AUTOMATIC' } },
  );
  const answer = await answerIn(dataset);
  const placeOf = (text: string) =>
    answer?.statements.findIndex((one) => one.trim().startsWith(text)) ?? -1;
  expect(placeOf('DELETE FROM second_opinion')).toBeGreaterThan(placeOf('UPDATE "image"'));
  expect(placeOf('UPDATE lane_entry')).toBeGreaterThan(placeOf('DELETE FROM second_opinion'));
});
