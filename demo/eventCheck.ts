import { groupBy } from './groupBy';

/**
 * The events that one subscriber received, in order of arrival. Each entry names one: `label:…` or
 * `run:…`.
 */
export type EventLog = readonly string[];

export interface EventVerdict {
  /** Events that happened and did not reach a subscriber, over all subscribers. */
  missed: number;
  /** Repeated arrivals of the same event. */
  repeated: number;
  /** Events that one subscriber received in another order than the first subscriber did. */
  misordered: number;
  /** Arrivals of events that nobody caused. */
  unexpected: number;
}

/**
 * Checks that every subscriber received every event exactly once, all in the same order.
 *
 * @param happened recorded by those who caused the events, not by a subscriber
 */
export function checkEvents(
  happened: ReadonlySet<string>,
  logs: readonly EventLog[],
): EventVerdict {
  const verdict: EventVerdict = { missed: 0, repeated: 0, misordered: 0, unexpected: 0 };
  const reference = firstPlaces(logs[0] ?? []);
  for (const log of logs) {
    const places = firstPlaces(log);
    verdict.repeated += log.length - places.size;
    for (const event of happened) if (!places.has(event)) verdict.missed++;
    for (const event of places.keys()) if (!happened.has(event)) verdict.unexpected++;
    verdict.misordered += outOfOrder([...places.keys()], reference);
  }
  return verdict;
}

export const totalFaults = (verdict: EventVerdict): number =>
  verdict.missed + verdict.repeated + verdict.misordered + verdict.unexpected;

function firstPlaces(log: EventLog): Map<string, number> {
  const places = new Map<string, number>();
  log.forEach((event, place) => {
    if (!places.has(event)) places.set(event, place);
  });
  return places;
}

/** Counts the events that arrive after one that comes later in the reference. */
function outOfOrder(events: readonly string[], reference: ReadonlyMap<string, number>): number {
  let latest = -1;
  let count = 0;
  for (const event of events) {
    const place = reference.get(event);
    if (place === undefined) continue;
    if (place < latest) count++;
    latest = Math.max(latest, place);
  }
  return count;
}

/** A lease as its holder knows it: live from its arrival until the answer was sent. */
export interface HeldTask {
  imageId: string;
  annotator: number;
  from: number;
  to: number;
}

/** Lists images that two annotators held at the same time, or that were labelled more than once. */
export function countDoubleAssignments(
  held: readonly HeldTask[],
  labelledImageIds: readonly string[],
): number {
  const doubles = new Set<string>();
  const labelled = new Set<string>();
  for (const id of labelledImageIds) {
    if (labelled.has(id)) doubles.add(id);
    labelled.add(id);
  }
  for (const [imageId, tasks] of groupBy(held, (task) => task.imageId))
    if (
      tasks.some((a) =>
        tasks.some((b) => a.annotator !== b.annotator && a.from < b.to && b.from < a.to),
      )
    )
      doubles.add(imageId);
  return doubles.size;
}
