import { Client } from 'pg';
import { v4 as uuid } from 'uuid';

async function withAdmin(use: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: process.env.LABELLOOP_TEST_POSTGRES_ADMIN });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}

export interface TestDatabase {
  url: string;
  drop: () => Promise<void>;
}

/** Creates an empty database for a test file. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${uuid().replaceAll('-', '')}`;
  const url = new URL(process.env.LABELLOOP_TEST_POSTGRES ?? '');
  // The product connects as the owner of its database, not as a superuser.
  await withAdmin((client) => client.query(`CREATE DATABASE ${name} OWNER "${url.username}"`));
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => withAdmin((client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`)),
  };
}
