import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

export interface Line {
  name: string;
  points: readonly (readonly [x: number, y: number])[];
}

const [width, height] = [860, 520];
const frame = { left: 64, right: 150, top: 40, bottom: 52 };
/** Okabe and Ito's colours, which colour-blind people can distinguish. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#555555'];

const escapeText = (text: string): string =>
  text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? sign);

/** Returns about `wanted` round numbers between two. */
function ticks(low: number, high: number, wanted: number): number[] {
  const rough = (high - low) / wanted || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((unit) => unit * power).find((unit) => unit >= rough) ?? rough;
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) => (first + at) * step);
}

/** Draws accuracy over labels as an SVG. */
export function drawLines(title: string, lines: readonly Line[]): string {
  const all = lines.flatMap(({ points }) => points);
  const most = Math.max(1, ...all.map(([x]) => x));
  const least = Math.floor(10 * Math.min(0.9, ...all.map(([, y]) => y))) / 10;
  const x = (value: number) => frame.left + (value / most) * (width - frame.left - frame.right);
  const y = (value: number) =>
    height - frame.bottom - ((value - least) / (1 - least)) * (height - frame.top - frame.bottom);
  const [right, bottom] = [width - frame.right, height - frame.bottom];
  const text = (at: [number, number], content: string, more = '') =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" ${more}>${escapeText(content)}</text>`;
  const rules = ticks(least, 1, 6).flatMap((value) => [
    `<path d="M${frame.left} ${y(value).toFixed(1)}H${right}" stroke="#ddd"/>`,
    text([frame.left - 8, y(value) + 4], value.toFixed(2), 'text-anchor="end"'),
  ]);
  const places = ticks(0, most, 7).map((value) =>
    text([x(value), bottom + 20], String(value), 'text-anchor="middle"'),
  );
  const drawn = lines.flatMap(({ name, points }, at) => {
    const colour = colours[at % colours.length]!;
    const path = points.map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`).join(' ');
    const key = frame.top + 12 + 20 * at;
    return [
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      `<path d="M${right + 14} ${key - 4}h18" stroke="${colour}" stroke-width="3"/>`,
      text([right + 38, key], name),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13" fill="#222">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text([frame.left, 24], title, 'font-size="15" font-weight="600"'),
    ...rules,
    ...places,
    text([(frame.left + right) / 2, height - 12], 'labels', 'text-anchor="middle"'),
    ...drawn,
    '</svg>',
  ].join('\n');
}

/** Writes `name.svg` and `name.png` into a folder. */
export async function writePlot(folder: string, name: string, svg: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.svg`), svg);
  await sharp(Buffer.from(svg), { density: 144 })
    .png()
    .toFile(join(folder, `${name}.png`));
}
