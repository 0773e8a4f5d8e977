/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import pino from 'pino';
import { penalties } from '../../../../models/training';
import type { DatasetWriter, HeadPenaltyRecord } from '../../datasets/dataset.ports';
import { CrossValidator } from './crossValidator';
import { HeadPenalties } from './headPenalties';
import type { HeadFitInput } from './headRun';

const rows = 200;
const dimensions = 2;

/** A run on 200 labels of two classes that are easy to tell apart, whose reads and choice are recorded. */
function runAfter(penalty: HeadPenaltyRecord | undefined) {
  const reads: number[] = [];
  const saved: HeadPenaltyRecord[] = [];
  const labels = Int32Array.from({ length: rows }, (_, row) => row % 2);
  const input = {
    dataset: { id: 'dataset', splitSeed: 'folds' },
    backboneId: 'net',
    penalty,
    matrix: {
      dimensions,
      rows: (ordinals: Int32Array) => {
        reads.push(ordinals.length);
        const value = (row: number, at: number) => (labels[row] === at ? 1 : -1) + (row % 7) / 20;
        return Promise.resolve(
          Float32Array.from({ length: rows * dimensions }, (_, i) =>
            value(Math.floor(i / dimensions), i % dimensions),
          ),
        );
      },
    },
    progress: { stop: new AbortController() },
    snapshot: {
      classIds: ['cat', 'dog'],
      labelled: { ordinals: Int32Array.from(labels.keys()), labels },
    },
    pseudoLabeller: { label: () => Promise.resolve(undefined) },
  } as unknown as HeadFitInput;
  const datasets = {
    setHeadPenalty: (_: string, record: HeadPenaltyRecord) => Promise.resolve(saved.push(record)),
  } as unknown as DatasetWriter;
  const logger = pino({ level: 'silent' });
  const choice = new HeadPenalties({ datasets, crossValidator: new CrossValidator(), logger });
  return { choose: () => choice.choose(input), reads, saved };
}

test('reads no features while labels have not doubled since the last choice', async () => {
  const { choose, reads, saved } = runAfter({ backboneId: 'net', l2: penalties[1]!, labels: 101 });
  await choose();
  expect(reads).toEqual([]);
  expect(saved).toEqual([]);
});

test.each([
  ['without an earlier choice', undefined],
  ['once labels have doubled', { backboneId: 'net', l2: penalties[1]!, labels: 100 }],
])('reads the features of all labels and saves the choice %s', async (_, penalty) => {
  const { choose, reads, saved } = runAfter(penalty);
  await choose();
  expect(reads).toEqual([rows]);
  expect(saved).toEqual([{ backboneId: 'net', l2: expect.any(Number) as number, labels: rows }]);
  expect(penalties).toContain(saved[0]?.l2);
});
