import type { OutboxEntry, OutboxStorage } from './outboxTypes';

/**
 * One record per entry, so that tabs never write over each other's. A tab that starts adopts what another left
 * behind; should both send an entry, its clientMutationId makes it count once.
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
        // A full or forbidden storage only takes the protection against a crash, not the answer
        // itself.
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
