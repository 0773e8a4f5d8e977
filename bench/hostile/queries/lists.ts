import { pick, upTo } from '../../../server/testing/hostile';
import { operation, times, type QueryFamily } from './payload';

/** Lists without `first`, and introspection: both return much more than they appear to. */

const lists = [
  'classes(includeArchived: true) { id name nextGrid { images } }',
  'goldImages { image { id fileName labels { person { name } } } class { name } }',
  'annotators { person { id name } gold { value } quality { low high } }',
  'certificates { id statement assumptions run { confusions { count } } stages { audits } }',
  'backbones { id name source }',
  'exports { id createdBy { name } certificate { statement } }',
  'imports { refusals { fileName message reason } }',
];

const typeReference = (levels: number) =>
  `${'ofType { name '.repeat(levels)}${'} '.repeat(levels)}`;

export const listFamilies: readonly QueryFamily[] = [
  {
    name: 'lists-without-first',
    make: (random, { datasetId }) => {
      const fields = times(upTo(random, 600), (index) => `l${index}: ${pick(random, lists)}`);
      return operation(`{ dataset(id: ${JSON.stringify(datasetId)}) { ${fields} } }`);
    },
  },
  {
    name: 'lists-of-every-dataset',
    make: (random) => {
      const fields = times(upTo(random, 100), (index) => `l${index}: ${pick(random, lists)}`);
      return operation(`{ datasets(first: 500) { nodes { ${fields} } } }`);
    },
  },
  {
    name: 'lists-of-pages',
    make: (random, { datasetId }) => {
      const list = pick(random, [
        'labels { id person { name } }',
        'leasedBy { name }',
        'prediction { top { class { name } } }',
        'dataset { classes { id name } }',
      ]);
      const page = `images(first: 500) { nodes { ${times(upTo(random, 60), (index) => `l${index}: ${list}`)} } }`;
      return operation(`{ dataset(id: ${JSON.stringify(datasetId)}) { ${page} } }`);
    },
  },
  {
    name: 'introspection-aliases',
    make: (random) => {
      const everything =
        '__schema { types { name description fields(includeDeprecated: true) { name description args { name description type { name } } type { name } } } }';
      return operation(`{ ${times(upTo(random, 250), (index) => `s${index}: ${everything}`)} }`);
    },
  },
  {
    name: 'introspection-nested',
    make: (random) => {
      const levels = upTo(random, 12);
      const fields = `${'fields { name type { name '.repeat(levels)}${'} } '.repeat(levels)}`;
      return operation(`{ __schema { types { name ${fields} } } }`);
    },
  },
  {
    name: 'introspection-circle',
    make: (random) => {
      const levels = upTo(random, 300);
      return operation(
        `{ __type(name: "Dataset") { fields { type { ${typeReference(levels)} possibleTypes { interfaces { possibleTypes { name } } } } } } }`,
      );
    },
  },
  {
    name: 'introspection-fragments',
    make: (random) => {
      const depth = upTo(random, 40);
      const fragments = times(depth, (level) => {
        const inside = level === 0 ? 'name' : `...f${level - 1}`;
        return `fragment f${level} on __Type { fields { a: type { ${inside} } b: type { ${inside} } } }`;
      });
      return operation(`{ __schema { types { ...f${depth - 1} } } } ${fragments}`);
    },
  },
  {
    name: 'types-by-name',
    make: (random) => {
      const names = ['Dataset', 'Image', 'Query', 'Mutation', '', 'x'.repeat(1_000)];
      const types = times(
        upTo(random, 900),
        (index) =>
          `t${index}: __type(name: ${JSON.stringify(pick(random, names))}) { fields { name description } }`,
      );
      return operation(`{ ${types} }`);
    },
  },
];
