import { hashText } from '../numeric/random';

export type Split = 'TRAIN' | 'VALIDATION' | 'TEST';

const minTrain = 4;
const blockSize = 10;

/**
 * Assigns an image to a split once its class is known. The first 4 images of a class are training
 * images, so that a class can be learnt at once. Of every 10 images after them, one is a validation
 * image and one a test image, at positions drawn by hashing seed, class and block. So the split is
 * always stratified, and labels of other classes do not change it.
 *
 * @param seed the seed of the dataset
 * @param classKey the key of the class
 * @param position number of images that got this class before
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
    throw new RangeError(`The position must be a whole number from 0 up, not ${position}`);
  if (position < minTrain) return 'TRAIN';
  const block = Math.floor((position - minTrain) / blockSize);
  const positionInBlock = (position - minTrain) % blockSize;
  const drawn = hashText(JSON.stringify([seed, classKey, block])) % (blockSize * (blockSize - 1));
  const validation = drawn % blockSize;
  const test = (validation + 1 + Math.floor(drawn / blockSize)) % blockSize;
  if (positionInBlock === validation) return 'VALIDATION';
  return positionInBlock === test ? 'TEST' : 'TRAIN';
}
