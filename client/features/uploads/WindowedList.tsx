import { Box } from '@mantine/core';
import { useState, type ReactNode } from 'react';

interface Props<T> {
  items: readonly T[];
  rowHeight: number;
  /** A longer list scrolls. */
  maxRows: number;
  label: string;
  keyOf: (item: T) => React.Key;
  row: (item: T) => ReactNode;
}

const overscan = 6;

/** Draws only the visible rows, so that ten thousand files do not become ten thousand elements. */
export function WindowedList<T>({ items, rowHeight, maxRows, label, keyOf, row }: Props<T>) {
  const [scrollTop, setScrollTop] = useState(0);
  const height = Math.min(items.length, maxRows) * rowHeight;
  const total = items.length * rowHeight;
  const top = Math.min(scrollTop, Math.max(0, total - height));
  const first = Math.max(0, Math.floor(top / rowHeight) - overscan);
  const last = Math.min(items.length, Math.ceil((top + height) / rowHeight) + overscan);
  return (
    <Box
      role="list"
      aria-label={label}
      tabIndex={0}
      onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
      style={{ height, overflowY: 'auto', overflowX: 'hidden', contain: 'strict' }}
    >
      <div role="presentation" style={{ height: total, position: 'relative' }}>
        {items.slice(first, last).map((item, index) => (
          <div
            key={keyOf(item)}
            role="listitem"
            aria-posinset={first + index + 1}
            aria-setsize={items.length}
            style={{
              position: 'absolute',
              insetInline: 0,
              top: (first + index) * rowHeight,
              height: rowHeight,
            }}
          >
            {row(item)}
          </div>
        ))}
      </div>
    </Box>
  );
}
