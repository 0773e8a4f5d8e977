import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainedOn } from '../testing/trainOn';
import { tfjsBackends, type TfjsBackend } from './names';

const root = join(__dirname, '..', '..');
const chromium = '/usr/lib/chromium';
const softwareDriver = join(chromium, 'vk_swiftshader_icd.json');

/** Debian's Chromium contains a Vulkan loader and a driver that computes on the CPU. */
const withSoftwareDriver = {
  LD_LIBRARY_PATH: [chromium, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':'),
  VK_ICD_FILENAMES: softwareDriver,
};

/** Each backend trains in its own child process, because they do not share one well. */
function train(backend: TfjsBackend): TrainedOn {
  const needsDriver = backend === 'webgpu' && existsSync(softwareDriver);
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'dist', 'models', 'testing', 'trainOn.js'), backend],
    { env: { ...process.env, ...(needsDriver && withSoftwareDriver) }, encoding: 'utf8' },
  );
  const line = stdout.trim().split('\n').at(-1);
  return line ? (JSON.parse(line) as TrainedOn) : { reason: stderr };
}

execFileSync(process.execPath, ['scripts/build.mjs', 'server'], { cwd: root });
const trained = new Map(tfjsBackends.map((backend) => [backend, train(backend)]));
const reference = trained.get('cpu')!;

describe('a small conv net', () => {
  it('learns on the cpu backend', () => {
    const { losses = [] } = reference;
    expect(losses).toHaveLength(3);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
  });

  for (const [backend, { device, losses, validation, reason = '' }] of trained) {
    if (backend === 'cpu') continue;
    const [short = ''] = reason.replace(/^.*cannot compute here\. /, '').split('\n');
    if (!losses)
      it.skip(`reaches the same loss on ${backend} (skipped: ${short})`, () => undefined);
    else
      it(`reaches the same loss on ${backend} (${device})`, () => {
        for (const [epoch, loss] of losses.entries())
          expect(Math.abs(loss - reference.losses![epoch]!)).toBeLessThan(1e-3);
        expect(Math.abs(validation! - reference.validation!)).toBeLessThan(1e-3);
      });
  }

  it('runs on wasm wherever the product does', () => {
    expect(trained.get('wasm')?.losses).toHaveLength(3);
  });
});
