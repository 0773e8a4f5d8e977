import { useEffect, useRef, useState } from 'react';

/** Whether an element is on screen or nearly so. */
export function useNearViewport<T extends HTMLElement>(margin: number, atFirst = false) {
  const ref = useRef<T>(null);
  const [near, setNear] = useState(atFirst);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new IntersectionObserver(
      (entries) => setNear(entries.some((entry) => entry.isIntersecting)),
      { rootMargin: `${margin}px 0px` },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [margin]);
  return [ref, near] as const;
}
