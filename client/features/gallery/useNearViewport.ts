import { useEffect, useRef, useState } from 'react';

/** Tracks whether an element is within `margin` pixels of the viewport. */
export function useNearViewport<T extends HTMLElement>(margin: number, initial = false) {
  const ref = useRef<T>(null);
  const [isNear, setIsNear] = useState(initial);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new IntersectionObserver(
      (entries) => setIsNear(entries.some((entry) => entry.isIntersecting)),
      { rootMargin: `${margin}px 0px` },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [margin]);
  return [ref, isNear] as const;
}
