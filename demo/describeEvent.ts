import type { StreamedEvent } from './operations';

/** Describes an event in one line. Undefined for events that people need not see. */
export function describeEvent(event: StreamedEvent): string | undefined {
  switch (event.__typename) {
    case 'LabelRecorded':
      return `label: ${event.label.person.name} labels ${event.image.fileName} as ${event.label.class.name}`;
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
