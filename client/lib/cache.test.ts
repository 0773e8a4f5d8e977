import { FreshCache } from './cache';
import { LibLabelledImageFragmentDoc, type LibLabelledImageFragment } from '../gql/operations';

const image = (version: number, className: string | null): LibLabelledImageFragment =>
  ({
    __typename: 'Image',
    id: 'i',
    fileName: `v${version}.jpg`,
    thumbnailUrl: '',
    version,
    labels: [],
    consensus: className
      ? {
          __typename: 'Consensus',
          class: { __typename: 'Class', id: className, name: className, color: '#000000' },
          decidedAt: '2026-01-01T00:00:00Z',
          origin: 'HAND',
          quality: null,
          isDecided: false,
        }
      : null,
  }) as LibLabelledImageFragment;

const options = {
  id: 'Image:i',
  fragment: LibLabelledImageFragmentDoc,
  fragmentName: 'LibLabelledImage',
};
const write = (cache: FreshCache, data: LibLabelledImageFragment) =>
  cache.writeFragment({ ...options, data });
const read = (cache: FreshCache) => cache.readFragment(options);

it('accepts a newer image', () => {
  const cache = new FreshCache();
  write(cache, image(1, null));
  write(cache, image(2, 'cat'));
  expect(read(cache)).toMatchObject({ version: 2, consensus: { class: { name: 'cat' } } });
});

it('keeps labels and consensus if an older image arrives late, but updates unversioned fields', () => {
  const cache = new FreshCache();
  write(cache, image(2, 'cat'));
  write(cache, image(1, null));
  expect(read(cache)).toMatchObject({
    version: 2,
    fileName: 'v1.jpg',
    consensus: { class: { name: 'cat' } },
  });
});

it('accepts an undo, which is newer although it removes data', () => {
  const cache = new FreshCache();
  write(cache, image(2, 'cat'));
  write(cache, image(3, null));
  expect(read(cache)).toMatchObject({ version: 3, consensus: null });
});
