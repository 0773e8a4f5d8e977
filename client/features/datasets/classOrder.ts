/** The list with one item moved; indexes beyond the ends mean the ends. */
export function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const rest = [...items];
  const [item] = rest.splice(from, 1);
  if (item === undefined) return [...items];
  rest.splice(Math.max(0, Math.min(to, rest.length)), 0, item);
  return rest;
}

/** Where a row dragged by `offset` pixels would land. */
export const targetIndex = (from: number, offset: number, rowHeight: number, count: number) =>
  Math.max(0, Math.min(count - 1, from + Math.round(offset / rowHeight)));

/** The key of a press that can be a hotkey: one visible character without modifiers, letters small. */
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

export const ownerOfHotkey = <T extends { id: string; hotkey: string | null; archived: boolean }>(
  classes: readonly T[],
  hotkey: string,
  exceptId: string,
) => classes.find((each) => !each.archived && each.id !== exceptId && each.hotkey === hotkey);
