/**
 * Start and loop on every PostgreSQL of this machine: the embedded one, and those that the operating
 * system has.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../database/embeddedPostgres';
import type { ApiClient } from '../testing/apiClient';
import { ColourDataset } from '../testing/colourDataset';
import { startRun, waitForRun } from '../testing/runs';
import { startScene } from '../testing/scene';
import { systemBinaries, systemVersions } from '../testing/systemPostgres';
import { createTestDatabase, type TestDatabase } from '../testing/testDatabase';

import { parseConfig } from './config';
import { openContainer, type Container } from './container';

const logger = pino({ level: 'silent' });
const startTimeoutMs = 60_000;
const versions = [{ version: 'embedded', folder: undefined }, ...systemVersions()];

describe.each(versions)('PostgreSQL $version', ({ folder }) => {
  const shared = { ...process.env };
  let home: string | undefined;
  let postgres: EmbeddedPostgres | undefined;

  beforeAll(async () => {
    if (!folder) return;
    home = await mkdtemp(join(tmpdir(), 'labelloop-version-'));
    await chmod(home, 0o755);
    postgres = await startEmbeddedPostgres(home, logger, systemBinaries(folder));
    process.env.LABELLOOP_TEST_POSTGRES = postgres.url;
    process.env.LABELLOOP_TEST_POSTGRES_ADMIN = postgres.adminUrl;
  }, startTimeoutMs);
  afterAll(async () => {
    process.env.LABELLOOP_TEST_POSTGRES = shared.LABELLOOP_TEST_POSTGRES;
    process.env.LABELLOOP_TEST_POSTGRES_ADMIN = shared.LABELLOOP_TEST_POSTGRES_ADMIN;
    await postgres?.stop();
    if (home) await rm(home, { recursive: true, force: true });
  }, startTimeoutMs);

  const startOn = ({ url }: TestDatabase, dataFolder: string): Promise<Container> => {
    const config = parseConfig({ LABELLOOP_DATA: dataFolder, DATABASE_URL: url });
    return openContainer({ config, databaseUrl: url, logger, supervise: true });
  };

  test(
    'processes that start at once on an empty database all start',
    async () => {
      for (let round = 0; round < 3; round++) {
        const database = await createTestDatabase();
        const dataFolder = await mkdtemp(join(tmpdir(), 'labelloop-data-'));
        const starts = [1, 2, 3].map(() => startOn(database, dataFolder));
        const results = await Promise.allSettled(starts);
        const failures = results.filter(({ status }) => status === 'rejected');
        for (const result of results) if (result.status === 'fulfilled') await result.value.close();
        await database.drop();
        await rm(dataFolder, { recursive: true, force: true });
        expect(failures).toEqual([]);
      }
    },
    startTimeoutMs,
  );

  test(
    'images are embedded, labelled, learned and predicted',
    async () => {
      const scene = await startScene();
      try {
        const [ada] = scene.people as [ApiClient];
        const photos = await ColourDataset.create(ada);
        await photos.labelEach(3);
        const { run } = await startRun(ada, photos.id);
        expect(await waitForRun(ada, run?.id ?? '')).toMatchObject({ status: 'PUBLISHED' });
        expect((await photos.counts()).predicted).toBe(photos.images.length);
      } finally {
        await scene.close();
      }
    },
    startTimeoutMs,
  );
});
