/** A grid of values from 0 to 1 over an image, row by row, of length height × width. */
export interface HeatMap {
  width: number;
  height: number;
  values: readonly number[];
}

/**
 * Colours from dark to bright at equal steps: matplotlib's perceptually uniform "inferno" (CC0).
 */
const scale: readonly (readonly [number, number, number])[] = [
  [0, 0, 4],
  [33, 12, 74],
  [86, 16, 110],
  [137, 34, 106],
  [187, 55, 84],
  [227, 89, 50],
  [249, 140, 10],
  [249, 201, 50],
  [252, 255, 164],
];

/** Opacity of the highest value. A value of 0 is transparent. */
const maxOpacity = 0.78;

/** Returns the RGB bytes of a value from 0 to 1. */
export function heatColour(value: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, value)) * (scale.length - 1);
  const low = Math.min(scale.length - 2, Math.floor(at));
  const share = at - low;
  const [from, to] = [scale[low]!, scale[low + 1]!];
  const mix = (channel: 0 | 1 | 2) =>
    Math.round(from[channel] + share * (to[channel] - from[channel]));
  return [mix(0), mix(1), mix(2)];
}

/** The colour scale as a CSS gradient from dark to bright, for a legend. */
export const heatGradient = `linear-gradient(to right, ${scale.map((rgb) => `rgb(${rgb.join(' ')})`).join(', ')})`;

const clamp = (value: number, max: number) => Math.min(max, Math.max(0, value));

/** Returns the four nearest cells of each point along one side, with their spline weights. */
function interpolation(cells: number, points: number) {
  return Array.from({ length: points }, (_, point) => {
    // The centre of cell 0 is half a cell from the edge.
    const at = ((point + 0.5) * cells) / points - 0.5;
    const low = Math.floor(at);
    const around = [low - 1, low, low + 1, low + 2].map((cell) => clamp(cell, cells - 1));
    return { around, weights: cubic(at - low) };
  });
}

/**
 * Returns the weights of a cubic B-spline, which is smooth and stays within the range of its
 * inputs.
 */
function cubic(t: number): number[] {
  const s = 1 - t;
  return [
    s ** 3 / 6,
    (3 * t ** 3 - 6 * t ** 2 + 4) / 6,
    (3 * s ** 3 - 6 * s ** 2 + 4) / 6,
    t ** 3 / 6,
  ];
}

/** Resizes the map with smooth interpolation. @returns values of length height × width */
export function smoothed(map: HeatMap, width: number, height: number): Float32Array {
  const [columns, rows] = [interpolation(map.width, width), interpolation(map.height, height)];
  const result = new Float32Array(width * height);
  rows.forEach((row, y) =>
    columns.forEach((column, x) => {
      let sum = 0;
      row.around.forEach((cellY, i) =>
        column.around.forEach((cellX, j) => {
          sum += row.weights[i]! * column.weights[j]! * map.values[cellY * map.width + cellX]!;
        }),
      );
      result[y * width + x] = sum;
    }),
  );
  return result;
}

/** Returns the RGBA pixels of an overlay. High values are bright, low values transparent. */
export function heatPixels(map: HeatMap, width: number, height: number): Uint8ClampedArray {
  const values = smoothed(map, width, height);
  // Smoothing lowers an isolated peak, so values are scaled to the new maximum.
  const max = values.reduce((largest, value) => Math.max(largest, value), 0) || 1;
  const pixels = new Uint8ClampedArray(width * height * 4);
  values.forEach((value, at) => {
    const share = value / max;
    pixels.set([...heatColour(share), 255 * maxOpacity * share ** 0.75], at * 4);
  });
  return pixels;
}

/** Returns a canvas size with the image's aspect ratio whose longer side is `longerSide` pixels. */
export function canvasSize(width: number, height: number, longerSide = 160) {
  const factor = longerSide / Math.max(width, height, 1);
  return {
    width: Math.max(1, Math.round(width * factor)),
    height: Math.max(1, Math.round(height * factor)),
  };
}
