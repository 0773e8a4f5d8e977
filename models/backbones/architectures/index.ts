import type { Architecture } from './architecture';
import { inceptionV3 } from './inceptionV3';
import { mobilenet } from './mobilenet';
import { mobilenetV2 } from './mobilenetV2';
import { resnet50 } from './resnet50';

/** Every architecture whose published weights we read, fastest first. */
export const architectures: readonly Architecture[] = [
  mobilenetV2,
  mobilenet,
  resnet50,
  inceptionV3,
];

/** Returns the architecture with that id. */
export const architectureOf = (id: string): Architecture | undefined =>
  architectures.find((architecture) => architecture.id === id);
