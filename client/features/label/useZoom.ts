import { type PointerEvent, useCallback, useEffect, useState } from 'react';

interface View {
  scale: number;
  x: number;
  y: number;
}

const fitted: View = { scale: 1, x: 0, y: 0 };
const maxScale = 12;

/** Scales around a point, which keeps its place on screen. Its origin is the centre of the frame. */
export function zoomAt(view: View, factor: number, at = { x: 0, y: 0 }): View {
  const scale = Math.min(maxScale, Math.max(1, view.scale * factor));
  if (scale === 1) return fitted;
  const ratio = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio };
}

export interface Zoom {
  /** The `ref` of the frame. */
  attach: (frame: HTMLElement | null) => void;
  zoomed: boolean;
  /** CSS transform of the picture. */
  transform: string;
  zoom: (factor: number) => void;
  reset: () => void;
  onPointerDown: (event: PointerEvent) => void;
  onPointerMove: (event: PointerEvent) => void;
}

/** Zooms by wheel and buttons and pans by dragging. A new image resets the zoom. */
export function useZoom(imageId: string): Zoom {
  const [element, attach] = useState<HTMLElement | null>(null);
  const [view, setView] = useState(fitted);
  const [shown, setShown] = useState(imageId);
  if (shown !== imageId) {
    setShown(imageId);
    setView(fitted);
  }

  useEffect(() => {
    if (!element) return;
    // React's wheel listener is passive, so it cannot stop the page from scrolling.
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const at = {
        x: event.clientX - box.left - box.width / 2,
        y: event.clientY - box.top - box.height / 2,
      };
      setView((current) => zoomAt(current, Math.exp(-event.deltaY / 400), at));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [element]);

  const zoom = useCallback((factor: number) => setView((current) => zoomAt(current, factor)), []);
  const reset = useCallback(() => setView(fitted), []);
  const onPointerDown = (event: PointerEvent) => {
    if (view.scale > 1) event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const { movementX, movementY } = event;
    setView((current) => ({ ...current, x: current.x + movementX, y: current.y + movementY }));
  };
  const zoomed = view.scale > 1;
  const transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
  return {
    attach,
    zoomed,
    transform,
    zoom,
    reset,
    onPointerDown,
    onPointerMove,
  };
}
