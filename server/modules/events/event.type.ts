import { GraphQLDateTime } from 'graphql-scalars';
import { Field, InterfaceType } from 'type-graphql';
import { toCursor, type EventPayloads, type EventRecord, type EventType } from './event.ports';

@InterfaceType({ description: 'A recorded change of a dataset.' })
export abstract class DatasetEvent {
  /** The record that the fields of the concrete types are resolved from. */
  record!: EventRecord;

  @Field(() => String, {
    name: 'cursor',
    description: 'Cursor of this event. Subscribe after it to resume.',
  })
  cursorOf(): string {
    return toCursor(this.record.position);
  }

  @Field(() => GraphQLDateTime, { name: 'occurredAt', description: 'When it happened.' })
  occurredAtOf(): Date {
    return this.record.occurredAt;
  }
}

export type EventClass = new () => DatasetEvent;
export type EventClasses = Record<EventType, EventClass>;

/** Returns the payload, typed by the kind of event. */
export function payloadOf<T extends EventType>(event: DatasetEvent, _type: T): EventPayloads[T] {
  return event.record.payload as EventPayloads[T];
}
