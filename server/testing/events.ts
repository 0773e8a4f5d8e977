import { parseGlobalId } from '../graphql/globalId';
import type { EventRecord } from '../modules/events/event.ports';
import type { TestServer } from './testServer';

/**
 * Runs an action and waits for an event of the dataset that it causes. The subscription starts
 * before the action, so no event is missed.
 *
 * @param datasetId global id
 * @param isAwaited called with each event and with the result of the action
 * @returns the result of the action
 */
export async function waitForEvent<T>(
  { container }: TestServer,
  datasetId: string,
  action: () => Promise<T>,
  isAwaited: (event: EventRecord, result: T) => boolean,
): Promise<T> {
  const events = container.hub.subscribe(parseGlobalId(datasetId)?.id ?? '');
  const result = await action();
  for await (const event of events) if (isAwaited(event, result)) break;
  return result;
}
