import { between, pick, upTo } from '../../../server/testing/hostile';
import { operation, times, type QueryFamily } from './payload';

/** Queries that grow as they are expanded: pages in pages, and fragments in fragments. */

const around = (levels: number, open: string, inside: string, close: string) =>
  open.repeat(levels) + inside + close.repeat(levels);

const heavy = 'images(first: 500) { nodes { id labels { person { name } } } }';

export const nestingFamilies: readonly QueryFamily[] = [
  {
    name: 'nested-pages',
    make: (random) => {
      const first = pick(random, [1, 5, 50, 500]);
      const open = `images(first: ${first}) { nodes { dataset { `;
      const pages = around(upTo(random, 40), open, 'id name', '} } }');
      return operation(`{ datasets(first: ${first}) { nodes { ${pages} } } }`);
    },
  },
  {
    name: 'nested-edges',
    make: (random) => {
      const open = 'retrainRuns(first: 100) { edges { node { dataset { ';
      return operation(
        `{ datasets { edges { node { ${around(upTo(random, 30), open, 'id', '} } } }')} } } }`,
      );
    },
  },
  {
    name: 'runs-of-runs',
    make: (random) => {
      const link = pick(random, [
        'previous',
        'changesSincePrevious { from',
        'dataset { currentRun',
      ]);
      const close = link.includes('{') ? '} }' : '}';
      const runs = around(upTo(random, 60), `${link} { `, 'id confusions { count }', close);
      return operation(`{ datasets { nodes { retrainRuns(first: 50) { nodes { ${runs} } } } } }`);
    },
  },
  {
    name: 'inline-fragments',
    make: (random) => {
      const inside = around(upTo(random, 2_000), '... { ', heavy, '}');
      return operation(`{ datasets { nodes { ${inside} } } }`);
    },
  },
  {
    name: 'fragments-that-double',
    make: (random) => {
      const depth = between(random, 4, 60);
      const fragments = times(depth, (level) => {
        const inside = level === 0 ? heavy : `...f${level - 1} ...f${level - 1}`;
        return `fragment f${level} on Dataset { ${inside} }`;
      });
      return operation(`{ datasets { nodes { ...f${depth - 1} } } } ${fragments}`);
    },
  },
  {
    name: 'fragments-with-aliases-that-double',
    make: (random) => {
      const depth = between(random, 4, 40);
      const fragments = times(depth, (level) => {
        const next = level === 0 ? 'id' : `...f${level - 1}`;
        return `fragment f${level} on Dataset { a: currentRun { dataset { ${next} } } b: currentRun { dataset { ${next} } } }`;
      });
      return operation(`{ datasets { nodes { ...f${depth - 1} } } } ${fragments}`);
    },
  },
  {
    name: 'fragments-as-padding',
    make: (random) => {
      const unused = random.next() < 0.5;
      const count = upTo(random, 1_200);
      const padding = times(count, (index) => `fragment p${index} on Dataset { id }`);
      const uses = unused ? '' : times(count, (index) => `...p${index}`);
      const pages = times(30, (index) => `a${index}: ${heavy}`);
      return operation(`{ datasets { nodes { ${uses} ${pages} } } } ${padding}`);
    },
  },
  {
    name: 'fragments-in-a-cycle',
    make: (random) => {
      const length = upTo(random, 800);
      const fragments = times(
        length,
        (index) => `fragment f${index} on Dataset { id ...f${(index + 1) % length} }`,
      );
      return operation(`{ datasets { nodes { ...f0 } } } ${fragments}`);
    },
  },
  {
    name: 'one-field-in-many-fragments',
    make: (random) => {
      const count = upTo(random, 900);
      const fragments = times(count, (index) => `fragment f${index} on Dataset { ${heavy} }`);
      const uses = times(count, (index) => `...f${index}`);
      return operation(`{ datasets { nodes { ${uses} } } } ${fragments}`);
    },
  },
  {
    name: 'conflicting-fields',
    make: (random) => {
      const same = times(upTo(random, 1_200), () => 'images(first: 1) { nodes { id } }');
      return operation(`{ datasets { nodes { ${same} images(first: 2) { nodes { id } } } } }`);
    },
  },
  {
    name: 'many-operations',
    make: (random) => {
      const operations = times(upTo(random, 1_500), (index) => `query q${index} { viewer { id } }`);
      return operation(operations, {}, pick(random, ['q0', 'none', 'q1']));
    },
  },
  {
    name: 'many-typenames',
    make: (random) => operation(`{ ${times(upTo(random, 20_000), () => '__typename')} }`),
  },
];
