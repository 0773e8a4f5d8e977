import { ObjectType } from 'type-graphql';
import { DatasetEvent } from '../events/event.type';

@ObjectType({ implements: DatasetEvent })
export class RunProgressed extends DatasetEvent {}

@ObjectType({ implements: DatasetEvent })
export class RunPublished extends DatasetEvent {}

@ObjectType({ implements: DatasetEvent, description: 'A run failed or was cancelled.' })
export class RunEnded extends DatasetEvent {}
