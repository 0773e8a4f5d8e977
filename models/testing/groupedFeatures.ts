import { normaliseFeatures } from '../numeric/features';
import { seededRandom } from '../numeric/random';

export interface GroupedFeaturesInput {
  rows: number;
  groups: number;
  dimensions: number;
  /** Standard deviation of the rows around the centre of their group. */
  noise: number;
  seed: number;
}

/** Draws normalised features of rows around group centres. Row r belongs to group r % groups. */
export function groupedFeatures(input: GroupedFeaturesInput): Float32Array {
  const { rows, groups, dimensions, noise, seed } = input;
  const random = seededRandom(seed);
  const centres = Float32Array.from({ length: groups * dimensions }, () => random.normal());
  const features = Float32Array.from({ length: rows * dimensions }, (_, i) => {
    const group = Math.floor(i / dimensions) % groups;
    return centres[group * dimensions + (i % dimensions)]! + noise * random.normal();
  });
  return normaliseFeatures(features, dimensions, features);
}
