import { createContext, useContext } from 'react';

export interface Viewer {
  id: string;
  name: string;
}

export interface Session {
  viewer: Viewer;
  /** Ends the session, clears the cache and shows the sign-in page. */
  signOut: () => Promise<void>;
}

/** The session, which the session gate (features/session) provides to all pages. */
export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession is used outside the session gate');
  return session;
}

export const useViewer = () => useSession().viewer;
