import { type RefObject, useLayoutEffect, useRef } from 'react';

const duration = 320;

/**
 * Animates the children of a list to their new positions when the order changes. Each child needs
 * a `data-key`. New children fade in.
 */
export function useReorderAnimation(list: RefObject<HTMLElement | null>, order: readonly string[]) {
  const positions = useRef(new Map<string, number>());
  const key = order.join();
  useLayoutEffect(() => {
    const before = positions.current;
    const after = new Map<string, number>();
    const isMotionReduced = matchMedia('(prefers-reduced-motion: reduce)').matches;
    for (const child of list.current?.querySelectorAll<HTMLElement>('[data-key]') ?? []) {
      const id = child.dataset.key ?? '';
      const top = child.offsetTop;
      after.set(id, top);
      if (isMotionReduced || !before.size) continue;
      const from = before.get(id);
      if (from === undefined) child.animate([{ opacity: 0 }, { opacity: 1 }], { duration });
      else if (from !== top)
        child.animate([{ transform: `translateY(${from - top}px)` }, { transform: 'none' }], {
          duration,
          easing: 'cubic-bezier(0.2, 0, 0, 1)',
        });
    }
    positions.current = after;
  }, [list, key]);
}
