import { between, pick, upTo } from '../../../server/testing/hostile';
import type { Random } from '../../../models/numeric';
import type { QueryFamily, Target } from './payload';

/** Websockets by the hundred, and messages that break the protocol. */

const subscribe = (id: string | number, query: string, variables?: object) =>
  JSON.stringify({ id: String(id), type: 'subscribe', payload: { query, variables } });
const list = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index));

const events = ({ datasetId }: Target) =>
  `subscription { datasetEvents(datasetId: ${JSON.stringify(datasetId)}) { cursor ... on LabelRecorded { image { labels { person { name } } } } } }`;
const bigPage =
  '{ datasets(first: 50) { nodes { images(first: 500) { nodes { id fileName sha256 url labels { id } } } } } }';

function brokenMessages(random: Random): string[] {
  const one = pick(random, [
    '{',
    '[]',
    'null',
    '{"type":"subscribe"}',
    '{"type":"subscribe","id":"a","payload":{}}',
    '{"type":"next","id":"a","payload":{}}',
    '{"type":"connection_init","payload":{"authorization":5}}',
    '{"type":"nothing"}',
    `{"type":"ping","payload":${'['.repeat(3_000)}${']'.repeat(3_000)}}`,
    '{"type":"complete","id":"unknown"}',
    '\0',
  ]);
  return list(upTo(random, 2_000), () => one);
}

/** Lists within lists, at each place of a message. */
function deepMessages(random: Random): string[] {
  const depth = pick(random, [100, 1_000, 6_000, 60_000]);
  const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const one = pick(random, [
    `{"type":"ping","payload":${deep}}`,
    `{"type":"pong","payload":{"a":${deep}}}`,
    `{"type":${deep}}`,
    `{"type":"subscribe","id":${deep},"payload":{}}`,
    `{"type":"subscribe","id":"a","payload":{"query":${deep}}}`,
    `{"type":"subscribe","id":"a","payload":{"query":"{ __typename }","variables":${deep}}}`,
    `{"type":"subscribe","id":"a","payload":{"query":"{ __typename }","operationName":${deep}}}`,
    `{"type":"subscribe","id":"a","payload":{"query":"{ __typename }","extensions":{"a":${deep}}}}`,
    `{"type":"error","id":"a","payload":${deep}}`,
    `{"type":"complete","id":${deep}}`,
    deep,
  ]);
  return list(between(random, 10, 300), () => one);
}

export const socketFamilies: readonly QueryFamily[] = [
  {
    name: 'subscriptions-on-one-socket',
    make: (random, target) => ({
      kind: 'sockets',
      count: 1,
      messages: list(between(random, 200, 3_000), (id) => subscribe(id, events(target))),
      reads: true,
      holdMs: 3_000,
    }),
    maxCount: 4,
  },
  {
    name: 'queries-on-one-socket',
    make: (random) => ({
      kind: 'sockets',
      count: 1,
      messages: list(between(random, 100, 1_000), (id) => subscribe(id, bigPage)),
      reads: true,
      holdMs: 4_000,
    }),
    maxCount: 4,
  },
  {
    name: 'asks-and-never-reads',
    make: (random) => ({
      kind: 'sockets',
      count: upTo(random, 10),
      messages: list(between(random, 20, 300), (id) => subscribe(id, bigPage)),
      reads: false,
      holdMs: 4_000,
    }),
    maxCount: 4,
  },
  {
    name: 'subscribes-and-never-reads',
    make: (random, target) => ({
      kind: 'sockets',
      count: upTo(random, 20),
      messages: list(between(random, 20, 200), (id) => subscribe(id, events(target))),
      reads: false,
      holdMs: 4_000,
    }),
    maxCount: 4,
  },
  {
    name: 'sockets-by-the-hundred',
    make: (random, target) => ({
      kind: 'sockets',
      count: between(random, 100, 400),
      messages: random.next() < 0.5 ? [] : [subscribe(1, events(target))],
      reads: true,
      holdMs: 2_000,
    }),
    maxCount: 4,
  },
  {
    name: 'broken-messages',
    make: (random) => ({
      kind: 'sockets',
      count: upTo(random, 4),
      messages: brokenMessages(random),
      reads: true,
      holdMs: 700,
    }),
    maxCount: 12,
  },
  {
    name: 'deep-messages',
    make: (random) => ({
      kind: 'sockets',
      count: upTo(random, 4),
      messages: deepMessages(random),
      reads: true,
      holdMs: 700,
    }),
    maxCount: 12,
  },
  {
    name: 'pings',
    make: (random) => ({
      kind: 'sockets',
      count: 1,
      messages: list(between(random, 1_000, 20_000), () => '{"type":"ping"}'),
      reads: random.next() < 0.5,
      holdMs: 1_500,
    }),
    maxCount: 5,
  },
  {
    name: 'one-id-again-and-again',
    make: (random, target) => ({
      kind: 'sockets',
      count: 1,
      messages: list(upTo(random, 300), (index) =>
        index % 2 ? '{"type":"complete","id":"same"}' : subscribe('same', events(target)),
      ),
      reads: true,
      holdMs: 1_000,
    }),
    maxCount: 6,
  },
];
