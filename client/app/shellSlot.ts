import { createContext } from 'react';

/** The place in the header where the open dataset puts its name and connection. */
export const ShellSlot = createContext<HTMLElement | null>(null);
