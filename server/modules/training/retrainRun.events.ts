import { ObjectType } from 'type-graphql';
import { DatasetEvent } from '../events/event.type';

@ObjectType({ implements: DatasetEvent, description: 'A run made progress.' })
export class RunProgressed extends DatasetEvent {}

@ObjectType({ implements: DatasetEvent, description: 'A run was published and is current now.' })
export class RunPublished extends DatasetEvent {}

@ObjectType({ implements: DatasetEvent, description: 'A run failed or was cancelled.' })
export class RunEnded extends DatasetEvent {}
