import { useApolloClient } from '@apollo/client/react';
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useEffectEvent,
  useState,
  useSyncExternalStore,
} from 'react';
import { socket } from '../apollo';
import type { LiveEvent } from './applyEvent';
import type { StreamState } from './eventStream';
import { LiveSession } from './liveSession';

export type { LiveEvent } from './applyEvent';
export type LiveState = StreamState;

const LiveContext = createContext<LiveSession | null>(null);

export interface DatasetLiveProps {
  datasetId: string;
  /** `dataset.eventCursor`, read before other fields of the dataset. Later values are ignored. */
  cursor: string;
  children: ReactNode;
}

/** Provides live events to the pages of a dataset. It needs the dataset's id as `key`. */
export function DatasetLive({ datasetId, cursor, children }: DatasetLiveProps) {
  const client = useApolloClient();
  const [session] = useState(() => new LiveSession(client, socket, datasetId, cursor));
  useEffect(() => session.start(), [session]);
  return <LiveContext value={session}>{children}</LiveContext>;
}

function useLiveSession(): LiveSession {
  const session = useContext(LiveContext);
  if (!session) throw new Error('Live events are used outside an open dataset');
  return session;
}

const useSnapshot = () => {
  const session = useLiveSession();
  return useSyncExternalStore(session.subscribe, session.getSnapshot);
};

/** Returns the state of the connection: `live`, `reconnecting` or `catching up`. */
export const useLiveState = (): LiveState => useSnapshot().state;

/** Returns the latest events of the open dataset, newest first. */
export const useLiveActivity = (_datasetId: string): readonly LiveEvent[] => useSnapshot().activity;

/** Calls `handler` for every event of the open dataset, after it was written to the cache. */
export function useLiveEvent(handler: (event: LiveEvent) => void): void {
  const session = useLiveSession();
  const latest = useEffectEvent(handler);
  useEffect(() => session.onEvent((event) => latest(event)), [session]);
}
