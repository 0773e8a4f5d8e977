import { changeProgress, nextBackboneName } from './backboneWords';

const change = {
  backboneId: 'resnet50',
  backbone: { name: 'ResNet50 (ImageNet, 224)' },
  embedded: 1_234,
  total: 8_677,
  failed: 0,
  imagesPerSecond: 45.2,
  secondsLeft: 164.7,
  run: null,
};

it('shows the progress, the speed and the time left', () => {
  expect(changeProgress(change)).toBe(
    '1,234 of 8,677 images embedded · 45 images/s · 2 min 45 s left',
  );
});

it('gives no time while the speed is unknown', () => {
  const unknown = { ...change, embedded: 0, imagesPerSecond: null, secondsLeft: null };
  expect(changeProgress(unknown)).toBe('0 of 8,677 images embedded');
});

it('says what happens after the last image, including images that cannot be embedded', () => {
  const all = { ...change, embedded: 8_675, failed: 2 };
  expect(changeProgress(all)).toContain('The next run switches the backbone');
  const run = { id: 'r', number: 4, status: 'RUNNING' as const };
  expect(changeProgress({ ...all, run })).toContain('Round 4 is being fitted');
  expect(changeProgress({ ...all, run: { ...run, status: 'FAILED' } })).toContain('round 4 failed');
  const training = { ...change, run };
  expect(changeProgress(training)).toContain('1,234 of 8,677');
  expect(changeProgress({ ...all, failed: 1 })).toContain('8,675 of 8,677');
});

it('names a backbone by its id if this server does not have it', () => {
  expect(nextBackboneName(change)).toBe('ResNet50 (ImageNet, 224)');
  expect(nextBackboneName({ ...change, backbone: null })).toBe('resnet50');
});
