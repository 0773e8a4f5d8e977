/** A map of 0 to 1 over an image, height × width, row by row. */
export interface HeatMap {
  width: number;
  height: number;
  values: readonly number[];
}

/** Perceptually uniform from dark to bright ("inferno" of matplotlib, CC0), at equal steps. */
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

/** How opaque the brightest spot is; nothing speaks where the image shows unchanged. */
const mostOpaque = 0.78;

/** The colour of a value from 0 to 1, as bytes. */
export function heatColour(value: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, value)) * (scale.length - 1);
  const low = Math.min(scale.length - 2, Math.floor(at));
  const share = at - low;
  const [from, to] = [scale[low]!, scale[low + 1]!];
  const mix = (channel: 0 | 1 | 2) =>
    Math.round(from[channel] + share * (to[channel] - from[channel]));
  return [mix(0), mix(1), mix(2)];
}

/** As a CSS gradient, dark to bright: for a legend. */
export const heatGradient = `linear-gradient(to right, ${scale.map((rgb) => `rgb(${rgb.join(' ')})`).join(', ')})`;

const clamp = (value: number, most: number) => Math.min(most, Math.max(0, value));

/** The four cells around each point of a side, and how far the point is between the middle two. */
function taps(cells: number, points: number) {
  return Array.from({ length: points }, (_, point) => {
    // The middle of cell 0 lies half a cell from the edge.
    const at = ((point + 0.5) * cells) / points - 0.5;
    const low = Math.floor(at);
    const around = [low - 1, low, low + 1, low + 2].map((cell) => clamp(cell, cells - 1));
    return { around, weights: cubic(at - low) };
  });
}

/** Weights of a cubic B-spline: smooth, and never outside the values around. */
function cubic(t: number): number[] {
  const s = 1 - t;
  return [
    s ** 3 / 6,
    (3 * t ** 3 - 6 * t ** 2 + 4) / 6,
    (3 * s ** 3 - 6 * s ** 2 + 4) / 6,
    t ** 3 / 6,
  ];
}

/** The map at another size, smooth between the middles of its cells. @returns height × width */
export function smoothed(map: HeatMap, width: number, height: number): Float32Array {
  const [columns, rows] = [taps(map.width, width), taps(map.height, height)];
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

/**
 * The map as the pixels of an overlay, RGBA: hot where it is bright, clear where nothing speaks.
 */
export function heatPixels(map: HeatMap, width: number, height: number): Uint8ClampedArray {
  const values = smoothed(map, width, height);
  // Smoothing lowers a lone peak; the brightest spot stays the brightest colour.
  const most = values.reduce((largest, value) => Math.max(largest, value), 0) || 1;
  const pixels = new Uint8ClampedArray(width * height * 4);
  values.forEach((value, at) => {
    const share = value / most;
    pixels.set([...heatColour(share), 255 * mostOpaque * share ** 0.75], at * 4);
  });
  return pixels;
}

/** The size of a canvas of the image's shape whose longer side has this many pixels. */
export function canvasSize(width: number, height: number, longest = 160) {
  const factor = longest / Math.max(width, height, 1);
  return {
    width: Math.max(1, Math.round(width * factor)),
    height: Math.max(1, Math.round(height * factor)),
  };
}
