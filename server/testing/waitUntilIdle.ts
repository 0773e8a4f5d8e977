import { jobSchedule } from '../jobs/jobMap';
import type { TestServer } from './testServer';
import { waitUntil } from './waitUntil';

/** Waits until every job is done, except those on a schedule. Their events are written then. */
export const waitUntilIdle = ({ container }: TestServer): Promise<void> =>
  waitUntil(async () => {
    const jobs = await container.dataSource.query<unknown[]>(
      `SELECT 1 FROM pgboss.job WHERE state IN ('created', 'retry', 'active') AND NOT name = ANY($1)`,
      [Object.keys(jobSchedule)],
    );
    return jobs.length === 0;
  });
