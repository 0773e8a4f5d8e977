import type {
  LiveEventsSubscription,
  OverviewHistoryQuery,
  OverviewRunFragment,
} from '../../../gql/operations';
import { baseName, formatPercent, formatQuantity } from '../../../lib/format';

type LiveEvent = LiveEventsSubscription['datasetEvents'];
type HistoryImage = NonNullable<OverviewHistoryQuery['dataset']>['recent']['edges'][number]['node'];

export type ActivityKind = 'label' | 'run' | 'upload' | 'dataset';

export interface ActivityEntry {
  key: string;
  at: string;
  kind: ActivityKind;
  /** Null if the server did it. */
  person: string | null;
  words: string;
  /** The class of the label. */
  class?: { name: string; color: string };
}

const verbs = { HAND: 'labelled', CONFIRMED: 'confirmed', IMPORTED: 'imported' } as const;

const importWords = {
  DONE: 'unpacked',
  FAILED: 'could not be unpacked',
  CANCELLED: 'was cancelled',
} as const;

function runWords(run: {
  number: number;
  status: OverviewRunFragment['status'];
  metrics?: { validationAccuracy: number | null; validationCount: number } | null;
}): string {
  const accuracy = run.metrics?.validationAccuracy ?? null;
  const measured = formatQuantity(run.metrics?.validationCount ?? 0, 'validation label');
  switch (run.status) {
    case 'PUBLISHED':
      return `Round ${run.number} published${accuracy === null ? '' : `: ${formatPercent(accuracy)} of ${measured} correct`}`;
    case 'FAILED':
      return `Round ${run.number} failed`;
    case 'CANCELLED':
      return `Round ${run.number} was cancelled`;
    default:
      return `Round ${run.number} started`;
  }
}

/** Describes an event for the activity list. Returns null if the event is of no interest there. */
export function entryOfEvent(event: LiveEvent): ActivityEntry | null {
  const base = { at: event.occurredAt, person: event.actor?.name ?? null };
  switch (event.__typename) {
    case 'LabelRecorded':
      return {
        ...base,
        key: `label:${event.label.id}`,
        kind: 'label',
        person: event.label.person.name,
        words: `${verbs[event.label.origin]} ${baseName(event.image.fileName)}`,
        class: event.label.class,
      };
    case 'LabelUndone':
      return {
        ...base,
        key: `undone:${event.label.id}`,
        kind: 'label',
        words: `undid the label of ${baseName(event.image.fileName)}`,
        class: event.label.class,
      };
    case 'ImagesStored': {
      const images = formatQuantity(event.count, 'image');
      return { ...base, key: event.cursor, kind: 'upload', words: `uploaded ${images}` };
    }
    case 'ImportProgressed':
      if (event.import.status === 'WAITING' || event.import.status === 'RUNNING') return null;
      return {
        ...base,
        key: `import:${event.import.id}`,
        kind: 'upload',
        person: null,
        words: `${event.import.fileName} ${importWords[event.import.status]}: ${formatQuantity(event.import.imagesAdded, 'image')}`,
      };
    case 'RunProgressed':
      // A run has one entry while it is active. Later events replace it.
      return {
        ...base,
        key: `started:${event.run.id}`,
        kind: 'run',
        person: null,
        words: runWords({ ...event.run, status: 'RUNNING' }),
      };
    case 'RunPublished':
    case 'RunEnded':
      return {
        ...base,
        key: `ended:${event.run.id}`,
        kind: 'run',
        person: null,
        words: runWords(event.run),
      };
    case 'ClassesChanged':
      return { ...base, key: event.cursor, kind: 'dataset', words: 'changed the classes' };
    case 'DatasetChanged':
      // Without a person, a run changed the backbone. That run has its own entry.
      if (!event.actor) return null;
      return { ...base, key: event.cursor, kind: 'dataset', words: 'changed the settings' };
    default:
      return null;
  }
}

export const entriesOfImages = (images: readonly HistoryImage[]): ActivityEntry[] =>
  images.flatMap(({ fileName, labels }) =>
    labels.map((label) => ({
      key: `label:${label.id}`,
      at: label.createdAt,
      kind: 'label' as const,
      person: label.person.name,
      words: `${verbs[label.origin]} ${baseName(fileName)}`,
      class: label.class,
    })),
  );

export const entriesOfRuns = (runs: readonly OverviewRunFragment[]): ActivityEntry[] =>
  runs.flatMap((run) =>
    run.finishedAt
      ? [
          {
            key: `ended:${run.id}`,
            at: run.finishedAt,
            kind: 'run' as const,
            person: null,
            words: runWords(run),
          },
        ]
      : [],
  );

/** Merges lists of entries, newest first. If a key repeats, the entry of the earlier list wins. */
export function mergeActivity(lists: readonly ActivityEntry[][], limit: number): ActivityEntry[] {
  const byKey = new Map<string, ActivityEntry>();
  for (const entry of lists.flat()) if (!byKey.has(entry.key)) byKey.set(entry.key, entry);
  return [...byKey.values()].sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, limit);
}
