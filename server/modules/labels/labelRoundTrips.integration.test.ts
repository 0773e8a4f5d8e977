import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { createDataset, uploadPhotos } from '../../testing/factories';
import { startTestServer } from '../../testing/testServer';

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

test('the transaction of an answer waits for the database six times', async () => {
  const transactions = watchTransactions();
  const server = await startTestServer();
  try {
    const ada = await server.person('Ada');
    const dataset = await createDataset(ada, 'round trips');
    const [imageId] = await uploadPhotos(ada, dataset.id, 1);
    const input = { imageId, classId: dataset.classes[0]?.id, clientMutationId: randomUUID() };
    await ada.request(
      `mutation ($input: RecordLabelInput!) { recordLabel(input: $input) { error { message } } }`,
      { input },
    );
    const answer = transactions.find(({ statements }) =>
      statements.some((one) => one.startsWith('INSERT INTO client_mutation')),
    );
    expect(answer?.statements.at(-1)).toBe('COMMIT');
    expect(answer?.statements.length).toBe(11);
    expect(answer?.roundTrips).toBe(6);
  } finally {
    await server.close();
  }
});
