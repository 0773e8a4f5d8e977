import { useEffect, useRef, type CSSProperties } from 'react';
import { canvasSize, heatPixels, type HeatMap } from '../lib/explain/heatMap';

export interface HeatOverlayProps {
  map: HeatMap;
  /** Of the image that it lies over, in pixels: the canvas gets its shape. */
  width: number;
  height: number;
  /** For those who do not see it. */
  label: string;
  className?: string | undefined;
  style?: CSSProperties;
}

/** A heat map to lay over an image. It takes the place that its class gives it and no click. */
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
