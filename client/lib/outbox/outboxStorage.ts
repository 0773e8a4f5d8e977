import type { OutboxEntry, OutboxStorage } from './outboxTypes';

/**
 * Stores one record per entry, so that tabs do not overwrite each other. A new tab also loads the
 * entries of other tabs. If two tabs send an entry, its clientMutationId makes it count once.
 */
export function createOutboxStorage(store: Storage, viewerId: string): OutboxStorage {
  const prefix = `labelloop.outbox.${viewerId}.`;
  return {
    load: () =>
      Object.keys(store)
        .filter((key) => key.startsWith(prefix))
        .map((key) => parse(store.getItem(key)))
        .filter((entry) => entry !== undefined)
        .sort((a, b) => a.createdAt - b.createdAt),
    put: (entry) => {
      try {
        store.setItem(prefix + entry.id, JSON.stringify(entry));
      } catch {
        // If the storage is full or forbidden, the answer is still sent, but does not survive a
        // crash.
      }
    },
    remove: (id) => store.removeItem(prefix + id),
  };
}

function parse(text: string | null): OutboxEntry | undefined {
  try {
    const entry = JSON.parse(text ?? 'null') as OutboxEntry | null;
    return entry && typeof entry.id === 'string' ? entry : undefined;
  } catch {
    return undefined;
  }
}
