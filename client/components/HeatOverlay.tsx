import { useEffect, useRef, type CSSProperties } from 'react';
import { canvasSize, heatPixels, type HeatMap } from '../lib/explain/heatMap';

export interface HeatOverlayProps {
  map: HeatMap;
  /** Size of the image in pixels. The canvas gets the same aspect ratio. */
  width: number;
  height: number;
  /** Describes the heat map for screen readers. */
  label: string;
  className?: string | undefined;
  style?: CSSProperties;
}

/** Draws a heat map over an image. The class name positions it, and clicks pass through. */
export function HeatOverlay({ map, width, height, label, className, style }: HeatOverlayProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = canvasSize(width, height);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const pixels = context.createImageData(size.width, size.height);
    pixels.data.set(heatPixels(map, size.width, size.height));
    context.putImageData(pixels, 0, 0);
  }, [map, size.width, size.height]);
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={label}
      width={size.width}
      height={size.height}
      className={className}
      style={{ pointerEvents: 'none', ...style }}
    />
  );
}
