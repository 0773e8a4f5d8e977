import { type RefObject, useLayoutEffect, useRef } from 'react';

const duration = 320;

/**
 * Lets the children of a list glide to their new places when its order changes. Each child carries a `data-key`.
 * A child that is new fades in; one that stays where it is does not move.
 */
export function useReorderAnimation(list: RefObject<HTMLElement | null>, order: readonly string[]) {
  const places = useRef(new Map<string, number>());
  const key = order.join();
  useLayoutEffect(() => {
    const before = places.current;
    const after = new Map<string, number>();
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    for (const child of list.current?.querySelectorAll<HTMLElement>('[data-key]') ?? []) {
      const id = child.dataset.key ?? '';
      const top = child.offsetTop;
      after.set(id, top);
      if (calm || !before.size) continue;
      const from = before.get(id);
      if (from === undefined) child.animate([{ opacity: 0 }, { opacity: 1 }], { duration });
      else if (from !== top)
        child.animate([{ transform: `translateY(${from - top}px)` }, { transform: 'none' }], {
          duration,
          easing: 'cubic-bezier(0.2, 0, 0, 1)',
        });
    }
    places.current = after;
  }, [list, key]);
}
