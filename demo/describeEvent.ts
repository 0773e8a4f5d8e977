import type { StreamedEvent } from './operations';

/** One line for people; undefined for what would only be noise. */
export function describeEvent(event: StreamedEvent): string | undefined {
  switch (event.__typename) {
    case 'LabelRecorded':
      return `label: ${event.label.person.name} says ${event.label.class.name} of ${event.image.fileName}`;
    case 'RunPublished':
      return `run ${event.run.number} published with ${event.run.labelCount ?? 0} labels`;
    case 'RunEnded':
      return `run ${event.run.number} ended: ${event.run.failure ?? event.run.status}`;
    case 'QueueOrdered':
      return `queue ordered: ${event.count} images`;
    default:
      return undefined;
  }
}
