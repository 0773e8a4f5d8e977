import { useState } from 'react';
import { moveItem, targetIndex } from './classOrder';

interface Drag {
  from: number;
  startY: number;
  offset: number;
}

/** Reorders rows of equal height by dragging their handle, or with the arrow keys on it. */
export function useRowDrag<T>(items: T[], rowHeight: number, onReorder: (items: T[]) => void) {
  const [drag, setDrag] = useState<Drag | null>(null);
  const to = drag ? targetIndex(drag.from, drag.offset, rowHeight, items.length) : -1;

  const drop = () => {
    if (drag && to !== drag.from) onReorder(moveItem(items, drag.from, to));
    setDrag(null);
  };

  /** Rows between the old and the new position make room for the dragged row. */
  const offsetOf = (index: number) => {
    if (!drag) return 0;
    if (index === drag.from) return drag.offset;
    if (index > drag.from && index <= to) return -rowHeight;
    if (index < drag.from && index >= to) return rowHeight;
    return 0;
  };

  const handleProps = (index: number) => ({
    onPointerDown: (event: React.PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setDrag({ from: index, startY: event.clientY, offset: 0 });
    },
    onPointerMove: (event: React.PointerEvent<HTMLElement>) => {
      if (drag) setDrag({ ...drag, offset: event.clientY - drag.startY });
    },
    onPointerUp: drop,
    onPointerCancel: () => setDrag(null),
    onKeyDown: (event: React.KeyboardEvent<HTMLElement>) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (event.key === 'Escape') setDrag(null);
      if (!step) return;
      event.preventDefault();
      const target = index + step;
      if (target >= 0 && target < items.length) onReorder(moveItem(items, index, target));
    },
  });

  return { dragged: drag?.from ?? -1, offsetOf, handleProps };
}

export type HandleProps = ReturnType<ReturnType<typeof useRowDrag>['handleProps']>;
