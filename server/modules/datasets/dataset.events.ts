import { ObjectType } from 'type-graphql';
import { DatasetEvent } from '../events/event.type';

@ObjectType({
  implements: DatasetEvent,
  description: 'A dataset changed: its settings, gold images, backbone or model.',
})
export class DatasetChanged extends DatasetEvent {}

@ObjectType({
  implements: DatasetEvent,
  description: 'Classes of a dataset were added, renamed, reordered, archived or restored.',
})
export class ClassesChanged extends DatasetEvent {}
