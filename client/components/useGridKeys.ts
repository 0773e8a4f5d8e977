import { type KeyboardEvent, useRef, useState } from 'react';

/**
 * Returns the tile that an arrow key moves to in a grid with `columns` columns. It stops at the
 * edges.
 */
export function neighbour(key: string, index: number, count: number, columns: number): number {
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[key];
  if (step === undefined) return index;
  const target = index + step;
  return target < 0 || target >= count ? index : target;
}

/**
 * Makes a grid one tab stop. Arrow keys move between tiles, Space activates a tile, Enter confirms.
 */
export function useGridKeys(count: number, onConfirm: () => void) {
  const grid = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState(0);
  const onKeyDown = (event: KeyboardEvent) => {
    const onTile = event.target instanceof HTMLElement && event.target.matches('[data-tile]');
    if (!onTile) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      if (!event.repeat) onConfirm();
      return;
    }
    const tiles = [...(grid.current?.querySelectorAll<HTMLElement>('[data-tile]') ?? [])];
    const top = tiles[0]?.getBoundingClientRect().top;
    const columns = tiles.filter((tile) => tile.getBoundingClientRect().top === top).length;
    const next = neighbour(event.key, current, count, columns);
    if (next === current) return;
    event.preventDefault();
    tiles[next]?.focus();
  };
  return { grid, current: Math.min(current, Math.max(0, count - 1)), setCurrent, onKeyDown };
}
