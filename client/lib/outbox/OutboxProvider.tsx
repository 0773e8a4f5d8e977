import { useApolloClient } from '@apollo/client/react';
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react';
import { useViewer } from '../session';
import { notifyRefusal } from './notifyRefusal';
import { Outbox } from './outbox';
import { createOutboxStorage } from './outboxStorage';
import { createOutboxTransport } from './outboxTransport';

const OutboxContext = createContext<Outbox | null>(null);

export interface OutboxProviderProps {
  children: ReactNode;
  /** Opens an image whose answer was refused. */
  onShowImage: (datasetId: string, imageId: string) => void;
}

/** Provides the viewer's unsent answers to every page. They survive reloads. */
export function OutboxProvider({ children, onShowImage }: OutboxProviderProps) {
  const client = useApolloClient();
  const { id } = useViewer();
  const [outbox] = useState(
    () => new Outbox(createOutboxTransport(client), createOutboxStorage(localStorage, id)),
  );
  useEffect(() => outbox.start(), [outbox]);
  useEffect(() => {
    const wake = () => outbox.wake();
    addEventListener('online', wake);
    return () => removeEventListener('online', wake);
  }, [outbox]);
  useEffect(
    () => outbox.onRefusal((refusal) => notifyRefusal(refusal, { outbox, onShowImage })),
    [outbox, onShowImage],
  );
  return <OutboxContext value={outbox}>{children}</OutboxContext>;
}

export function useOutbox(): Outbox {
  const outbox = useContext(OutboxContext);
  if (!outbox) throw new Error('useOutbox is used outside its provider');
  return outbox;
}

export const useOutboxState = () => {
  const outbox = useOutbox();
  return useSyncExternalStore(outbox.subscribe, outbox.getSnapshot);
};
