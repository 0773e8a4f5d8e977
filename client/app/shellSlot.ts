import { createContext } from 'react';

/** The element in the header that holds the name and connection of the open dataset. */
export const ShellSlot = createContext<HTMLElement | null>(null);
