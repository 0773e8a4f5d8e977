import { mkdtemp, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findImages } from './imageFolder';
import { drawLines } from './plot';
import { readSimulateOptions } from './simulate';
import { schedule, type Point } from './simulation';
import { areaGain, areaOf, labelsTo, report } from './simulationReport';

const point = (labels: number, right: number[]): Point => ({
  labels,
  classesSeen: 2,
  micro: right.reduce((sum, value) => sum + value, 0) / right.length,
  perClass: 0,
  right: Uint8Array.from(right),
});

describe("the simulation's options", () => {
  it('take a number of seeds or a list, and have defaults', () => {
    expect(readSimulateOptions([]).seeds).toEqual([1, 2, 3, 4, 5]);
    expect(readSimulateOptions(['--seeds', '7,9']).seeds).toEqual([7, 9]);
    expect(readSimulateOptions([]).names).toEqual(['random', 'margin', 'default']);
  });

  it('refuse an unknown name and list the known ones', () => {
    expect(() => readSimulateOptions(['--strategy', 'best'])).toThrow('there are: random');
    expect(() => readSimulateOptions(['--seeds', '0'])).toThrow('whole number from 1 up');
    expect(() => readSimulateOptions(['--noise', '1'])).toThrow('under 1');
    expect(() => readSimulateOptions(['--colour'])).toThrow('npm run bench -- simulate');
  });
});

describe('the folder of a simulation', () => {
  it('has a class for each folder with images; one class or none is refused', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'labelloop-classes-'));
    await expect(findImages(join(folder, 'none'))).rejects.toThrow('There is no folder');
    for (const [name, file] of [
      ['cat', 'a.JPG'],
      ['notes', 'a.txt'],
    ] as const) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, file), '');
    }
    await expect(findImages(folder)).rejects.toThrow('has 1 folders with images');
    await mkdir(join(folder, 'dog'));
    await writeFile(join(folder, 'dog', 'b.webp'), '');
    const { photos, names } = await findImages(folder);
    expect(names).toEqual(['cat', 'dog']);
    expect(photos.map(({ label }) => label)).toEqual([0, 1]);
  });
});

describe("the simulation's report", () => {
  it('retrains after every batch at first, then after every tenth more, and ends at the budget', () => {
    expect(schedule(130, 20)).toEqual([20, 40, 60, 80, 100, 120, 130]);
    expect(schedule(500, 20).slice(-3)).toEqual([426, 468, 500]);
    expect(schedule(10, 20)).toEqual([10]);
  });

  it('finds the area and the labels to an accuracy between points, null if it is not reached', () => {
    expect(areaOf([0, 10, 20], [0, 1, 1])).toBe(0.75);
    const curve = [100, 200].map((labels) => ({
      labels,
      accuracy: labels / 200,
      meanPerClass: 0,
      classesSeen: 2,
    }));
    expect(labelsTo(curve, 0.75)).toBe(150);
    expect(labelsTo(curve, 1.1)).toBeNull();
  });

  it('gives a gain an interval that excludes zero only if one strategy is better', () => {
    const rows = (share: number) => Array.from({ length: 200 }, (_, row) => +(row % 10 < share));
    const run = (share: number) => [point(10, rows(share)), point(20, rows(share))];
    const better = areaGain([run(8), run(8)], [run(5), run(5)]);
    expect(better.mean).toBeCloseTo(0.3);
    expect(better.low).toBeGreaterThan(0.1);
    const same = areaGain([run(5)], [run(5)]);
    expect([same.mean, same.low, same.high]).toEqual([0, 0, 0]);
    expect(report([run(8)], [run(5)], undefined).worstGapToRandom).toBeCloseTo(0.3);
  });

  it('draws a line for each strategy, names escaped', () => {
    const svg = drawLines('a < b', [
      {
        name: 'x & y',
        points: [
          [1, 0.5],
          [2, 0.9],
        ],
      },
    ]);
    expect(svg).toContain('x &amp; y');
    expect(svg.match(/<polyline/g)).toHaveLength(1);
    expect(svg).not.toContain('NaN');
  });
});
