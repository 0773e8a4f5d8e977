import { createContext, useContext } from 'react';

export interface Viewer {
  id: string;
  name: string;
}

export interface Session {
  viewer: Viewer;
  /** Ends the session, empties the cache and shows the door. */
  signOut: () => Promise<void>;
}

/** Filled by the session gate (features/session): below it there is always a person. */
export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession is used outside the session gate');
  return session;
}

export const useViewer = () => useSession().viewer;
