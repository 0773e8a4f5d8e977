import { type PointerEvent, useCallback, useEffect, useState } from 'react';

interface View {
  scale: number;
  x: number;
  y: number;
}

const whole: View = { scale: 1, x: 0, y: 0 };
const most = 12;

/** Scales around a point, given from the middle of the frame, so that what is under it stays under it. */
export function zoomAt(view: View, factor: number, at = { x: 0, y: 0 }): View {
  const scale = Math.min(most, Math.max(1, view.scale * factor));
  if (scale === 1) return whole;
  const ratio = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio };
}

export interface Zoom {
  /** Give it to the frame as its `ref`. */
  attach: (frame: HTMLElement | null) => void;
  zoomed: boolean;
  /** CSS transform of the picture. */
  transform: string;
  zoom: (factor: number) => void;
  reset: () => void;
  onPointerDown: (event: PointerEvent) => void;
  onPointerMove: (event: PointerEvent) => void;
}

/** Zoom by wheel and buttons, pan by dragging. Every new image starts whole. */
export function useZoom(imageId: string): Zoom {
  const [element, attach] = useState<HTMLElement | null>(null);
  const [view, setView] = useState(whole);
  const [shown, setShown] = useState(imageId);
  if (shown !== imageId) {
    setShown(imageId);
    setView(whole);
  }

  useEffect(() => {
    if (!element) return;
    // React's own wheel listener is passive and could not keep the page from scrolling.
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const at = {
        x: event.clientX - box.left - box.width / 2,
        y: event.clientY - box.top - box.height / 2,
      };
      setView((known) => zoomAt(known, Math.exp(-event.deltaY / 400), at));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [element]);

  const zoom = useCallback((factor: number) => setView((known) => zoomAt(known, factor)), []);
  const reset = useCallback(() => setView(whole), []);
  const onPointerDown = (event: PointerEvent) => {
    if (view.scale > 1) event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const { movementX, movementY } = event;
    setView((known) => ({ ...known, x: known.x + movementX, y: known.y + movementY }));
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
