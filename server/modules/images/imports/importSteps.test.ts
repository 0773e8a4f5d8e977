import { RefusalReason } from '../../../../shared/enums';
import type { ArchiveFile } from './archive';
import { stepsOf } from './importSteps';
import { RefusedFileError } from '../refusedFile';

const file = (byteSize: number, refusal?: RefusedFileError): ArchiveFile => ({
  ...{ fileName: 'a.png', byteSize, refusal },
  extract: () => Promise.reject(new Error('not read')),
});
const refused = file(1e9, new RefusedFileError(RefusalReason.OVERLAPPING, 'It overlaps.'));

async function lengthsOf(files: readonly ArchiveFile[]): Promise<number[]> {
  const lengths: number[] = [];
  const source = (async function* () {
    yield* await Promise.resolve(files);
  })();
  for await (const step of stepsOf(source)) lengths.push(step.length);
  return lengths;
}

test('a step ends after 50 files or 64 MiB', async () => {
  expect(await lengthsOf(Array<ArchiveFile>(120).fill(file(10)))).toEqual([50, 50, 20]);
  expect(await lengthsOf(Array<ArchiveFile>(5).fill(file(40 * 2 ** 20)))).toEqual([2, 2, 1]);
});

test('files that are not read take no place in a step, up to 1,000', async () => {
  expect(await lengthsOf(Array<ArchiveFile>(2_500).fill(refused))).toEqual([1_000, 1_000, 500]);
  const mixed = Array.from({ length: 300 }, (_, index) => (index % 3 ? refused : file(10)));
  expect(await lengthsOf(mixed)).toEqual([148, 150, 2]);
});
