import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import PgBoss from 'pg-boss';
import { entities } from '../app/entities';
import { createTestDatabase, type TestDatabase } from '../testing/testDatabase';
import { createDataSource } from './dataSource';
import { SteadyClient } from './steadyClient';

const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** The message with which PostgreSQL ends a connection. */
function endedByAdministrator(): Buffer {
  const parts = [
    ['S', 'FATAL'],
    ['V', 'FATAL'],
    ['C', '57P01'],
    ['M', 'terminating the connection'],
  ];
  const fields = Buffer.from(`${parts.map(([kind, text]) => `${kind}${text}\0`).join('')}\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeUInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

let database: TestDatabase;
let proxy: Server;
let url: string;
/** Connections that still end at the moment when they are ready. */
let ending = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  const target = new URL(database.url);
  proxy = createServer((socket) => {
    const upstream = connect(Number(target.port), target.hostname);
    socket.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      const ends = ending > 0 && chunk.subarray(-readyForQuery.length).equals(readyForQuery);
      if (!ends) return void socket.write(chunk);
      ending--;
      // In one piece, so that the client reads both at once.
      socket.end(Buffer.concat([chunk, endedByAdministrator()]));
      upstream.destroy();
    });
    upstream.on('error', () => socket.destroy());
    upstream.on('close', () => socket.end());
    socket.on('error', () => upstream.destroy());
    socket.on('close', () => upstream.destroy());
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const through = new URL(database.url);
  through.port = String((proxy.address() as AddressInfo).port);
  url = through.href;
});
afterAll(async () => {
  proxy.close();
  await database.drop();
});

test('a connection that is lost as it becomes ready fails its query and nothing else', async () => {
  const options = { url, poolSize: 2, entities, maxStatementSeconds: 0, maxIdleSeconds: 60 };
  const dataSource = await createDataSource(options).initialize();
  const runners = [dataSource.createQueryRunner(), dataSource.createQueryRunner()];
  // The pool has one connection that is idle, so the second runner needs a new one.
  await runners[0]?.query('SELECT 1');
  ending = 1;
  await expect(runners[1]?.query('SELECT 1')).rejects.toThrow();
  await Promise.all(runners.map((runner) => runner.release()));
  await expect(dataSource.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
  await dataSource.destroy();
});

test('the job queue survives it, too', async () => {
  const boss = new PgBoss({ connectionString: url, ...{ Client: SteadyClient } });
  const errors: Error[] = [];
  boss.on('error', (error) => errors.push(error));
  ending = 1;
  await boss.start().catch((error: Error) => errors.push(error));
  expect(errors).not.toHaveLength(0);
  await boss.stop({ graceful: false, wait: true }).catch(() => {});
});
