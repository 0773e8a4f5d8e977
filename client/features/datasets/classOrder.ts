/** Returns the list with one item moved. An index beyond an end means that end. */
export function moveItem<T>(items: readonly T[], from: number, to: number): T[] {
  const rest = [...items];
  const [item] = rest.splice(from, 1);
  if (item === undefined) return [...items];
  rest.splice(Math.max(0, Math.min(to, rest.length)), 0, item);
  return rest;
}

/** The new index of a row that is dragged by `offset` pixels. */
export const targetIndex = (from: number, offset: number, rowHeight: number, count: number) =>
  Math.max(0, Math.min(count - 1, from + Math.round(offset / rowHeight)));

/** The hotkey of a key press: one visible character in lower case, without modifiers; else null. */
export function hotkeyOf(event: {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}): string | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const key = event.key.toLowerCase();
  return [...key].length === 1 && key.trim() !== '' ? key : null;
}

/** The active class that has the hotkey, apart from one class. */
export const ownerOfHotkey = <T extends { id: string; hotkey: string | null; archived: boolean }>(
  classes: readonly T[],
  hotkey: string,
  exceptId: string,
) => classes.find((each) => !each.archived && each.id !== exceptId && each.hotkey === hotkey);
