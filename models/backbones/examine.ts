import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compiledFile } from '../compiled';
import { runChildTask } from '../engine/childTask';
import type { BackboneContract } from './contract';
import type { FeatureMap } from './featureMap';

/**
 * How a file is examined: `open` loads it into ONNX Runtime, which computes its constants, and runs
 * it once; `dryRun` also checks its results, see `dryRun`.
 */
export type ExaminationKind = 'open' | 'dryRun';

export interface ExaminationOrder {
  kind: ExaminationKind;
  file: string;
}

export interface Examination {
  contract: BackboneContract;
  /** Of one random image, after a dry run of a file that has one. */
  map?: FeatureMap | undefined;
}

/** Weights, their copies while a file is read, and the activations of two images. */
const memoryFor = (fileBytes: number) => 2 ** 30 + 4 * fileBytes;
const timeoutMs = 120_000;

/**
 * Loads a backbone's file for the first time, in a process with bounds on memory and time. A file
 * of a few hundred bytes can order gigabytes, and ONNX Runtime allocates them.
 *
 * @throws ModelInputError `BACKBONE` with the reason
 */
export async function examineFile(
  kind: ExaminationKind,
  file: string,
  signal?: AbortSignal,
): Promise<Examination> {
  const { size } = await stat(file);
  const script = compiledFile(__dirname, 'examineMain.js');
  const order: ExaminationOrder = { kind, file };
  return runChildTask<Examination>(script, order, {
    memoryBytes: memoryFor(size),
    timeoutMs,
    signal,
  });
}

/** Examines a file's content before it is stored. @throws ModelInputError `BACKBONE` */
export async function examineBytes(
  kind: ExaminationKind,
  content: Uint8Array,
  signal?: AbortSignal,
): Promise<Examination> {
  const folder = await mkdtemp(join(tmpdir(), 'labelloop-backbone-'));
  try {
    const file = join(folder, 'candidate.onnx');
    await writeFile(file, content, { mode: 0o600 });
    return await examineFile(kind, file, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
