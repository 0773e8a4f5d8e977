import { ObjectType } from 'type-graphql';
import { DatasetEvent } from '../events/event.type';

@ObjectType({ implements: DatasetEvent, description: 'A person labelled an image.' })
export class LabelRecorded extends DatasetEvent {}

@ObjectType({ implements: DatasetEvent, description: 'A person undid a label.' })
export class LabelUndone extends DatasetEvent {}
