import { hashText } from '../numeric/random';

export type Split = 'TRAIN' | 'VALIDATION' | 'TEST';

const alwaysTrain = 4;
const blockSize = 10;

/**
 * Which part of a dataset an image belongs to once its class is known. The first 4 images of a
 * class train, so that a class can be learnt at once; of every 10 after them, one validates and one
 * tests, at places drawn by hashing seed, class and block. Stratified at every moment, and the same
 * whatever the order in which other classes' labels arrive.
 *
 * @param seed the dataset's
 * @param classKey what identifies the class
 * @param position images that got this class before, from 0
 * @throws RangeError when the position is not a whole number from 0 up
 */
export function assignSplit({
  seed,
  classKey,
  position,
}: {
  seed: string;
  classKey: string;
  position: number;
}): Split {
  if (!Number.isInteger(position) || position < 0)
    throw new RangeError(`A position is a whole number from 0 up, not ${position}`);
  if (position < alwaysTrain) return 'TRAIN';
  const block = Math.floor((position - alwaysTrain) / blockSize);
  const place = (position - alwaysTrain) % blockSize;
  const drawn = hashText(JSON.stringify([seed, classKey, block])) % (blockSize * (blockSize - 1));
  const validation = drawn % blockSize;
  const test = (validation + 1 + Math.floor(drawn / blockSize)) % blockSize;
  if (place === validation) return 'VALIDATION';
  return place === test ? 'TEST' : 'TRAIN';
}
