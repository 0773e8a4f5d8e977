import { ofMajority } from '../database/labelMajority';
import type { ConsensusDifference } from '../modules/labels/consensusCheck';
import type { TestServer } from './testServer';

/** Returns the images whose stored consensus does not follow from their history. */
export async function consensusDifferences(server: TestServer): Promise<ConsensusDifference[]> {
  const found: ConsensusDifference[] = [];
  for await (const one of server.container.consensusCheck.differences()) found.push(one);
  return found;
}

/** Returns the images whose history had to adopt what was stored. That happens after an upgrade only. */
export const adoptedImages = ({ container }: TestServer): Promise<unknown[]> =>
  container.dataSource.query(`SELECT image_id FROM consensus_event WHERE kind = 'adopted'`);

/** Returns the images that nothing but labels settles, and whose class is not that of the majority. */
export const withoutMajority = ({ container }: TestServer): Promise<unknown[]> =>
  container.dataSource.query(
    `SELECT image.id FROM image WHERE NOT is_gold AND decided_by IS NULL
       AND consensus_class_id IS DISTINCT FROM ${ofMajority('label.class_id')}
       AND NOT EXISTS (SELECT 1 FROM consensus_event WHERE image_id = image.id AND kind = 'weighed')`,
  );
