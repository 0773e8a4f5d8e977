/**
 * How rows are locked that will be changed, their keys never: others may go on referring to them. A plain
 * FOR UPDATE would also stop inserts with a foreign key to the row, and two who each wait for the other's deadlock.
 */
export const rowLock = { mode: 'for_no_key_update' } as const;
