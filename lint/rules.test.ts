import { lintTree } from './testing/lintTree';
import { runTimeoutMs } from './testing/run';

const importsManager = `import type { EntityManager } from 'typeorm';`;
const countsLabels = `${importsManager}
  export const count = (manager: EntityManager) => manager.query<unknown>('SELECT 1 FROM label');`;
const buildsQuery = `${importsManager}
  export const all = (manager: EntityManager) => manager.createQueryBuilder().select('label');`;
const matrix = ['const matrix = [', '  1, 0,', '  0, 1,', '];', 'export { matrix };'];

const tree = {
  // images and labels import each other, by types alone; events only imports.
  'server/modules/images/image.service.ts': `export interface Image { id: string }
    export type { Label } from '../labels/label.service';`,
  'server/modules/labels/label.service.ts': `export interface Label { id: string }`,
  'server/modules/labels/label.type.ts': `export type { Image } from '../images/image.ports';`,
  'server/modules/images/image.ports.ts': `export interface Image { id: string }`,
  'server/modules/events/event.service.ts': `export type { Image } from '../images/image.ports';`,
  // events, exports and tasks import each other in a circle.
  'server/modules/events/event.ports.ts': `export type { Export } from '../exports/export.ports';`,
  'server/modules/exports/export.ports.ts': `export type { Task } from '../tasks/task.ports';
    export interface Export { id: string }`,
  'server/modules/tasks/task.ports.ts': `export type { Event } from '../events/event.type';
    export interface Task { id: string }`,
  'server/modules/events/event.type.ts': `export interface Event { id: string }`,
  'server/modules/images/image.test.ts': `export type { Label } from '../labels/label.service';`,

  'models/training/run.ts': `import type { Train } from './train';
    export interface Run { train: Train }`,
  'models/training/train.ts': `import type { Run } from './run';
    export interface Train { run: Run }`,
  'models/training/importsTheCycle.ts': `export type { Run } from './run';`,
  'models/training/lazy.ts': `export const load = () => import('./loaded');`,
  'models/training/loaded.ts': `export { load } from './lazy';`,
  'models/training/compiled.ts': `export const run = () => import('./native.js');`,
  'models/training/native.ts': `export { run } from './compiled';`,

  'server/modules/labels/count.service.ts': countsLabels,
  'server/modules/labels/build.service.ts': buildsQuery,
  'server/modules/labels/count.jobs.ts': countsLabels,
  'server/modules/labels/countLabels.ts': countsLabels,

  'shared/withoutReason.ts': ['// prettier-ignore', ...matrix].join('\n'),
  'shared/withReason.ts': ['// One row per line.', '// prettier-ignore', ...matrix].join('\n'),
  'shared/disabled.ts': `// eslint-disable-next-line no-console\nconsole.log(1);`,
};

describe('our own lint rules', () => {
  let findings: Map<string, string[]>;
  const foundIn = (file: keyof typeof tree) => findings.get(file)?.join('\n');

  beforeAll(async () => {
    findings = await lintTree(tree);
  }, runTimeoutMs);

  describe('on modules that import each other', () => {
    it('refuse both directions, types included', () => {
      expect(foundIn('server/modules/images/image.service.ts')).toBe(
        'ours/no-module-cycle: Modules import each other: images -> labels -> images. ' +
          'server/modules/labels/label.type.ts imports server/modules/images/image.ports.ts. ' +
          'Remove one direction: declare a port, record an event, or move the code to its module.',
      );
      expect(foundIn('server/modules/labels/label.type.ts')).toContain('ours/no-module-cycle');
    });

    it('refuse a circle of several modules', () => {
      expect(foundIn('server/modules/exports/export.ports.ts')).toContain(
        'ours/no-module-cycle: Modules import each other: exports -> tasks -> events -> exports. ' +
          'server/modules/events/event.ports.ts imports',
      );
    });

    it('allow one direction, and any direction in tests', () => {
      expect(foundIn('server/modules/events/event.service.ts')).toBe('');
      expect(foundIn('server/modules/images/image.test.ts')).toBe('');
    });
  });

  describe('on import cycles', () => {
    it('refuse a cycle of types alone', () => {
      expect(foundIn('models/training/run.ts')).toBe(
        'ours/no-import-cycle: Import cycle: models/training/run.ts -> models/training/train.ts ' +
          '-> models/training/run.ts. Move what both need into a third file.',
      );
    });

    it('refuse a cycle through import()', () => {
      expect(foundIn('models/training/lazy.ts')).toContain('ours/no-import-cycle');
    });

    it('refuse a cycle through the name of a compiled file', () => {
      expect(foundIn('models/training/compiled.ts')).toContain('ours/no-import-cycle');
    });

    it('allow an import of a file that is in a cycle', () => {
      expect(foundIn('models/training/importsTheCycle.ts')).toBe('');
    });
  });

  describe('on SQL', () => {
    it('refuse a query in a service or a job', () => {
      for (const file of ['count.service.ts', 'build.service.ts', 'count.jobs.ts'] as const)
        expect(foundIn(`server/modules/labels/${file}`)).toBe(
          'no-restricted-syntax: Services and jobs run no SQL. ' +
            'Move it to a repository, or to a file named after the query.',
        );
    });

    it('allow a query in a file named after it', () => {
      expect(foundIn('server/modules/labels/countLabels.ts')).toBe('');
    });
  });

  describe('on exceptions', () => {
    it('refuse prettier-ignore without a reason', () => {
      expect(foundIn('shared/withoutReason.ts')).toBe(
        'ours/reason-for-ignore: ' +
          'Write the reason for prettier-ignore in a comment on the line above.',
      );
    });

    it('allow prettier-ignore below its reason', () => {
      expect(foundIn('shared/withReason.ts')).toBe('');
    });

    it('refuse eslint-disable without a reason', () => {
      expect(foundIn('shared/disabled.ts')).toContain('ours/reason-for-ignore');
    });
  });
});
