import { ObjectType } from 'type-graphql';
import { DatasetEvent } from '../events/event.type';

@ObjectType({ implements: DatasetEvent })
export class LabelRecorded extends DatasetEvent {}

@ObjectType({ implements: DatasetEvent })
export class LabelUndone extends DatasetEvent {}
