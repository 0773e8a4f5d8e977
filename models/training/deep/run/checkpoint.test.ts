import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileCheckpoints, readCheckpoint, writeCheckpoint, type Checkpoint } from './checkpoint';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'checkpoints-'))));
afterEach(() => rm(folder, { recursive: true }));

const checkpoint: Checkpoint = {
  fingerprint: 'a net ✓',
  history: [{ epoch: 1, learningRate: 0.1, loss: 2, accuracy: 0.5, seconds: 3 }],
  weights: [Float32Array.of(1, 2.5), new Float32Array(0), Float32Array.of(-3)],
  optimizer: { steps: 7, slots: [Float32Array.of(4, 5)] },
  best: { epoch: 1, weights: [Float32Array.of(6)] },
};
const bytes = (checkpointToWrite: Checkpoint) => Buffer.concat(writeCheckpoint(checkpointToWrite));

describe('checkpoints', () => {
  it('are read as they were written, at any alignment in memory', () => {
    const shifted = Buffer.concat([Buffer.of(0), bytes(checkpoint)]).subarray(1);
    expect(readCheckpoint(shifted)).toEqual(checkpoint);
    const plain = { ...checkpoint, best: undefined };
    expect(readCheckpoint(bytes(plain))).toEqual(plain);
  });

  it('are refused if they are incomplete or another kind of file', () => {
    const whole = bytes(checkpoint);
    expect(() => readCheckpoint(whole.subarray(0, -1))).toThrow('incomplete');
    for (const other of [Buffer.alloc(0), Buffer.from('{}\n'), Buffer.from('\x00\x01')])
      expect(() => readCheckpoint(other)).toThrow('not a training checkpoint');
  });

  it('replace the previous one in the file, and ignore a partly written one', async () => {
    const file = join(folder, 'training');
    const store = fileCheckpoints(file);
    expect(await store.load()).toBeUndefined();
    await store.save(writeCheckpoint(checkpoint));
    await writeFile(`${file}.part`, 'half of one');
    expect(readCheckpoint((await store.load())!)).toEqual(checkpoint);
    await store.save([Buffer.from('a'), Buffer.from('b')]);
    expect((await store.load())!.toString()).toBe('ab');
    expect(await readdir(folder)).toEqual(['training']);
    await store.remove();
    expect(await readdir(folder)).toEqual([]);
  });
});
