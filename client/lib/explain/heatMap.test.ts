import { canvasSize, heatColour, heatPixels, smoothed } from './heatMap';

const map = { width: 3, height: 2, values: [0, 0, 1, 0, 0, 0] };
const brightness = ([red, green, blue]: [number, number, number]) =>
  0.2126 * red + 0.7152 * green + 0.0722 * blue;

describe('the colours', () => {
  it('become brighter with the value', () => {
    const steps = Array.from({ length: 101 }, (_, index) => brightness(heatColour(index / 100)));
    for (let at = 1; at < steps.length; at++)
      expect(steps[at]).toBeGreaterThanOrEqual((steps[at - 1] ?? 0) - 0.5);
    expect((steps[100] ?? 0) - (steps[0] ?? 0)).toBeGreaterThan(200);
  });

  it('are clamped outside 0 to 1', () => {
    expect(heatColour(-1)).toEqual(heatColour(0));
    expect(heatColour(7)).toEqual(heatColour(1));
  });
});

describe('the overlay', () => {
  it('is most opaque at the highest value and transparent far from it', () => {
    const pixels = heatPixels(map, 30, 20);
    const alphaAt = (x: number, y: number) => pixels[(y * 30 + x) * 4 + 3] ?? 0;
    expect(alphaAt(29, 0)).toBeGreaterThan(190);
    expect(alphaAt(1, 19)).toBe(0);
    expect(alphaAt(29, 0)).toBeGreaterThan(alphaAt(20, 4));
  });

  it('never hides the image, and is transparent for an empty map', () => {
    const alphas = (values: number[]) =>
      [...heatPixels({ width: 2, height: 2, values }, 8, 8)].filter((_, at) => at % 4 === 3);
    expect(Math.max(...alphas([1, 1, 1, 1]))).toBeLessThan(210);
    expect(Math.max(...alphas([0, 0, 0, 0]))).toBe(0);
  });

  it('is smooth, and stays within the range of the map’s values', () => {
    const values = smoothed(map, 60, 40);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThanOrEqual(1);
    for (let x = 1; x < 60; x++)
      expect(Math.abs((values[x] ?? 0) - (values[x - 1] ?? 0))).toBeLessThan(0.05);
  });

  it('keeps a constant map constant', () => {
    for (const value of smoothed({ width: 2, height: 3, values: Array<number>(6).fill(0.5) }, 7, 9))
      expect(value).toBeCloseTo(0.5, 6);
  });

  it('has the aspect ratio of the image', () => {
    expect(canvasSize(4000, 2000)).toEqual({ width: 160, height: 80 });
    expect(canvasSize(1, 5000)).toEqual({ width: 1, height: 160 });
  });
});
