import { lintTree } from './testing/lintTree';
import { runTimeoutMs } from './testing/run';

/** The folder models/, as a server module imports it. */
const models = '../../../models';

/** Two server modules, two areas of models/, and files that import what they may and may not. */
const tree = {
  'server/modules/labels/label.service.ts': `export const record = () => 'recorded';`,
  'server/modules/labels/consensus.ts': `export const consensus = 'cat';`,
  'server/modules/labels/consensus.test.ts': `export { stored } from '../images/imageRows';`,
  'server/modules/images/imageRows.ts': `export const stored = 1;`,
  'server/modules/images/entersByTheFront.ts': `export { record } from '../labels/label.service';`,
  'server/modules/images/reachesIn.ts': `export { consensus } from '../labels/consensus';`,
  'server/app/container.ts': `export { consensus } from '../modules/labels/consensus';`,
  'server/domain/viewer.ts': `export interface Viewer { id: string }`,
  'server/domain/speaksGraphql.ts': `export type { GraphQLError } from 'graphql';`,
  'server/domain/runsSql.ts': `export { EntityManager } from 'typeorm';`,
  'server/database/importsAModule.ts': `export { record } from '../modules/labels/label.service';`,
  'models/training/index.ts': `export { fit } from './fit';`,
  'models/training/fit.ts': `export const fit = () => 1;`,
  'models/training/deep/index.ts': `export { net } from './net';`,
  'models/training/deep/tensorflow.ts': `export { net as trained } from './net';`,
  'models/training/deep/net.ts': `export const net = 'alexnet';`,
  'models/testing/index.ts': `export const smallNet = 'small';`,
  'models/errors.ts': `export class ShapeError extends Error {}`,
  'server/modules/images/usesModels.ts': [
    `export { fit } from '${models}/training';`,
    `export { net } from '${models}/training/deep';`,
    `export { trained } from '${models}/training/deep/tensorflow';`,
    `export { ShapeError } from '${models}/errors';`,
  ].join('\n'),
  'server/modules/images/reachesIntoModels.ts': `export { fit } from '${models}/training/fit';`,
  'server/modules/images/reachesDeep.ts': `export { net } from '${models}/training/deep/net';`,
  'server/modules/images/typeOfModels.ts': `export type Fit = typeof import('${models}/training/fit');`,
  'server/modules/images/models.test.ts': `export { fit } from '${models}/training/fit';`,
  'server/modules/images/frontOfModels.test.ts': `export { smallNet } from '${models}/testing';`,
  'server/modules/images/usesTestHelpers.ts': `export { smallNet } from '${models}/testing';`,
  'client/features/label/LabelPage.ts': `export const page = 'label';`,
  'client/features/review/ReviewPage.ts': `export { page } from '../label/LabelPage';`,
  'client/app/router.ts': `export { page } from '../features/label/LabelPage';`,
};

describe('module boundaries', () => {
  let findings: Map<string, string[]>;
  const foundIn = (file: keyof typeof tree) => findings.get(file)?.join('\n');

  beforeAll(async () => {
    findings = await lintTree(tree);
  }, runTimeoutMs);

  describe('between server modules', () => {
    it('refuse an import of a private file', () => {
      expect(foundIn('server/modules/images/reachesIn.ts')).toBe(
        'boundaries/dependencies: consensus.ts is private to the module "labels". Other modules ' +
          'import only its *.service.ts, *.ports.ts, *.type.ts and *.events.ts.',
      );
    });

    it('allow an import of a public file', () => {
      expect(foundIn('server/modules/images/entersByTheFront.ts')).toBe('');
    });

    it('allow any import to the composition root and to tests', () => {
      expect(foundIn('server/app/container.ts')).toBe('');
      expect(foundIn('server/modules/labels/consensus.test.ts')).toBe('');
    });

    it('refuse an import of a module by the base', () => {
      expect(foundIn('server/database/importsAModule.ts')).toBe(
        'boundaries/dependencies: server/database must not import server/modules/labels.',
      );
    });
  });

  describe('around the domain', () => {
    it('refuse GraphQL, types included', () => {
      expect(foundIn('server/domain/speaksGraphql.ts')).toContain('no-restricted-imports');
    });

    it('refuse SQL', () => {
      expect(foundIn('server/domain/runsSql.ts')).toContain('no-restricted-imports');
    });

    it('allow plain types', () => {
      expect(foundIn('server/domain/viewer.ts')).toBe('');
    });
  });

  describe('around models/', () => {
    it('refuse an import of a private file', () => {
      expect(foundIn('server/modules/images/reachesIntoModels.ts')).toBe(
        'boundaries/dependencies: fit.ts is private to models/training. Import from ' +
          '"models/training", and export what is missing in its index.ts.',
      );
      expect(foundIn('server/modules/images/reachesDeep.ts')).toContain('models/training/deep');
    });

    it('refuse the type of a private file, and a private file in a test', () => {
      for (const file of ['typeOfModels.ts', 'models.test.ts'] as const)
        expect(foundIn(`server/modules/images/${file}`)).toContain('fit.ts is private');
    });

    it('allow an import of the front of an area, and of the errors', () => {
      expect(foundIn('server/modules/images/usesModels.ts')).toBe('');
    });

    it('allow the test helpers in tests only', () => {
      expect(foundIn('server/modules/images/frontOfModels.test.ts')).toBe('');
      expect(foundIn('server/modules/images/usesTestHelpers.ts')).toContain(
        'models/testing is for tests, bench and demo.',
      );
    });
  });

  describe('between client features', () => {
    it('refuse an import of another feature', () => {
      expect(foundIn('client/features/review/ReviewPage.ts')).toContain('must not import');
    });

    it('allow routes to compose features', () => {
      expect(foundIn('client/app/router.ts')).toBe('');
    });
  });
});
