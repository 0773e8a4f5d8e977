import type { ConsensusDifference } from '../modules/labels/consensusCheck';
import type { TestServer } from './testServer';

/** Returns the images whose stored consensus does not follow from their history. */
export async function consensusDifferences(server: TestServer): Promise<ConsensusDifference[]> {
  const found: ConsensusDifference[] = [];
  for await (const one of server.container.consensusCheck.differences()) found.push(one);
  return found;
}
