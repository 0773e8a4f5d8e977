import { useApolloClient } from '@apollo/client/react';
import { useSyncExternalStore } from 'react';
import type { ApolloClient } from '@apollo/client';
import { UploadEngine } from './uploadEngine';
import { createUploadTransport } from './uploadTransport';

/** The engines outlive the page, so that an upload continues while the person labels. */
const engines = new Map<string, UploadEngine>();

function warnBeforeLeaving(event: BeforeUnloadEvent) {
  const busy = [...engines.values()].some((engine) => engine.active);
  if (busy) event.preventDefault();
}

function engineOf(datasetId: string, client: ApolloClient): UploadEngine {
  const existing = engines.get(datasetId);
  if (existing) return existing;
  if (engines.size === 0) window.addEventListener('beforeunload', warnBeforeLeaving);
  const engine = new UploadEngine(createUploadTransport(client, datasetId));
  engines.set(datasetId, engine);
  return engine;
}

export function useUploads(datasetId: string) {
  const client = useApolloClient();
  const engine = engineOf(datasetId, client);
  const snapshot = useSyncExternalStore(engine.subscribe, engine.getSnapshot);
  return { engine, snapshot };
}
